let watched: NodeJS.WriteStream | undefined;

/**
 * Writes to standard error. What it does not take is lost, and nothing else changes: a full disk, a closed
 * descriptor or a reader that has gone decides neither what a run does nor how it ends.
 */
export function writeError(text: string | Uint8Array): void {
  const { stderr } = process;
  if (watched !== stderr) {
    watched = stderr;
    stderr.on('error', () => undefined);
  }
  stderr.write(text);
}
