import { defaultTimeoutMs } from '../exec/runner.ts';
import type { Context } from '../run/context.ts';

/** The global flags for the ctr inside the sandbox host. */
export function globalWords(context: Context): readonly string[] {
  const { timeoutMs } = context.runner;
  return [
    ...['--lang', context.language],
    ...(context.json ? ['--json'] : []),
    ...(context.quiet ? ['--quiet'] : []),
    ...(context.verbose ? ['--verbose'] : []),
    ...(context.mayAsk ? [] : ['--no-input']),
    ...(timeoutMs === defaultTimeoutMs ? [] : ['--timeout', String(timeoutMs / 1000)]),
  ];
}
