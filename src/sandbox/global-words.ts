import type { Context } from '../context.ts';
import { defaultTimeoutMs } from '../engine/runner.ts';

/** The global flags, as the ctr inside is to have them. */
export function globalWords(context: Context): readonly string[] {
  const { timeoutMs } = context.runner;
  return [
    ...['--lang', context.language],
    ...(context.json ? ['--json'] : []),
    ...(context.quiet ? ['--quiet'] : []),
    ...(context.verbose ? ['--verbose'] : []),
    ...(timeoutMs === defaultTimeoutMs ? [] : ['--timeout', String(timeoutMs / 1000)]),
  ];
}
