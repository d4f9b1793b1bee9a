import { containersOf } from '../config/replicas.ts';
import type { Launcher } from '../exec/launcher.ts';
import type { Runner } from '../exec/runner.ts';
import { exitCodesOf } from '../exec/supervisor.ts';
import { follow, type Undone, type View } from '../model/events.ts';
import { groupOf } from '../model/names.ts';
import { isKind, type Resource } from '../model/resource.ts';
import type { StateDirectory } from '../state/directory.ts';
import { isElsewhere } from '../state/elsewhere.ts';
import { rememberEnd } from '../state/ended.ts';
import { markedStarts } from '../state/marked-processes.ts';
import type { RunState } from '../state/record.ts';
import { childrenOf, placeOf, type Run, sharer, supervisorOf } from '../state/runs.ts';
import { teardown } from '../teardown.ts';
import { endStarts, stopMs } from './end-run.ts';
import { besidesOf, type Marks } from './marks.ts';
import { orphans, outstanding, stillThere, sweep, unread } from './sweep.ts';
import { walkBack } from './walk-back.ts';

function plannedLinks(runs: readonly Run[]): ReadonlySet<string> {
  const resources = runs.flatMap((run) => run.state?.resources ?? []);
  return new Set(resources.filter(isKind('link')).map(({ name }) => name));
}

/** Processes and cgroups are in no network namespace. */
function outlivesNetwork({ kind }: Resource): boolean {
  return kind === 'process' || kind === 'cgroup';
}

/**
 * Removes these resources of a run, and verifies against the kernel that they are gone. Leaves its record alone.
 * @returns what is left.
 */
export async function undoResources(
  runner: Runner,
  directory: StateDirectory,
  { name, resources, order }: Pick<RunState, 'name' | 'resources' | 'order'>,
  runs: readonly Run[],
  hold: number,
  view: View,
  launcher?: Launcher,
): Promise<readonly Undone[]> {
  const children = childrenOf(directory, name);
  const stillUsedBy = sharer(runs, name);
  const group = groupOf(name);
  const steps = teardown(resources, { run: name, group, order });
  const unfinished: Promise<unknown>[] = [];
  const failed = await follow(
    walkBack(steps, { runner, hold, group, children, stillUsedBy, stopMs, launcher, unfinished }),
    view,
  );
  const known = plannedLinks(runs.filter((one) => one.name !== name));
  const due = { run: name, resources, stillUsedBy, children, known };
  const left =
    (await sweep(runner, (found) => outstanding(found, due), view, hold, besidesOf(resources))) ??
    (await stillThere(failed));
  await Promise.all(unfinished);
  return left;
}

/**
 * Undoes a run, verifies against the kernel that its resources are gone, and removes its record. The caller holds the
 * global lock.
 * @param launcher present when this ctr is the parent of the containers.
 * @returns what is left; the record stays until nothing is.
 */
export async function undoRun(
  runner: Runner,
  directory: StateDirectory,
  run: Run,
  runs: readonly Run[],
  hold: number,
  view: View,
  launcher?: Launcher,
): Promise<readonly Undone[]> {
  const { name, state } = run;
  if (run.damage === 'newer') return [];
  if (run.damage === 'damaged') return await undoByMarks(runner, directory, name, runs, hold, view);
  if (state === undefined || placeOf(state) === 'gone') {
    directory.remove(name);
    return [];
  }
  const place = placeOf(state);
  if (place === 'elsewhere' && isElsewhere(state)) return [];
  // The network namespace is gone, and its links, rules and sysctls went with it.
  const resources = place === 'here' ? state.resources : state.resources.filter(outlivesNetwork);
  const left = await undoResources(
    runner,
    directory,
    { ...state, resources },
    runs,
    hold,
    view,
    launcher,
  );
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

/**
 * Ends the run's containers by the marks in their command lines, and removes everything with ctr's mark that no other
 * run needs.
 */
export async function undoByMarks(
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
