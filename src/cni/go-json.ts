import { CniError, codes } from './failure.ts';

// Values of a network configuration, read as Go's decoder reads them: keys match whatever their case.

/** An object of a network configuration. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Looks a key up as Go's decoder does: exactly, else whatever its case. */
export function pick(object: Json, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key];
  const lower = key.toLowerCase();
  const found = Object.keys(object).find((one) => one.toLowerCase() === lower);
  return found === undefined ? undefined : object[found];
}

export function unsupported(key: string, value: unknown, why: string): CniError {
  return new CniError(
    codes.unsupportedField,
    `${key} ${JSON.stringify(value)} is not supported: ${why}`,
  );
}

export function wrong(key: string, value: unknown, wanted: string): CniError {
  return new CniError(
    codes.configuration,
    `${key} must be ${wanted}, not ${JSON.stringify(value)}`,
  );
}

export function flag(object: Json, key: string): boolean {
  const value = pick(object, key);
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrong(key, value, 'true or false');
  return value;
}

export function textAt(object: Json, key: string): string | undefined {
  const value = pick(object, key);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(key, value, 'a text');
  return value;
}

export function listAt(object: Json, key: string): readonly unknown[] {
  const value = pick(object, key);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(key, value, 'a list');
  return value;
}

export function textsAt(object: Json, key: string): readonly string[] {
  return listAt(object, key).map((one) => {
    if (typeof one !== 'string') throw wrong(key, one, 'texts');
    return one;
  });
}

export function objectAt(object: Json, key: string): Json {
  const value = pick(object, key);
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrong(key, value, 'an object');
  return value;
}
