/** Whether a program's output contains the stack trace of an unexpected error. */
export function isCrash(text: string): boolean {
  return /\n\s+at .+:\d+:\d+|this is a bug in ctr|node:internal|UnhandledPromise/.test(text);
}
