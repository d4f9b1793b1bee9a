import { CtrError, exitCodes } from '../errors.ts';
import { newerRecord } from './damage.ts';
import { forgetEnd } from './ended.ts';
import type { Undone } from './events.ts';
import { leftDetails } from './failure.ts';
import { tryGlobalLock, withGlobalLock } from './global-lock.ts';
import type { Interrupt } from './interrupt.ts';
import { isHeld, type Lock, tryLock } from './lock.ts';
import { recoverHeld } from './recover.ts';
import type { Runner } from './runner.ts';
import type { Run } from './runs.ts';
import type { StateDirectory } from './state.ts';

export interface Claim<Read> {
  readonly runLock: Lock;
  readonly global: Lock;
  /** The other runs. */
  readonly others: readonly Run[];
  /** Dead runs whose record could not be read. */
  readonly damaged: readonly string[];
  /** As the host is, now that what dead runs left is taken back. */
  readonly read: Promise<Read>;
}

/** Two doors to processes. */
export interface Doors {
  /** For locks that outlive the changes: no shell is to hold them. */
  readonly direct: Runner;
  /** For what is done under the global lock. */
  readonly runner: Runner;
}

/**
 * The run's own lock comes before a wait for the other one: whoever finds its name taken is told at
 * once. Where nobody has the other one, the host is read while the name is asked for. Under both, what
 * dead runs left is taken back.
 * @param read the host; it is read while it is seen who else is there, and again if that changed it.
 * @returns null when the name is taken.
 */
export async function claim<Read>(
  { direct, runner }: Doors,
  directory: StateDirectory,
  name: string,
  interrupt: Interrupt,
  read: () => Promise<Read>,
): Promise<Claim<Read> | null> {
  const where = () => {
    directory.open(name);
    return directory.lockPath(name);
  };
  const lost = new Set<string>();
  for (;;) {
    let global = await tryGlobalLock(runner, directory);
    let reading = global === null ? undefined : readAhead(read);
    let runLock: Lock | null;
    try {
      runLock = await tryLock(direct, where, 0.2);
    } catch (error) {
      await global?.release();
      throw error;
    }
    if (runLock === null) {
      await global?.release();
      if (await isHeld(direct, directory.lockPath(name))) return null;
      // It was somebody who only looked.
      continue;
    }
    try {
      global ??= await withGlobalLock(runner, directory, interrupt);
    } catch (error) {
      await letGo(directory, name, runLock);
      throw error;
    }
    reading ??= readAhead(read);
    const leftover = directory.isWritten(name);
    if (leftover) await runLock.release();
    const { recovered, remaining, damaged, left } = await recoverHeld(
      runner,
      directory,
      global.descriptor,
      () => undefined,
      leftover ? {} : { own: name },
    );
    for (const one of damaged) lost.add(one);
    if (!leftover && runLock.inPlace()) {
      directory.clear(name);
      forgetEnd(directory.path, name);
      return {
        runLock,
        global,
        others: remaining.filter((run) => run.name !== name),
        damaged: [...lost],
        read: recovered.length > 0 ? read() : reading,
      };
    }
    if (!leftover) await runLock.release();
    await global.release();
    if (remaining.some((run) => run.name === name && run.damage === 'newer'))
      throw newerRecord(name);
    if (remaining.some((run) => run.name === name && !run.alive)) throw stuck(name, left);
  }
}

/** Whoever awaits it hears of its failure. */
function readAhead<Read>(read: () => Promise<Read>): Promise<Read> {
  const reading = read();
  reading.catch(() => undefined);
  return reading;
}

/** Gives a name up: nothing was changed under it, or its record stays for the next command. */
export async function letGo(directory: StateDirectory, name: string, runLock: Lock): Promise<void> {
  if (!directory.isWritten(name)) directory.remove(name);
  await runLock.release();
}

function stuck(name: string, left: readonly Undone[]): CtrError {
  return new CtrError(
    'left-behind',
    exitCodes.left,
    {
      en: `what the last run named ${name} left could not be undone`,
      zh: `上一个名为 ${name} 的运行留下的改动没能撤销`,
    },
    leftDetails(left, `ctr down ${name}`),
  );
}
