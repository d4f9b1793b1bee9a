import { ctr } from './ctr.ts';
import { isCrash } from './is-crash.ts';
import { isDown } from './is-down.ts';

/** Runs ctr. @returns an empty string on success, otherwise how ctr ended. */
export async function failureOf(...args: readonly string[]): Promise<string> {
  const ran = await ctr(args);
  const done = args.includes('down') ? isDown(ran) : ran.code === 0;
  return done && !isCrash(ran.err) ? '' : `ctr ${args.join(' ')}: exit ${ran.code}\n${ran.err}`;
}
