import { holdInterrupts, type Interrupt } from '../exec/interrupt.ts';
import type { Runner } from '../exec/runner.ts';
import type { StateDirectory } from './directory.ts';
import { type Lock, lock, tryLock } from './lock.ts';

/** Seconds that ctr waits while the same process holds the global lock. */
export const globalWaitSeconds = 30;

/** Acquires the lock around changes to what runs share. Releasing it removes the state directory if no run is left. */
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

/** As `withGlobalLock`, without waiting. @returns null when another process holds the lock. */
export async function tryGlobalLock(
  runner: Runner,
  directory: StateDirectory,
): Promise<Lock | null> {
  const held = await tryLock(runner, () => directory.globalLock, 0);
  return held === null ? null : tidying(directory, held);
}

function tidying(directory: StateDirectory, held: Lock): Lock {
  // A signal must not end ctr while it holds the lock.
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

/** The global lock while a foreground command runs: ctr releases it so that others can acquire it. */
export interface Between {
  /** The lock from before the command. */
  readonly lock: Lock;
  /** @returns the original lock if it was never released. @throws as `withGlobalLock`. */
  acquire(): Promise<Lock>;
}

/** Milliseconds before the release. If the command has ended by then, ctr spares itself a second acquisition. */
const releaseMs = 10;

/** Releases the lock after a delay, unless `acquire` is called first. */
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

/** Removes the lock and directory that an early killed ctr left without a run. */
export async function removeUnusedDirectory(
  runner: Runner,
  directory: StateDirectory,
): Promise<void> {
  directory.removeEmpty();
  if (!directory.isThere()) return;
  // A command that outlives that ctr may still hold the lock.
  const held = await tryLock(runner, () => directory.globalLock, 1);
  if (held === null) return;
  directory.tidy();
  await held.release();
}
