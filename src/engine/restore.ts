import { containersOf } from '../config/replicas.ts';
import { groupOf } from '../names.ts';
import type { Undo } from '../undo.ts';
import { isElsewhere } from './elsewhere.ts';
import { endStarts, stopMs } from './end-run.ts';
import { rememberEnd } from './ended.ts';
import { follow, type Undone, type View } from './events.ts';
import { exitCodesOf } from './keeper.ts';
import type { Launcher } from './launcher.ts';
import { type Marks, markedStarts, readMarks } from './marks.ts';
import type { Runner } from './runner.ts';
import { childrenOf, placeOf, type Run, sharer, keeperOf as supervisorOf } from './runs.ts';
import type { StateDirectory } from './state.ts';
import { orphans, outstanding, stillThere, sweep, unread } from './sweep.ts';
import { undoAll } from './undo-all.ts';

/** How a run is taken back. */
interface Manner {
  readonly launcher?: Launcher | undefined;
  readonly oneByOne?: boolean;
}

function plannedLinks(runs: readonly Run[]): ReadonlySet<string> {
  const undos = runs.flatMap((run) => run.state?.undos ?? []);
  return new Set(undos.flatMap((undo) => (undo.kind === 'delete-link' ? undo.link : [])));
}

/** Processes and cgroups are in no network namespace. */
function outlivesNetwork({ kind }: Undo): boolean {
  return kind === 'end-container' || kind === 'remove-cgroup';
}

/**
 * Runs a dead run's undos, holds the kernel against them, and forgets the run. The caller holds
 * the global lock.
 * @returns what is left; the state file stays as long as something is.
 */
export async function restore(
  runner: Runner,
  directory: StateDirectory,
  run: Run,
  runs: readonly Run[],
  hold: number,
  view: View,
  { launcher, oneByOne = false }: Manner = {},
): Promise<readonly Undone[]> {
  const { name, state } = run;
  if (run.damage === 'newer') return [];
  if (run.damage === 'damaged')
    return await restoreByMarks(runner, directory, name, runs, hold, view);
  if (state === undefined || placeOf(state) === 'gone') {
    directory.remove(name);
    return [];
  }
  const place = placeOf(state);
  if (place === 'elsewhere' && isElsewhere(state)) return [];
  // The links, rules and switches of a network namespace that has gone went with it.
  const undos = place === 'here' ? state.undos : state.undos.filter(outlivesNetwork);
  const children = childrenOf(directory, name);
  let marks: ReturnType<typeof readMarks> | undefined;
  const keeperOf = sharer(runs, name);
  const failed = await follow(
    undoAll(undos, {
      runner,
      hold,
      group: groupOf(name),
      oneByOne,
      children,
      keeperOf,
      stopMs,
      lookAhead: () => {
        marks ??= readMarks(runner, hold);
      },
      ...(launcher === undefined ? {} : { launcher }),
    }),
    view,
  );
  const known = plannedLinks(runs.filter((one) => one.name !== name));
  const due = { run: name, undos, keeperOf, children, known };
  const left =
    (await sweep(runner, (found) => outstanding(found, due), view, hold, marks)) ??
    (await stillThere(failed));
  if (left.length > 0) return left;
  const codes = exitCodesOf(directory.runPath(name));
  const names = containersOf(state.config).map(([one]) => one);
  const ends = names.flatMap((one) => {
    const code = codes.get(one);
    return code === undefined ? [] : [[one, code] as const];
  });
  if (ends.length === names.length) {
    const logOf = (one: string) => directory.logPath(name, one);
    rememberEnd(directory.path, name, new Map(ends), logOf, supervisorOf(directory, name));
  }
  directory.remove(name);
  return [];
}

/** Ends what runs by its command line, and removes what bears our mark and is nobody else's. */
export async function restoreByMarks(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  runs: readonly Run[],
  hold: number,
  view: View,
): Promise<readonly Undone[]> {
  await endStarts(name);
  const others = runs.filter((run) => run.name !== name);
  const find = (marks: Marks) => orphans(marks, others, markedStarts());
  const left = (await sweep(runner, find, view, hold)) ?? [unread];
  if (left.length === 0) directory.remove(name);
  return left;
}
