import { shellQuote } from '../command.ts';
import type { Runner } from '../engine/runner.ts';

/** A read of the host: a command that changes nothing, and what its output means. */
export interface Probe<T> {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Beyond the fixed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly parse: (stdout: string) => T;
  /** The value when the tool, the thing or the permission is missing. */
  readonly absent: T;
}

type Answers<Probes> = {
  readonly [K in keyof Probes]: Probes[K] extends Probe<infer T> ? T : never;
};

/** A line after each answer, with the exit status. */
const mark = 'ctr-end-of-probe';

function lineOf({ argv, environment = {} }: Probe<unknown>): string {
  const assignments = Object.entries(environment).map(
    ([key, value]) => `${key}=${shellQuote(value)}`,
  );
  return [...assignments, ...argv.map(shellQuote)].join(' ');
}

/** Asks all probes in one shell: a small process starts others sooner than Node does. */
export async function readAll<Probes extends Readonly<Record<string, Probe<unknown>>>>(
  runner: Runner,
  probes: Probes,
): Promise<Answers<Probes>> {
  const lines = Object.values(probes).map(
    (probe) => `${lineOf(probe)} 2>/dev/null; printf '\\n${mark} %s\\n' "$?"`,
  );
  const { stdout } = await runner.run(['sh', '-c', lines.join('\n')]);
  const answers = stdout.split(new RegExp(`^${mark} (\\d+)\\n`, 'm'));
  return Object.fromEntries(
    Object.entries(probes).map(([name, probe], index) => {
      const [text = '', status] = answers.slice(2 * index, 2 * index + 2);
      return [name, status === '0' ? probe.parse(text) : probe.absent];
    }),
  ) as Answers<Probes>;
}

export async function read<T>(runner: Runner, probe: Probe<T>): Promise<T> {
  return (await readAll(runner, { probe })).probe;
}
