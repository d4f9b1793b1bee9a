import { holdInterrupts, type Interrupt } from '../exec/interrupt.ts';
import type { Runner } from '../exec/runner.ts';
import type { StateDirectory } from './directory.ts';
import { type Lock, lock, tryLock } from './lock.ts';

/** How long one ctr waits for another's change to what they share. */
export const globalWaitSeconds = 30;

/** The lock around changes to what runs share; the last to release it leaves nothing behind. */
export async function withGlobalLock(
  runner: Runner,
  directory: StateDirectory,
  interrupt?: Interrupt,
): Promise<Lock> {
  const where = () => directory.globalLock;
  return tidying(
    directory,
    await lock(runner, where, globalWaitSeconds, directory.path, interrupt),
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
  };
}

/** The lock while a container runs in the foreground: others may have it. */
export interface Between {
  /** As it was before. */
  readonly lock: Lock;
  /** @returns the very same lock when it was never released. @throws as `withGlobalLock`. */
  acquire(): Promise<Lock>;
}

/** A command that has ended by then has kept nobody waiting. */
const releaseMs = 10;

/** Releases the lock in a moment, unless it is needed again before. */
export function releaseSoon(runner: Runner, directory: StateDirectory, lock: Lock): Between {
  let released: Promise<void> | undefined;
  const timer = setTimeout(() => {
    released = lock.release();
  }, releaseMs);
  timer.unref();
  return {
    lock,
    async acquire() {
      clearTimeout(timer);
      if (released === undefined) return lock;
      await released;
      return await withGlobalLock(runner, directory);
    },
  };
}

/** A ctr that was killed early has left a lock and no run. */
export async function removeUnusedDirectory(
  runner: Runner,
  directory: StateDirectory,
): Promise<void> {
  directory.removeEmpty();
  if (!directory.isThere()) return;
  // A command that outlives that ctr may still hold it.
  const held = await tryLock(runner, () => directory.globalLock, 1);
  if (held === null) return;
  directory.tidy();
  await held.release();
}
