/** Exit code by container; 128 plus the signal's number if a signal ended it. */
export type ExitCodes = ReadonlyMap<string, number>;

/** Parses lines of container name and exit code. */
export function parseExitCodes(text: string): ExitCodes {
  return new Map(
    [...text.matchAll(/^([a-z][a-z0-9-]*) (\d{1,3})$/gm)].map(([, name = '', code]) => [
      name,
      Number(code),
    ]),
  );
}
