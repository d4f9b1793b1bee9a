let watched: NodeJS.WriteStream | undefined;

/**
 * Writes to standard error and ignores failures: a full disk, a closed descriptor or a reader that has gone must change
 * neither what a run does nor its exit code.
 */
export function writeError(text: string | Uint8Array): void {
  const { stderr } = process;
  if (watched !== stderr) {
    watched = stderr;
    stderr.on('error', () => undefined);
  }
  stderr.write(text);
}
