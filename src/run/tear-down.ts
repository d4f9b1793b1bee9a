import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { listenForInterrupts } from '../exec/interrupt.ts';
import type { Runner } from '../exec/runner.ts';
import { shellLine } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Undone, View } from '../model/events.ts';
import { groupOf } from '../model/names.ts';
import type { Resource } from '../model/resource.ts';
import { removeArgv } from '../resources/index.ts';
import { newerRecord } from '../state/damage.ts';
import type { StateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { endOf, forgetEnd } from '../state/ended.ts';
import { removeUnusedDirectory, withGlobalLock } from '../state/global-lock.ts';
import type { Lock } from '../state/lock.ts';
import { markedStarts, supervisors } from '../state/marked-processes.ts';
import { allRuns, supervisorOf } from '../state/runs.ts';
import type { Session } from './bring-up.ts';
import { awaitSupervisors, endProcesses, endRun, recordOf, stopContainers } from './end-run.ts';
import { readMarks } from './marks.ts';
import { recover } from './recover.ts';
import { stillThere } from './sweep.ts';
import { undoByMarks, undoRun } from './undo-run.ts';

export interface TornDown {
  readonly found: boolean;
  /** The run had ended by itself, and ctr deleted the kept exit codes and logs. */
  readonly ended?: boolean;
  /** There was no record, or an unreadable one. */
  readonly byMarks: boolean;
  readonly left: readonly Undone[];
}

/**
 * Tears a run down, alive or dead. A signal shortens the time that containers have to end; the teardown still
 * completes.
 */
export async function tearDown(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
): Promise<TornDown> {
  const interrupt = listenForInterrupts();
  const hurry = new Promise<false>((resolve) => {
    interrupt.whenHeard(() => resolve(false));
  });
  try {
    return directory.names().includes(name)
      ? await tearDownFound(runner, directory, name, view, hurry)
      : await tearDownByMarks(runner, directory, name, view, hurry);
  } catch (error) {
    const runs = markedStarts().some((one) => one.run === name);
    if (!(error instanceof CtrError) || error.code !== 'cannot-lock' || runs) throw error;
    // The containers have ended. Without the lock, ctr can only check which links are gone.
    const left = await stillThere(notUndone(recordOf(directory, name)?.resources ?? [], error));
    if (left.length === 0) throw error;
    return { found: true, byMarks: false, left };
  } finally {
    interrupt.stop();
  }
}

async function tearDownFound(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
  hurry: Promise<false>,
): Promise<TornDown> {
  const record = recordOf(directory, name);
  if (record !== undefined) refuseElsewhere(record, 'down');
  const supervisor = supervisorOf(directory, name);
  const left: Undone[] = [];
  let byMarks = false;
  while (directory.names().includes(name)) {
    await endRun(runner, directory, name, hurry);
    const recovered = await recover(runner, directory, view, name);
    left.push(...recovered.left);
    byMarks ||= recovered.damaged.includes(name);
    const self = recovered.remaining.find((run) => run.name === name);
    if (self?.damage === 'newer') throw newerRecord(name);
    if (recovered.recovered.includes(name)) break;
  }
  await awaitSupervisors(supervisor === undefined ? [] : [supervisor]);
  // The last one to release the lock removes the empty directory.
  if (forgetEnd(directory.path, name)) await (await withGlobalLock(runner, directory)).release();
  return { found: true, byMarks, left };
}

/** Tears down a run whose record was removed while it was up, by the marks of its processes and resources. */
async function tearDownByMarks(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  view: View,
  hurry: Promise<false>,
): Promise<TornDown> {
  const supervisor = endOf(directory.path, name)?.supervisor;
  const forgotten = forgetEnd(directory.path, name);
  await awaitSupervisors(supervisor === undefined ? [] : [supervisor]);
  const starts = markedStarts().some((one) => one.run === name);
  const marks = await readMarks(runner);
  const links = marks?.links.some((link) => link.group === groupOf(name)) === true;
  if (!starts && !links) {
    if (forgotten) await (await withGlobalLock(runner, directory)).release();
    else if (directory.names().length === 0) await removeUnusedDirectory(runner, directory);
    return { found: false, ended: forgotten, byMarks: false, left: [] };
  }
  const elsewhere = recordedElsewhere(directory, name);
  if (elsewhere !== undefined) throw elsewhere;
  await endProcesses(directory, name, hurry);
  const global = await withGlobalLock(runner, directory);
  try {
    const runs = await allRuns(runner, directory);
    const { descriptor } = global;
    const left = await undoByMarks(runner, directory, name, runs, descriptor, view);
    return { found: true, byMarks: true, left };
  } finally {
    await global.release();
  }
}

/** The error when a supervisor looks after a run of this name in another state directory. */
function recordedElsewhere(directory: StateDirectory, name: string): CtrError | undefined {
  const other = supervisors().find(
    ({ runPath }) => runPath.endsWith(`/${name}`) && runPath !== directory.runPath(name),
  );
  if (other === undefined || !existsSync(other.runPath)) return undefined;
  const path = dirname(other.runPath);
  return new CtrError(
    'recorded-elsewhere',
    exitCodes.notReady,
    { en: `run ${name} is recorded in ${path}`, zh: `运行实例 ${name} 记录在 ${path}` },
    { try: [`ctr --state-dir ${path} down ${name}`] },
  );
}

/** Tears down a foreground run of this ctr after its command has ended. */
export async function undoOwnRun(
  directory: StateDirectory,
  session: Session,
  view: View,
): Promise<readonly Undone[]> {
  const { state, runner } = session;
  const { name } = state;
  // Without the global lock, so that other ctrs need not wait while the containers end.
  await stopContainers(directory, name);
  let global: Lock;
  try {
    global = await (session.global?.acquire() ?? withGlobalLock(runner, directory));
  } catch (error) {
    await session.lock.release();
    if (!(error instanceof CtrError)) throw error;
    return await stillThere(notUndone(state.resources, error));
  }
  try {
    // If the lock was never released, the list of runs is still the same. A run that has died since counts as alive
    // here and is recovered later.
    const known = global === session.global?.lock;
    const runs = known ? session.others : await allRuns(runner, directory, name);
    // The plan in memory is authoritative even if the record was changed or removed. A repair may have added to the
    // record.
    const added = known
      ? []
      : addedSince(recordOf(directory, name)?.resources ?? [], state.resources);
    const self = {
      name,
      alive: true,
      state: { ...state, resources: [...state.resources, ...added] },
    };
    const { launcher } = session;
    return await undoRun(runner, directory, self, runs, global.descriptor, view, launcher);
  } finally {
    await session.lock.release();
    await global.release();
  }
}

function addedSince(now: readonly Resource[], before: readonly Resource[]): readonly Resource[] {
  const known = new Set(before.map((one) => JSON.stringify(one)));
  return now.filter((one) => !known.has(JSON.stringify(one)));
}

/** Undos that ctr did not attempt, newest first. The containers have already ended. */
function notUndone(resources: readonly Resource[], error: CtrError): readonly Undone[] {
  return resources.toReversed().flatMap((one): Undone[] => {
    if (one.kind === 'process') return [];
    return [{ line: shellLine(removeArgv(one)), result: 'failed', reason: error.text.en }];
  });
}
