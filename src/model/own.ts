/** A record's own value for a key out of data: `constructor` is a fine name for a bridge. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
