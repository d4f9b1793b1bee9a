import type { Runner } from '../exec/runner.ts';
import { type Probe, readAll } from '../facts/probe.ts';
import type { Place } from '../model/place.ts';

/** How to enter the network namespaces of a trace: a process in each, or `self` for ctr's own. */
export type Namespaces = ReadonlyMap<Place, number | 'self'>;

/** The words before a command that runs in a network namespace (nsenter(1)). */
export function entering(pid: number | 'self'): readonly string[] {
  return pid === 'self' ? [] : ['nsenter', '--target', String(pid), '--net'];
}

/** Separates the answers of a script; no tool prints it. */
export const mark = '\u001e';

/**
 * Runs a script that changes nothing in each of these namespaces.
 * @returns what it printed, split at the marks; a namespace where it could not run is left out.
 */
export async function askEach(
  runner: Runner,
  namespaces: Namespaces,
  scripts: readonly (readonly [Place, string])[],
): Promise<ReadonlyMap<Place, readonly string[]>> {
  const probes = scripts.flatMap(([place, script]) => {
    const pid = namespaces.get(place);
    if (pid === undefined) return [];
    const argv = [...entering(pid), 'sh', '-c', `${script}\ntrue`];
    const probe: Probe<readonly string[]> = {
      argv: argv as unknown as Probe<unknown>['argv'],
      parse: (stdout) => stdout.split(mark).map((text) => text.trim()),
      absent: [],
    };
    return [[place, probe] as const];
  });
  if (probes.length === 0) return new Map();
  const answers: Readonly<Record<string, readonly string[]>> = await readAll(
    runner,
    Object.fromEntries(probes),
  );
  return new Map(
    probes.flatMap(([place]) => {
      const parts = answers[place] ?? [];
      return parts.length === 0 ? [] : [[place, parts] as const];
    }),
  );
}
