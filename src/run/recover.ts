import { containersOf } from '../config/replicas.ts';
import { killQuietly } from '../exec/launcher.ts';
import { isAlive, isStopped, waitUntilGone } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import { exitCodesOf } from '../exec/supervisor.ts';
import type { Undone, View } from '../model/events.ts';
import type { RecoveredRun } from '../state/damage.ts';
import type { StateDirectory } from '../state/directory.ts';
import { isElsewhere } from '../state/elsewhere.ts';
import { removeUnusedDirectory, withGlobalLock } from '../state/global-lock.ts';
import type { RunState } from '../state/record.ts';
import { allRuns, childrenOf, type Run, supervisorOf } from '../state/runs.ts';
import { awaitSupervisors } from './end-run.ts';
import { undoRun } from './undo-run.ts';

export interface Recovered {
  /** Dead runs that had made changes and that no supervisor was about to undo. */
  readonly undone: readonly RecoveredRun[];
  /** All dead runs that recovery handled. */
  readonly recovered: readonly string[];
  /** Those of `recovered` whose record was unreadable: ctr undid them by their marks. */
  readonly damaged: readonly string[];
  /** The runs that still exist. */
  readonly remaining: readonly Run[];
  /** What could not be undone. */
  readonly left: readonly Undone[];
}

/** Whether all containers of the run have exited. Its supervisor is then about to clean up as well. */
function hasEndedByItself(directory: StateDirectory, { name, config }: RunState): boolean {
  const codes = exitCodesOf(directory.runPath(name));
  return containersOf(config).every(([container]) => codes.has(container));
}

/** Undoes dead runs. The caller holds the global lock. @param own the run whose lock the caller holds. */
export async function recoverHeld(
  runner: Runner,
  directory: StateDirectory,
  hold: number,
  view: View,
  { only, own }: { readonly only?: string | undefined; readonly own?: string | undefined } = {},
): Promise<Recovered> {
  const recovered: string[] = [];
  const undone: RecoveredRun[] = [];
  const left: Undone[] = [];
  await endAbandoned(directory);
  const runs = await allRuns(runner, directory, own);
  for (const run of runs) {
    if (run.alive || run.damage === 'newer' || (only !== undefined && run.name !== only)) continue;
    if (run.state !== undefined && isElsewhere(run.state)) continue;
    // The run ended by itself and its living supervisor is about to undo it, but this ctr holds the lock.
    const supervisor = supervisorOf(directory, run.name);
    const kept = supervisor !== undefined && isAlive(supervisor.pid, supervisor.start);
    let changes = 0;
    const counting: View = (event) => {
      if (event.event === 'undo' && event.result === 'done') changes += 1;
      view(event);
    };
    const ended = run.state !== undefined && hasEndedByItself(directory, run.state);
    left.push(...(await undoRun(runner, directory, run, runs, hold, counting)));
    recovered.push(run.name);
    if (!ended && !kept && changes > 0) undone.push({ name: run.name, changes });
  }
  const there = directory.names();
  // A new run of the same name may already have made its folder; a record in the folder still belongs to the old run.
  const isGone = (name: string) =>
    !there.includes(name) || (recovered.includes(name) && !directory.isWritten(name));
  const damaged = runs.flatMap((run) =>
    run.damage === 'damaged' && recovered.includes(run.name) ? run.name : [],
  );
  const remaining = runs.filter((run) => !isGone(run.name));
  return { undone, recovered, damaged, remaining, left };
}

/**
 * Kills supervisors that a killed `ctr down` left stopped although their containers have ended. Such a supervisor holds
 * the lock of its run, but will never undo the run.
 */
async function endAbandoned(directory: StateDirectory): Promise<void> {
  for (const name of directory.names()) {
    const supervisor = supervisorOf(directory, name);
    if (supervisor === undefined || !isStopped(supervisor.pid, supervisor.start)) continue;
    const children = [...childrenOf(directory, name).values()];
    if (children.some(({ pid, start }) => isAlive(pid, start))) continue;
    killQuietly(supervisor.pid);
    await waitUntilGone(supervisor.pid, supervisor.start, 1000);
  }
}

/** As `recoverHeld`, for a caller without the global lock. Acquires it only if there is a dead run. */
export async function recover(
  runner: Runner,
  directory: StateDirectory,
  view: View,
  only?: string,
): Promise<Recovered> {
  await endAbandoned(directory);
  const runs = await allRuns(runner, directory);
  if (runs.length === 0) await removeUnusedDirectory(runner, directory);
  if (runs.every((run) => run.alive)) {
    return { undone: [], recovered: [], damaged: [], remaining: runs, left: [] };
  }
  // Collected before undoing. With `only`, no wait for supervisors of other runs: two runs that end at the same time
  // would wait for each other.
  const dead = runs.filter((run) => !run.alive && (only === undefined || run.name === only));
  const supervisors = dead.flatMap(({ name }) => supervisorOf(directory, name) ?? []);
  const global = await withGlobalLock(runner, directory);
  try {
    return await recoverHeld(runner, directory, global.descriptor, view, { only });
  } finally {
    await global.release();
    await awaitSupervisors(supervisors);
  }
}
