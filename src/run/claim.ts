import type { Answers } from '../facts/read.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Undone } from '../model/events.ts';
import { newerRecord, type RecoveredRun } from '../state/damage.ts';
import type { StateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { forgetEnd } from '../state/ended.ts';
import { withGlobalLock } from '../state/global-lock.ts';
import { isHeld, type Lock, tryLock } from '../state/lock.ts';
import type { Run } from '../state/runs.ts';
import { leftDetails } from './failure.ts';
import { ahead, type HeadStart } from './head-start.ts';
import { recoverHeld } from './recover.ts';

export interface Claim<Read> {
  readonly runLock: Lock;
  readonly global: Lock;
  /** The other runs. */
  readonly others: readonly Run[];
  /** Dead runs whose record is unreadable. */
  readonly damaged: readonly string[];
  /** Dead runs that ctr undid. */
  readonly undone: readonly RecoveredRun[];
  /** The host after recovery of dead runs. */
  readonly read: Promise<Read>;
}

/**
 * Requests the run's lock and the global lock at the same time. If the name is taken, returns at once; otherwise waits
 * for the global lock. Once it holds the global lock it reads the host, while it still waits for the run's lock. With
 * both locks held, it recovers dead runs.
 * @param read reads the host, from what has been asked or anew; called again if recovery changed anything.
 * @returns null when the name is taken.
 */
export async function claim<Read>(
  start: HeadStart,
  name: string,
  read: (asked?: Promise<Answers>) => Promise<Read>,
): Promise<Claim<Read> | null> {
  const { direct, runner, directory, interrupt } = start;
  const where = () => {
    directory.open(name);
    return directory.lockPath(name);
  };
  const lost = new Set<string>();
  const dead: RecoveredRun[] = [];
  for (;;) {
    const { global: asked, answers } = start.ask();
    const named = ahead(tryLock(direct, where, 0.2));
    let global: Lock | null;
    try {
      global = await asked;
    } catch (error) {
      const ours = await named.catch(() => null);
      if (ours !== null) await releaseName(directory, name, ours);
      throw error;
    }
    let reading = global === null ? undefined : ahead(read(answers as Promise<Answers>));
    let runLock: Lock | null;
    try {
      runLock = await named;
    } catch (error) {
      await global?.release();
      throw error;
    }
    if (runLock === null) {
      await global?.release();
      if (await isHeld(direct, directory.lockPath(name))) return null;
      // The holder was only checking the lock and has released it: try again.
      continue;
    }
    try {
      global ??= await withGlobalLock(runner, directory, interrupt);
    } catch (error) {
      await releaseName(directory, name, runLock);
      throw error;
    }
    reading ??= ahead(read());
    const leftover = directory.isWritten(name);
    if (leftover) await runLock.release();
    const { recovered, undone, remaining, damaged, left } = await recoverHeld(
      runner,
      directory,
      global.descriptor,
      () => undefined,
      leftover ? {} : { own: name },
    );
    for (const one of damaged) lost.add(one);
    dead.push(...undone);
    if (!leftover && runLock.inPlace()) {
      directory.clear(name);
      forgetEnd(directory.path, name);
      return {
        runLock,
        global,
        others: remaining.filter((run) => run.name !== name),
        damaged: [...lost],
        undone: dead,
        read: recovered.length > 0 ? read() : reading,
      };
    }
    if (!leftover) await runLock.release();
    await global.release();
    if (remaining.some((run) => run.name === name && run.damage === 'newer'))
      throw newerRecord(name);
    const still = remaining.find((run) => run.name === name && !run.alive);
    if (still?.state !== undefined) refuseElsewhere(still.state, 'down');
    if (still !== undefined) throw stuck(name, left);
  }
}

/** Releases a run's name. Its folder goes too, unless it has a record that the next command must undo. */
export async function releaseName(
  directory: StateDirectory,
  name: string,
  runLock: Lock,
): Promise<void> {
  if (!directory.isWritten(name)) directory.remove(name);
  await runLock.release();
}

function stuck(name: string, left: readonly Undone[]): CtrError {
  return new CtrError(
    'left-behind',
    exitCodes.left,
    {
      en: `ctr could not undo all changes of the previous run ${name}`,
      zh: `上一个运行实例 ${name} 留下的改动没能全部撤销`,
    },
    leftDetails(left, `ctr down ${name}`),
  );
}
