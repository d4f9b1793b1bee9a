/**
 * 32-bit FNV-1a over the UTF-16 code units of a text (draft-eastlake-fnv). Detects every change of a single code unit.
 * It is no protection against forgery: ctr validates a record's resources when it reads them.
 */
export function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
