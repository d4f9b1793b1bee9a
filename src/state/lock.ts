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
import { type Interrupt, interruptedBefore } from '../exec/interrupt.ts';
import type { Runner } from '../exec/runner.ts';
import { cmd, shellLine, shellQuote } from '../model/command.ts';
import { CtrError, exitCodes, systemCode } from '../model/errors.ts';
import { cannotWrite } from './state-path.ts';

/**
 * A kernel lock (flock(2)) on an open descriptor. The kernel releases it when the last process that holds the
 * descriptor ends, however it ends.
 */
export interface Lock {
  readonly descriptor: number;
  /** Whether the path still names the locked file: somebody may have removed it, and others would lock a new one. */
  inPlace(): boolean;
  release(): Promise<void>;
}

/**
 * Exit code of flock(1) for a lock held by another process, set by `--conflict-exit-code`: EX_TEMPFAIL of sysexits(3).
 */
const conflict = 75;
const attempts = 3;

/** Whether the descriptor is locked according to the kernel (proc_pid_fdinfo(5)), whatever flock(1) reported. */
function isLocked(descriptor: number): boolean {
  return /^lock:.*FLOCK/m.test(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'));
}

/**
 * Requests a lock on a descriptor; retries when flock(1) itself fails.
 * @returns whether ctr got the lock, or undefined when that is unknown; and the error message of flock(1).
 */
async function ask(
  runner: Runner,
  descriptor: number,
  mode: '--exclusive' | '--shared',
  waitSeconds: number,
): Promise<{ readonly ours: boolean | undefined; readonly said: string }> {
  const argv = cmd`flock ${mode} --timeout ${waitSeconds} --conflict-exit-code ${conflict} 3`;
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const outcome = await runner.run(argv as readonly string[], {
      hold: descriptor,
      timeoutMs: waitSeconds * 1000 + runner.timeoutMs,
    });
    if (isLocked(descriptor)) return { ours: true, said };
    if (outcome.exitCode === conflict) return { ours: false, said };
    said = outcome.stderr.trim();
  }
  return { ours: undefined, said };
}

function cannotLock(path: string, said: string): CtrError {
  return new CtrError(
    'cannot-lock',
    exitCodes.notReady,
    { en: `cannot lock ${path}: flock does not work`, zh: `无法锁住 ${path}：flock 不能用` },
    { said },
  );
}

/**
 * @param waitSeconds 0 tries once.
 * @returns null when another process holds the lock.
 * @throws CtrError with exit code 4 when flock(1) does not work.
 */
export async function tryLock(
  runner: Runner,
  where: string | (() => string),
  waitSeconds: number,
): Promise<Lock | null> {
  const create = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  for (let attempt = 1; ; attempt += 1) {
    let path = '';
    let descriptor: number;
    try {
      path = typeof where === 'string' ? where : where();
      descriptor = openSync(path, create, 0o600);
    } catch (error) {
      // The last holder has just removed the directory: make it again.
      if (typeof where === 'function' && systemCode(error) === 'ENOENT' && attempt < 100) continue;
      if (error instanceof CtrError) throw error;
      throw cannotWrite(path || ((error as NodeJS.ErrnoException).path ?? ''), error);
    }
    const release = async () => {
      await runner.drop(descriptor);
      closeSync(descriptor);
    };
    const { ours, said } = await ask(runner, descriptor, '--exclusive', waitSeconds);
    if (ours === true && isStillAt(path, descriptor)) {
      writeHolder(descriptor);
      return { descriptor, inPlace: () => isStillAt(path, descriptor), release };
    }
    await release();
    if (ours === false) return null;
    if (ours === undefined) throw cannotLock(path, said);
    // The file was removed with its run while ctr waited: lock the file that is there now.
  }
}

/** Writes ctr's pid into the lock file, for the error messages of others. Not essential: the disk may be full. */
function writeHolder(descriptor: number): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`, 0);
  } catch {
    // The lock works without the pid.
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
 * Tests with a shared lock, so that two concurrent tests do not see each other as holder.
 * @returns undefined when flock(1) does not work.
 */
async function isTaken(
  runner: Runner,
  path: string,
  waitSeconds: number,
): Promise<boolean | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? false : undefined;
  }
  try {
    const { ours } = await ask(runner, descriptor, '--shared', waitSeconds);
    return ours === undefined ? undefined : !ours;
  } finally {
    closeSync(descriptor);
  }
}

/** @returns true also when the state of the lock is unknown, so that no run is mistaken for dead. */
export async function isHeld(runner: Runner, path: string, waitSeconds = 0): Promise<boolean> {
  return (await isTaken(runner, path, waitSeconds)) ?? true;
}

/**
 * As `isHeld`, for many locks in one shell. Here too, ctr trusts flock(1) only if the kernel shows the lock; undecided
 * ones are tested one by one.
 */
export async function areHeld(
  runner: Runner,
  paths: readonly string[],
): Promise<readonly boolean[]> {
  if (paths.length === 0) return [];
  const argv = cmd`flock --shared --timeout 0 --conflict-exit-code ${conflict} 5`;
  const ask = `${shellLine(argv)}; status=$?; while read -r key rest; do [ "$key" != lock: ] || status=ours; done </proc/self/fdinfo/5; echo "$status"`;
  const lines = paths.map((path) => `status=; { ${ask}; } 5<${shellQuote(path)} || echo`);
  const { stdout } = await runner.run(['sh', '-c', lines.join('\n')]);
  const answers = stdout.split('\n');
  return await Promise.all(
    paths.map(async (path, index) => {
      if (answers[index] === 'ours') return false;
      return answers[index] === String(conflict) || (await isHeld(runner, path));
    }),
  );
}

/** As `isHeld`. @throws CtrError with exit code 4 when the state of the lock is unknown. */
export async function isHeldForSure(
  runner: Runner,
  path: string,
  waitSeconds: number,
): Promise<boolean> {
  const held = await isTaken(runner, path, waitSeconds);
  if (held === undefined) throw cannotLock(path, '');
  return held;
}

/** The pid that the holder wrote into the lock file, as text for a message. */
export function holderOf(where: string | (() => string)): string {
  try {
    const path = typeof where === 'string' ? where : where();
    return /^\d+/.exec(readFileSync(path, 'utf8'))?.[0] ?? '?';
  } catch {
    return '?';
  }
}

/**
 * As `tryLock`, but waits. The time limit restarts whenever the holder changes, so a moving queue is waited out.
 * @throws CtrError with exit code 9 that names the holder, or when ctr is interrupted.
 */
export async function lock(
  runner: Runner,
  where: () => string,
  waitSeconds: number,
  what: string,
  interrupt?: Interrupt,
): Promise<Lock> {
  let holder = '';
  for (let patience = waitSeconds; patience > 0; ) {
    const held = await tryLock(runner, where, 1);
    if (held !== null) return held;
    const by = interrupt?.by();
    if (by !== undefined) throw interruptedBefore(by);
    const now = holderOf(where);
    patience = now === holder ? patience - 1 : waitSeconds;
    holder = now;
  }
  throw new CtrError('lock-held', exitCodes.busy, {
    en: `${what} is locked by process ${holder}`,
    zh: `${what} 正被进程 ${holder} 锁住`,
  });
}
