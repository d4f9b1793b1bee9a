import { CtrError, exitCodes } from '../errors.ts';
import { newerRecord } from './damage.ts';
import { forgetEnd } from './ended.ts';
import type { Undone } from './events.ts';
import { leftDetails } from './failure.ts';
import type { Interrupt } from './interrupt.ts';
import { isHeld, type Lock, tryLock } from './lock.ts';
import type { Runner } from './runner.ts';
import type { Run } from './runs.ts';
import type { StateDirectory } from './state.ts';
import { recoverHeld, withGlobalLock } from './take-down.ts';

export interface Claim {
  readonly runLock: Lock;
  readonly global: Lock;
  /** The other runs. */
  readonly others: readonly Run[];
  /** Dead runs whose record could not be read. */
  readonly damaged: readonly string[];
}

/**
 * The run's own lock comes first: whoever finds its name taken is told at once, and does not
 * queue for the other one, under which what dead runs left is then taken back.
 * @returns null when the name is taken.
 */
export async function claim(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  interrupt: Interrupt,
): Promise<Claim | null> {
  const where = () => {
    directory.open(name);
    return directory.lockPath(name);
  };
  const lost = new Set<string>();
  for (;;) {
    const runLock = await tryLock(runner, where, 0.2);
    if (runLock === null) {
      if (await isHeld(runner, directory.lockPath(name))) return null;
      // It was somebody who only looked.
      continue;
    }
    let global: Lock;
    try {
      global = await withGlobalLock(runner, directory, interrupt);
    } catch (error) {
      letGo(directory, name, runLock);
      throw error;
    }
    const leftover = directory.isWritten(name);
    if (leftover) runLock.release();
    const { remaining, damaged, left } = await recoverHeld(
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
      };
    }
    if (!leftover) runLock.release();
    global.release();
    if (remaining.some((run) => run.name === name && run.damage === 'newer'))
      throw newerRecord(name);
    if (remaining.some((run) => run.name === name && !run.alive)) throw stuck(name, left);
  }
}

/** Gives a name up: nothing was changed under it, or its record stays for the next command. */
export function letGo(directory: StateDirectory, name: string, runLock: Lock): void {
  if (!directory.isWritten(name)) directory.remove(name);
  runLock.release();
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
