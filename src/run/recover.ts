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
  /** Those that had changed something and that nobody else was about to take back. */
  readonly undone: readonly RecoveredRun[];
  /** All whose folders are free again. */
  readonly recovered: readonly string[];
  /** Those of them whose record could not be read: they were taken back by our marks. */
  readonly damaged: readonly string[];
  /** The runs that are still there. */
  readonly remaining: readonly Run[];
  /** What could not be undone. */
  readonly left: readonly Undone[];
}

/** Its containers have ended, and its supervisor is about to clean up: whoever comes first does. */
function hasEndedByItself(directory: StateDirectory, { name, config }: RunState): boolean {
  const codes = exitCodesOf(directory.runPath(name));
  return containersOf(config).every(([container]) => codes.has(container));
}

/** Restores what dead runs left. The caller holds the global lock. @param own the run it is itself. */
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
    // The run ended by itself, and its supervisor is alive: it is about to undo the run, but we hold the lock.
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
  // The next run of a name may have made its folder already; what is written in it is the last one's.
  const isGone = (name: string) =>
    !there.includes(name) || (recovered.includes(name) && !directory.isWritten(name));
  const damaged = runs.flatMap((run) =>
    run.damage === 'damaged' && recovered.includes(run.name) ? run.name : [],
  );
  const remaining = runs.filter((run) => !isGone(run.name));
  return { undone, recovered, damaged, remaining, left };
}

/**
 * A `ctr down` that was killed has left a supervisor stopped whose containers have ended: nobody looks
 * after that run any more, though its lock is held.
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

/** The same, for whoever does not hold the lock; it is taken only when there is a dead run. */
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
  // A supervisor waits for no other run's: two that end at once would wait for each other.
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
