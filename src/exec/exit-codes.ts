/** Exit code by container; 128 and the signal's number where a signal ended it. */
export type ExitCodes = ReadonlyMap<string, number>;

/** Lines of a container's name and its exit code. */
export function parseExitCodes(text: string): ExitCodes {
  return new Map(
    [...text.matchAll(/^([a-z][a-z0-9-]*) (\d{1,3})$/gm)].map(([, name = '', code]) => [
      name,
      Number(code),
    ]),
  );
}
