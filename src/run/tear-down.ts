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
  /** It had ended by itself: what was kept of that is forgotten. */
  readonly ended?: boolean;
  /** There was no record, or one that could not be read. */
  readonly byMarks: boolean;
  readonly left: readonly Undone[];
}

/**
 * Takes one run down, alive or dead. An interruption cuts short
 * the time that containers have to end; what is begun is brought to its end.
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
    // Its containers have been ended, and without a lock that is all that can be done.
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
  // The last to go takes the directory along.
  if (forgetEnd(directory.path, name)) await (await withGlobalLock(runner, directory)).release();
  return { found: true, byMarks, left };
}

/** Its record was removed while it was up: what runs and what is there tell by their marks. */
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

/** A supervisor of this name that looks after a run of another state directory. */
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

/** Takes back a run of this very ctr, whose foreground command has ended. */
export async function undoOwnRun(
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
    global = await (session.global?.acquire() ?? withGlobalLock(runner, directory));
  } catch (error) {
    await session.lock.release();
    if (!(error instanceof CtrError)) throw error;
    return await stillThere(notUndone(state.resources, error));
  }
  try {
    // Under a lock that nobody else could have had, nobody came. Who has died meanwhile is taken back as
    // if that had happened a moment later.
    const known = global === session.global?.lock;
    const runs = known ? session.others : await allRuns(runner, directory, name);
    // What this ctr itself knows does not depend on what has become of the file; a repair may have added to it.
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

/** Undos that were not even tried, newest first; the containers have ended. */
function notUndone(resources: readonly Resource[], error: CtrError): readonly Undone[] {
  return resources.toReversed().flatMap((one): Undone[] => {
    if (one.kind === 'process') return [];
    return [{ line: shellLine(removeArgv(one)), result: 'failed', reason: error.text.en }];
  });
}
