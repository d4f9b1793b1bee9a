type Json = unknown;
type Members = Readonly<Record<string, Json>>;

function isObject(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(one: Json, other: Json): boolean {
  if (one === other) return true;
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * The JSON merge patch (RFC 7396) from one value to another. Neither may contain null, which a patch uses to remove a
 * member.
 */
export function patchOf(before: Members, after: Members): Members {
  // A Map: `__proto__` is a key like any other.
  const patch = new Map<string, Json>();
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch.set(key, null);
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old !== undefined && same(old, value)) continue;
    patch.set(key, isObject(old) && isObject(value) ? patchOf(old, value) : value);
  }
  return Object.fromEntries(patch);
}

/** Applies a JSON merge patch. */
export function patched(before: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const members = new Map<string, Json>(isObject(before) ? Object.entries(before) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) members.delete(key);
    else members.set(key, patched(members.get(key), value));
  }
  return Object.fromEntries(members);
}
