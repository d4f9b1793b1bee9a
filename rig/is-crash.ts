/** Whether a program's output has the stack of an error that ctr did not expect. */
export function isCrash(text: string): boolean {
  return /\n\s+at .+:\d+:\d+|this is a bug in ctr|node:internal|UnhandledPromise/.test(text);
}
