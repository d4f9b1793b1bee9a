import type { Outcome, Runner } from '../engine/runner.ts';

/** A read of the host: a command that changes nothing, and what its output means. */
export interface Probe<T> {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly parse: (stdout: string) => T;
  /** The value when the tool, the thing or the permission is missing. */
  readonly absent: T;
}

export async function read<T>(runner: Runner, probe: Probe<T>): Promise<T> {
  const outcome: Outcome = await runner.run(probe.argv);
  if (!outcome.ok) return probe.absent;
  return probe.parse(outcome.stdout);
}
