/** Looks up a key that comes from user data. Ignores inherited properties: `constructor` is a valid bridge name. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
