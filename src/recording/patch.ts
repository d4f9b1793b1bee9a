type Json = unknown;
type Members = Readonly<Record<string, Json>>;

function isObject(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(one: Json, other: Json): boolean {
  if (one === other) return true;
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The only member of a patch of a list. */
const list = '[]';

/** A part of a list: so many elements of the old list from this one on, or a new element. */
type Part = readonly [from: number, count: number] | readonly [added: Json];

/** The patch of a list: which elements of the old one stay, and what is new among them. */
function listPatch(before: readonly Json[], after: readonly Json[]): Members {
  const old = before.map((one) => JSON.stringify(one));
  const parts: Part[] = [];
  for (const element of after) {
    const at = old.indexOf(JSON.stringify(element));
    const last = parts.at(-1);
    if (at < 0) parts.push([element]);
    else if (last?.length === 2 && last[0] + last[1] === at)
      parts[parts.length - 1] = [last[0], last[1] + 1];
    else parts.push([at, 1]);
  }
  return { [list]: parts };
}

function isListPatch(patch: Members): patch is { readonly '[]': readonly Part[] } {
  return Object.keys(patch).length === 1 && Array.isArray(patch[list]);
}

/**
 * The difference between two objects: a JSON merge patch (RFC 7396), in which a list is replaced by what is different in
 * it. Neither object may contain null, which a patch uses to remove a member.
 */
export function patchOf(before: Members, after: Members): Members {
  // A Map: `__proto__` is a key like any other.
  const patch = new Map<string, Json>();
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch.set(key, null);
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old !== undefined && same(old, value)) continue;
    if (isObject(old) && isObject(value)) patch.set(key, patchOf(old, value));
    else if (Array.isArray(old) && Array.isArray(value)) patch.set(key, listPatch(old, value));
    else patch.set(key, value);
  }
  return Object.fromEntries(patch);
}

/** Applies a patch. What is not there is left out: the result is checked as a whole. */
export function patched(before: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  if (isListPatch(patch) && Array.isArray(before)) {
    const old: readonly Json[] = before;
    return patch[list].flatMap((part) => {
      if (part.length === 2) return old.slice(part[0], part[0] + part[1]);
      return [part[0]];
    });
  }
  const members = new Map<string, Json>(isObject(before) ? Object.entries(before) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) members.delete(key);
    else members.set(key, patched(members.get(key), value));
  }
  return Object.fromEntries(members);
}
