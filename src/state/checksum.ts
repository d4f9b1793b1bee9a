/**
 * FNV-1a of 32 bits, over the code units of a text (draft-eastlake-fnv): no change of one of them
 * goes unnoticed. It is no seal; what is read is held against what an undo may be.
 */
export function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
