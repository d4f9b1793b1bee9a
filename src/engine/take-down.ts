import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellLine } from '../command.ts';
import { containersOf } from '../config/replicas.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { groupOf } from '../names.ts';
import { type Undo, undoArgv } from '../undo.ts';
import type { Session } from './bring-up.ts';
import { newerRecord } from './damage.ts';
import { forgetEnd, rememberEnd } from './ended.ts';
import type { Event, Undone } from './events.ts';
import { globalWaitSeconds, tidyUp, withGlobalLock } from './global-lock.ts';
import { listenForInterrupts } from './interrupt.ts';
import { exitCodesOf } from './keeper.ts';
import type { Launcher } from './launcher.ts';
import { killQuietly } from './launcher.ts';
import { holderOf, isHeldForSure, type Lock } from './lock.ts';
import { keepers, type Marks, markedKeeper, markedStarts, readMarks } from './marks.ts';
import { catches, commandOf, isAlive, isStopped, sleep, waitUntilGone } from './processes.ts';
import type { Runner } from './runner.ts';
import {
  allRuns,
  childrenOf,
  isReady,
  keeperOf,
  notedOf,
  type Process,
  placeOf,
  type Run,
  sharer,
} from './runs.ts';
import type { RunState, StateDirectory } from './state.ts';
import { orphans, outstanding, stillThere, sweep, unread } from './sweep.ts';
import { undoAll } from './undo-all.ts';

/** How long a container that handles SIGTERM gets to end. */
export const stopMs = 10_000;

export type View = (event: Event) => void;

/** Pulls every event and shows it. */
export async function follow<T>(events: AsyncGenerator<Event, T>, view: View): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    view(next.value);
  }
}

/** How a run is taken back. */
interface Manner {
  readonly launcher?: Launcher | undefined;
  readonly oneByOne?: boolean;
}

function plannedLinks(runs: readonly Run[]): ReadonlySet<string> {
  const undos = runs.flatMap((run) => run.state?.undos ?? []);
  return new Set(undos.flatMap((undo) => (undo.kind === 'delete-link' ? undo.link : [])));
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
  if (placeOf(state) === 'elsewhere') return [];
  const { undos } = state;
  const children = childrenOf(directory, name);
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
      ...(launcher === undefined ? {} : { launcher }),
    }),
    view,
  );
  const known = plannedLinks(runs.filter((one) => one.name !== name));
  const due = { run: name, undos, keeperOf, children, known };
  const left =
    (await sweep(runner, (marks) => outstanding(marks, due), view, hold)) ??
    (await stillThere(failed));
  if (left.length > 0) return left;
  const codes = exitCodesOf(directory.runPath(name));
  const names = containersOf(state.config).map(([one]) => one);
  if (names.every((one) => codes.has(one))) rememberEnd(directory.path, name, codes);
  directory.remove(name);
  return [];
}

/** Ends what runs by its command line, and removes what bears our mark and is nobody else's. */
async function restoreByMarks(
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

export interface Recovered {
  readonly recovered: readonly string[];
  /** Those of them whose record could not be read: they were taken back by our marks. */
  readonly damaged: readonly string[];
  /** The runs that are still there. */
  readonly remaining: readonly Run[];
  /** What could not be undone. */
  readonly left: readonly Undone[];
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
  const left: Undone[] = [];
  await endAbandoned(directory);
  const runs = await allRuns(runner, directory, own);
  for (const run of runs) {
    if (run.alive || run.damage === 'newer' || (only !== undefined && run.name !== only)) continue;
    left.push(...(await restore(runner, directory, run, runs, hold, view)));
    recovered.push(run.name);
  }
  const there = directory.names();
  const damaged = runs.flatMap((run) =>
    run.damage === 'damaged' && recovered.includes(run.name) ? run.name : [],
  );
  return { recovered, damaged, remaining: runs.filter((run) => there.includes(run.name)), left };
}

/**
 * A `ctr down` that was killed has left a keeper stopped whose containers have ended: nobody looks
 * after that run any more, though its lock is held.
 */
async function endAbandoned(directory: StateDirectory): Promise<void> {
  for (const name of directory.names()) {
    const { keeper, children } = notedOf(directory, name);
    if (keeper === undefined || !isStopped(keeper.pid, keeper.start)) continue;
    if ([...children.values()].some(({ pid, start }) => isAlive(pid, start))) continue;
    killQuietly(keeper.pid);
    await waitUntilGone(keeper.pid, keeper.start, 1000);
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
  if (runs.length === 0) await tidyUp(runner, directory);
  if (runs.every((run) => run.alive)) {
    return { recovered: [], damaged: [], remaining: runs, left: [] };
  }
  const dead = runs.filter((run) => !run.alive);
  const keepers = dead.flatMap(({ name }) => keeperOf(directory, name) ?? []);
  const global = await withGlobalLock(runner, directory);
  try {
    return await recoverHeld(runner, directory, global.descriptor, view, { only });
  } finally {
    await global.release();
    await letGo(keepers);
  }
}

/** Waits for keepers that are on their way to take back what has just been taken back. */
async function letGo(keepers: readonly Process[]): Promise<void> {
  // This ctr may be what one of them has become.
  const others = keepers.filter(({ pid }) => pid !== process.pid);
  await Promise.all(others.map(({ pid, start }) => waitUntilGone(pid, start, farewellMs)));
}

const sigterm = 15;

/** Ends the containers of a run that is alive; whoever looks after it then lets go of its lock. */
async function stopContainers(
  directory: StateDirectory,
  name: string,
  hurry?: Promise<false>,
): Promise<void> {
  const children = [...childrenOf(directory, name).values()];
  await Promise.all(
    children.map(async ({ pid, start }) => {
      if (!isAlive(pid, start)) return;
      if (catches(pid, sigterm)) {
        signal(pid, 'SIGTERM');
        const gone = waitUntilGone(pid, start, stopMs);
        if (await (hurry === undefined ? gone : Promise.race([gone, hurry]))) return;
      }
      if (isAlive(pid, start)) killQuietly(pid);
      await waitUntilGone(pid, start, 2000);
    }),
  );
}

/** Ends containers that are known by their mark alone. @returns how many there were. */
async function endStarts(name: string): Promise<number> {
  const starts = markedStarts().filter((one) => one.run === name);
  for (const { pid } of starts) killQuietly(pid);
  await Promise.all(starts.map(({ pid, start }) => waitUntilGone(pid, start, 2000)));
  return starts.length;
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/** Whether the notes name every container: they may have been lost. */
function isNoted(directory: StateDirectory, name: string): boolean {
  const children = childrenOf(directory, name);
  const state = recordOf(directory, name);
  return state !== undefined && containersOf(state.config).every(([one]) => children.has(one));
}

/** @returns undefined when there is no record that can be read. */
function recordOf(directory: StateDirectory, name: string): RunState | undefined {
  try {
    return directory.load(name);
  } catch {
    return undefined;
  }
}

/**
 * Ends a run's containers, and its keeper with them. The keeper is stopped first: it would
 * otherwise start to clean up beside us. One that cleans up already is waited for.
 */
async function endProcesses(
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
  const noted = isNoted(directory, name);
  const found =
    keeperOf(directory, name) ?? (noted ? undefined : markedKeeper(directory.runPath(name)));
  const keeper = found !== undefined && isAlive(found.pid, found.start) ? found : undefined;
  const waits = keeper !== undefined && commandOf(keeper.pid) === 'sh';
  if (waits) signal(keeper.pid, 'SIGSTOP');
  await stopContainers(directory, name, hurry);
  if (!noted) await endStarts(name);
  if (keeper === undefined) return;
  if (waits) signal(keeper.pid, 'SIGKILL');
  await waitUntilGone(keeper.pid, keeper.start, globalWaitSeconds * 1000);
}

/** How long a run may take to come up, or the ctr in its foreground to clean up after it. */
const endMs = 30_000;
/** How long a keeper may take to see that there is nothing left for it. */
const farewellMs = 5000;
/** After this it is ended whether its notes say that it has come up or not: they may be lost. */
const patienceMs = 15_000;

/** Waits until nobody looks after the run any more; what runs in it is ended. */
async function end(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
  const path = directory.lockPath(name);
  const deadline = performance.now() + endMs;
  for (let ended = false; await isHeldForSure(runner, path, ended ? 0.2 : 0); ) {
    // A run on its way up is let to arrive: half of it would look like a failure of its own.
    ended = isReady(directory, name) || performance.now() > deadline - endMs + patienceMs;
    if (ended) await endProcesses(directory, name, hurry);
    else await sleep(20);
    if (performance.now() < deadline) continue;
    const pid = holderOf(path);
    throw new CtrError('lock-held', exitCodes.busy, {
      en: `run ${name} is held by process ${pid}`,
      zh: `运行 ${name} 正被进程 ${pid} 占用`,
    });
  }
}

export interface TakenDown {
  readonly found: boolean;
  /** There was no record, or one that could not be read. */
  readonly byMarks: boolean;
  readonly left: readonly Undone[];
}

/**
 * Takes one run down, alive or dead. Nothing of that name is no error. An interruption cuts short
 * the time that containers have to end; what is begun is brought to its end.
 */
export async function takeDown(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
): Promise<TakenDown> {
  const interrupt = listenForInterrupts();
  const hurry = new Promise<false>((resolve) => {
    interrupt.whenHeard(() => resolve(false));
  });
  try {
    return directory.names().includes(name)
      ? await takeDownFound(runner, directory, name, view, hurry)
      : await takeDownByMarks(runner, directory, name, view, hurry);
  } catch (error) {
    const runs = markedStarts().some((one) => one.run === name);
    if (!(error instanceof CtrError) || error.code !== 'cannot-lock' || runs) throw error;
    // Its containers have been ended, and without a lock that is all that can be done.
    const left = await stillThere(notUndone(recordOf(directory, name)?.undos ?? [], error));
    if (left.length === 0) throw error;
    return { found: true, byMarks: false, left };
  } finally {
    interrupt.stop();
  }
}

async function takeDownFound(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
  hurry: Promise<false>,
): Promise<TakenDown> {
  const keeper = keeperOf(directory, name);
  const left: Undone[] = [];
  let byMarks = false;
  while (directory.names().includes(name)) {
    await end(runner, directory, name, hurry);
    const recovered = await recover(runner, directory, view, name);
    left.push(...recovered.left);
    byMarks ||= recovered.damaged.includes(name);
    const self = recovered.remaining.find((run) => run.name === name);
    if (self?.damage === 'newer') throw newerRecord(name);
    if (recovered.recovered.includes(name)) break;
  }
  await letGo(keeper === undefined ? [] : [keeper]);
  // The last to go takes the directory along.
  if (forgetEnd(directory.path, name)) await (await withGlobalLock(runner, directory)).release();
  return { found: true, byMarks, left };
}

/** Its record was removed while it was up: what runs and what is there tell by their marks. */
async function takeDownByMarks(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
  hurry: Promise<false>,
): Promise<TakenDown> {
  const forgotten = forgetEnd(directory.path, name);
  const starts = markedStarts().some((one) => one.run === name);
  const marks = await readMarks(runner);
  const links = marks?.links.some((link) => link.group === groupOf(name)) === true;
  if (!starts && !links) {
    if (forgotten) await (await withGlobalLock(runner, directory)).release();
    else if (directory.names().length === 0) await tidyUp(runner, directory);
    return { found: false, byMarks: false, left: [] };
  }
  const elsewhere = recordedElsewhere(directory, name);
  if (elsewhere !== undefined) throw elsewhere;
  await endProcesses(directory, name, hurry);
  const global = await withGlobalLock(runner, directory);
  try {
    const runs = await allRuns(runner, directory);
    const { descriptor } = global;
    const left = await restoreByMarks(runner, directory, name, runs, descriptor, view);
    return { found: true, byMarks: true, left };
  } finally {
    await global.release();
  }
}

/** A keeper of this name that looks after a run of another state directory. */
function recordedElsewhere(directory: StateDirectory, name: string): CtrError | undefined {
  const other = keepers().find(
    ({ runPath }) => runPath.endsWith(`/${name}`) && runPath !== directory.runPath(name),
  );
  if (other === undefined || !existsSync(other.runPath)) return undefined;
  const path = dirname(other.runPath);
  return new CtrError(
    'recorded-elsewhere',
    exitCodes.notReady,
    { en: `run ${name} is recorded in ${path}`, zh: `运行 ${name} 记录在 ${path}` },
    { try: [`ctr --state-dir ${path} down ${name}`] },
  );
}

/** Takes back a run of this very ctr, whose foreground command has ended. */
export async function restoreOne(
  directory: StateDirectory,
  session: Session,
  view: View,
): Promise<readonly Undone[]> {
  const { state, runner } = session;
  const { name } = state;
  // Nobody waits for our lock while a container takes its time to end.
  await stopContainers(directory, name);
  let global: Lock;
  try {
    global = await withGlobalLock(runner, directory);
  } catch (error) {
    await session.lock.release();
    if (!(error instanceof CtrError)) throw error;
    return await stillThere(notUndone(state.undos, error));
  }
  try {
    const runs = await allRuns(runner, directory, name);
    // What this ctr itself knows does not depend on what has become of the file.
    const self = { name, alive: true, state };
    return await restore(runner, directory, self, runs, global.descriptor, view, session);
  } finally {
    await session.lock.release();
    await global.release();
  }
}

/** Undos that were not even tried, newest first; the containers have ended. */
function notUndone(undos: readonly Undo[], error: CtrError): readonly Undone[] {
  return undos.toReversed().flatMap((undo): Undone[] => {
    if (undo.kind === 'end-container') return [];
    return [{ line: shellLine(undoArgv(undo)), result: 'failed', reason: error.text.en }];
  });
}
