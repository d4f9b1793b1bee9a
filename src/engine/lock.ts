import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { CtrError, exitCodes, systemCode } from '../errors.ts';
import type { Runner } from './runner.ts';

/**
 * A kernel lock (flock(2)) on a descriptor that stays open. The kernel lets go of it when the
 * last process that holds the descriptor has ended, however it ended.
 */
export interface Lock {
  readonly descriptor: number;
  /** Whether it is still the one that others would ask for: its file may have been removed. */
  inPlace(): boolean;
  release(): void;
}

/** flock(1), `--conflict-exit-code`: EX_TEMPFAIL of sysexits(3). */
const conflict = 75;

/**
 * @param waitSeconds 0 asks once.
 * @returns null when somebody else holds the lock.
 */
export async function tryLock(
  runner: Runner,
  where: string | (() => string),
  waitSeconds: number,
): Promise<Lock | null> {
  for (let attempt = 1; ; attempt += 1) {
    let path: string;
    let descriptor: number;
    try {
      path = typeof where === 'string' ? where : where();
      descriptor = openSync(
        path,
        constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
        0o600,
      );
    } catch (error) {
      // Whoever was last has just removed the directory: it is made anew.
      if (typeof where === 'function' && systemCode(error) === 'ENOENT' && attempt < 100) continue;
      throw error;
    }
    const outcome = await runner.run(
      [
        'flock',
        '--exclusive',
        '--timeout',
        String(waitSeconds),
        '--conflict-exit-code',
        String(conflict),
        '3',
      ],
      { hold: descriptor, timeoutMs: waitSeconds * 1000 + runner.timeoutMs },
    );
    if (outcome.exitCode === conflict) {
      closeSync(descriptor);
      return null;
    }
    if (!outcome.ok) {
      closeSync(descriptor);
      throw new Error(`flock failed: ${outcome.stderr.trim() || outcome.exitCode}`);
    }
    if (isStillAt(path, descriptor)) {
      ftruncateSync(descriptor);
      writeSync(descriptor, `${process.pid}\n`, 0);
      return {
        descriptor,
        inPlace: () => isStillAt(path, descriptor),
        release: () => closeSync(descriptor),
      };
    }
    // The file was removed with its run while we waited: ask again for the one that is there now.
    closeSync(descriptor);
  }
}

function isStillAt(path: string, descriptor: number): boolean {
  try {
    return statSync(path).ino === fstatSync(descriptor).ino;
  } catch {
    return false;
  }
}

/**
 * Asked with a shared lock, so that two who ask at once do not take each other for a holder.
 * @returns true as well when it cannot be told: then nothing is taken for dead.
 */
export async function isHeld(runner: Runner, path: string, waitSeconds = 0): Promise<boolean> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    return systemCode(error) !== 'ENOENT';
  }
  try {
    const outcome = await runner.run(['flock', '--shared', '--timeout', String(waitSeconds), '3'], {
      hold: descriptor,
    });
    return !outcome.ok;
  } finally {
    closeSync(descriptor);
  }
}

/** The pid that the holder wrote into its lock, as text for a message. */
export function holderOf(where: string | (() => string)): string {
  try {
    const path = typeof where === 'string' ? where : where();
    return /^\d+/.exec(readFileSync(path, 'latin1'))?.[0] ?? '?';
  } catch {
    return '?';
  }
}

/**
 * As `tryLock`, but a queue is waited out: the time starts anew whenever the lock has changed hands.
 * @throws CtrError with exit code 9 that names the holder.
 */
export async function lock(
  runner: Runner,
  where: () => string,
  waitSeconds: number,
  what: string,
): Promise<Lock> {
  let holder = '';
  for (let patience = waitSeconds; patience > 0; ) {
    const held = await tryLock(runner, where, 1);
    if (held !== null) return held;
    const now = holderOf(where);
    patience = now === holder ? patience - 1 : waitSeconds;
    holder = now;
  }
  throw new CtrError('lock-held', exitCodes.busy, {
    en: `${what} is locked by process ${holder}`,
    zh: `${what} 正被进程 ${holder} 锁住`,
  });
}
