import { holdInterrupts, type Interrupt } from './interrupt.ts';
import { type Lock, lock, tryLock } from './lock.ts';
import type { Runner } from './runner.ts';
import type { StateDirectory } from './state.ts';

/** How long one ctr waits for another's change to what they share. */
export const globalWaitSeconds = 30;

/**
 * The lock around changes to what runs share; the last to let go leaves nothing behind.
 * @param unlocked what it was before it was unlocked.
 */
export async function withGlobalLock(
  runner: Runner,
  directory: StateDirectory,
  interrupt?: Interrupt,
  unlocked?: Lock,
): Promise<Lock> {
  const where = () => directory.globalLock;
  return tidying(
    directory,
    await lock(runner, where, globalWaitSeconds, directory.path, interrupt, unlocked),
  );
}

/** The same lock for whoever does not wait for it. @returns null when somebody else has it. */
export async function tryGlobalLock(
  runner: Runner,
  directory: StateDirectory,
): Promise<Lock | null> {
  const held = await tryLock(runner, () => directory.globalLock, 0);
  return held === null ? null : tidying(directory, held);
}

function tidying(directory: StateDirectory, held: Lock): Lock {
  // What is begun under it is brought to its end.
  const letInterrupt = holdInterrupts();
  return {
    ...held,
    async release() {
      directory.tidy();
      await held.release();
      letInterrupt();
    },
    async unlock() {
      const unlocked = await held.unlock();
      if (!unlocked) await held.release();
      letInterrupt();
      return unlocked;
    },
  };
}

/** The lock, while a container runs in the foreground: others may have it. */
export interface Lent {
  /** As it was before. */
  readonly lock: Lock;
  /** @returns the very same lock when nobody else could have had it. @throws as `withGlobalLock`. */
  back(): Promise<Lock>;
}

/** A command that has ended by then was hardly worth the lending. */
const hardlyMs = 10;

/** Whoever holds the descriptor holds it on: the shells that wait for the way back. */
export function lend(runner: Runner, directory: StateDirectory, lock: Lock): Lent {
  let unlocking: Promise<boolean> | undefined;
  const lending = setTimeout(() => {
    unlocking = lock.unlock();
  }, hardlyMs);
  lending.unref();
  return {
    lock,
    async back() {
      clearTimeout(lending);
      if (unlocking === undefined) return lock;
      return await withGlobalLock(
        runner,
        directory,
        undefined,
        (await unlocking) ? lock : undefined,
      );
    },
  };
}

/** A ctr that was killed early has left a lock and no run. */
export async function tidyUp(runner: Runner, directory: StateDirectory): Promise<void> {
  directory.removeEmpty();
  if (!directory.isThere()) return;
  // A command that outlives that ctr may still hold it.
  const held = await tryLock(runner, () => directory.globalLock, 1);
  if (held === null) return;
  directory.tidy();
  await held.release();
}
