import { containersOf } from '../config/replicas.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { groupOf } from '../names.ts';
import type { Session } from './bring-up.ts';
import { forgetEnd, rememberEnd } from './ended.ts';
import type { Event, Undone } from './events.ts';
import { exitCodesOf } from './keeper.ts';
import type { Launcher } from './launcher.ts';
import { killQuietly } from './launcher.ts';
import { holderOf, isHeld, type Lock, lock } from './lock.ts';
import { catches, commandOf, isAlive, sleep, waitUntilGone } from './processes.ts';
import type { Runner } from './runner.ts';
import { allRuns, childrenOf, isReady, keeperOf, placeOf, type Run, sharer } from './runs.ts';
import type { StateDirectory } from './state.ts';
import { type Orphan, orphans } from './sweep.ts';
import { undoAll } from './undo-all.ts';

/** How long a container that handles SIGTERM gets to end. */
export const stopMs = 10_000;
/** How long one ctr waits for another's change to what they share. */
export const globalWaitSeconds = 30;

export type View = (event: Event) => void;

/** Pulls every event and shows it. */
export async function follow<T>(events: AsyncGenerator<Event, T>, view: View): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    view(next.value);
  }
}

/**
 * Runs a dead run's undos and forgets it. The caller holds the global lock.
 * @returns what is left; the state file stays as long as something is.
 */
export async function restore(
  runner: Runner,
  directory: StateDirectory,
  run: Run,
  runs: readonly Run[],
  hold: number,
  view: View,
  { launcher, oneByOne = false }: { launcher?: Launcher | undefined; oneByOne?: boolean } = {},
): Promise<readonly Undone[]> {
  const { state } = run;
  if (run.unreadable) await sweep(runner, runs);
  if (state === undefined || placeOf(state) === 'gone') {
    directory.remove(run.name);
    return [];
  }
  if (placeOf(state) === 'elsewhere') return [];
  const left = await follow(
    undoAll(state.undos, {
      runner,
      hold,
      group: groupOf(run.name),
      oneByOne,
      children: childrenOf(directory, run.name),
      keeperOf: sharer(runs, run.name),
      stopMs,
      ...(launcher === undefined ? {} : { launcher }),
    }),
    view,
  );
  if (left.length > 0) return left;
  const codes = exitCodesOf(directory.runPath(run.name));
  const names = containersOf(state.config).map(([name]) => name);
  if (names.every((name) => codes.has(name))) rememberEnd(directory.path, run.name, codes);
  directory.remove(run.name);
  return [];
}

/** Removes what bears our mark and no run knows of. @returns what could not be removed. */
export async function sweep(runner: Runner, runs: readonly Run[]): Promise<readonly Orphan[]> {
  const left: Orphan[] = [];
  for (const orphan of await orphans(runner, runs)) {
    if (!(await runner.run(orphan.argv)).ok) left.push(orphan);
  }
  return left;
}

/** The lock around changes to what runs share; the last to let go leaves nothing behind. */
export async function withGlobalLock(runner: Runner, directory: StateDirectory): Promise<Lock> {
  const held = await lock(runner, () => directory.globalLock, globalWaitSeconds, directory.path);
  return {
    ...held,
    release() {
      directory.tidy();
      held.release();
    },
  };
}

export interface Recovered {
  readonly recovered: readonly string[];
  /** The runs that are still there. */
  readonly remaining: readonly Run[];
  /** What could not be undone. */
  readonly left: readonly Undone[];
}

/** Restores what dead runs left. The caller holds the global lock. */
export async function recoverHeld(
  runner: Runner,
  directory: StateDirectory,
  hold: number,
  view: View,
  only?: string,
): Promise<Recovered> {
  const recovered: string[] = [];
  const left: Undone[] = [];
  const runs = await allRuns(runner, directory);
  for (const run of runs) {
    if (run.alive || (only !== undefined && run.name !== only)) continue;
    left.push(...(await restore(runner, directory, run, runs, hold, view)));
    recovered.push(run.name);
  }
  const there = directory.names();
  return { recovered, remaining: runs.filter((run) => there.includes(run.name)), left };
}

/** The same, for whoever does not hold the lock; it is taken only when there is a dead run. */
export async function recover(
  runner: Runner,
  directory: StateDirectory,
  view: View,
  only?: string,
): Promise<Recovered> {
  const runs = await allRuns(runner, directory);
  if (runs.every((run) => run.alive)) return { recovered: [], remaining: runs, left: [] };
  const global = await withGlobalLock(runner, directory);
  try {
    return await recoverHeld(runner, directory, global.descriptor, view, only);
  } finally {
    global.release();
  }
}

const sigterm = 15;

/** Ends the containers of a run that is alive; whoever looks after it then lets go of its lock. */
async function stopContainers(directory: StateDirectory, name: string): Promise<void> {
  const children = [...childrenOf(directory, name).values()];
  await Promise.all(
    children.map(async ({ pid, start }) => {
      if (!isAlive(pid, start)) return;
      if (catches(pid, sigterm)) {
        process.kill(pid, 'SIGTERM');
        if (await waitUntilGone(pid, start, stopMs)) return;
      }
      if (isAlive(pid, start)) killQuietly(pid);
      await waitUntilGone(pid, start, 2000);
    }),
  );
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/**
 * Ends a run's containers, and its keeper with them. The keeper is stopped first: it would
 * otherwise start to clean up beside us. One that cleans up already is waited for.
 */
async function endProcesses(directory: StateDirectory, name: string): Promise<void> {
  const found = keeperOf(directory, name);
  const keeper = found !== undefined && isAlive(found.pid, found.start) ? found : undefined;
  const waits = keeper !== undefined && commandOf(keeper.pid) === 'sh';
  if (waits) signal(keeper.pid, 'SIGSTOP');
  await stopContainers(directory, name);
  if (keeper === undefined) return;
  if (waits) signal(keeper.pid, 'SIGKILL');
  await waitUntilGone(keeper.pid, keeper.start, globalWaitSeconds * 1000);
}

/** How long a run may take to come up, or the ctr in its foreground to clean up after it. */
const endMs = 30_000;

/** Waits until nobody looks after the run any more; what runs in it is ended. */
async function end(runner: Runner, directory: StateDirectory, name: string): Promise<void> {
  const path = directory.lockPath(name);
  const deadline = performance.now() + endMs;
  for (let ended = false; await isHeld(runner, path, ended ? 0.2 : 0); ) {
    // A run on its way up is let to arrive: half of it would look like a failure of its own.
    ended = isReady(directory, name);
    if (ended) await endProcesses(directory, name);
    else await sleep(20);
    if (performance.now() < deadline) continue;
    const pid = holderOf(path);
    throw new CtrError('lock-held', exitCodes.busy, {
      en: `run ${name} is held by process ${pid}`,
      zh: `运行 ${name} 正被进程 ${pid} 占用`,
    });
  }
}

/** Takes one run down, alive or dead. Nothing of that name is no error. */
export async function takeDown(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
): Promise<{ readonly found: boolean; readonly left: readonly Undone[] }> {
  const found = directory.names().includes(name);
  const keeper = keeperOf(directory, name);
  const left: Undone[] = [];
  while (directory.names().includes(name)) {
    await end(runner, directory, name);
    const recovered = await recover(runner, directory, view, name);
    left.push(...recovered.left);
    if (recovered.recovered.includes(name)) break;
  }
  // It may be on its way to take back what we have just taken back.
  if (keeper !== undefined) await waitUntilGone(keeper.pid, keeper.start, endMs);
  // The last to go takes the directory along.
  if (forgetEnd(directory.path, name)) (await withGlobalLock(runner, directory)).release();
  return { found, left };
}

/** Takes back a run of this very ctr, whose foreground command has ended. */
export async function restoreOne(
  runner: Runner,
  directory: StateDirectory,
  session: Session,
  view: View,
): Promise<readonly Undone[]> {
  const { name } = session.plan;
  // Nobody waits for our lock while a container takes its time to end.
  await stopContainers(directory, name);
  const global = await withGlobalLock(runner, directory);
  try {
    const runs = await allRuns(runner, directory, name);
    const self = runs.find((run) => run.name === name);
    if (self === undefined) return [];
    return await restore(runner, directory, self, runs, global.descriptor, view, session);
  } finally {
    session.lock.release();
    global.release();
  }
}
