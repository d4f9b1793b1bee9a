import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

interface Stat {
  /** proc_pid_stat(5) field 3; Z is a zombie. */
  readonly state: string;
  /** Field 4. */
  readonly parent: number;
  /** Field 22: start time in clock ticks since boot. Pid and start time together identify a process uniquely. */
  readonly start: string;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything, so the fields are counted from the last parenthesis.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function startTimeOf(pid: number): string | undefined {
  return statOf(pid)?.start;
}

/** The pid of the parent process. */
export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

/** Whether the recorded process still runs: neither a zombie nor another process with the same pid. */
export function isAlive(pid: number, start?: string): boolean {
  const stat = statOf(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return false;
  return start === undefined || stat.start === start;
}

/** Whether the process is stopped (SIGSTOP). */
export function isStopped(pid: number, start: string): boolean {
  const stat = statOf(pid);
  return stat?.start === start && stat.state === 'T';
}

/** Whether the process's namespaces can still be entered: an exiting process has none. */
export function hasNamespaces(pid: number): boolean {
  return namespaceOf(pid) !== undefined;
}

/** The children of a process (proc_pid_children(5)). */
export function childPids(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .flatMap((text) => (text === '' ? [] : [Number(text)]));
  } catch {
    return [];
  }
}

/** Signals the grandchildren of a process. */
export function signalGrandchildren(pid: number, name: NodeJS.Signals): void {
  for (const inner of childPids(pid).flatMap(childPids)) {
    try {
      process.kill(inner, name);
    } catch {
      // The process has already ended.
    }
  }
}

/** A process's network namespace, as the kernel names it. */
export function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** The user that a process runs as. */
export function ownerOf(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** Every visible process, with its command line. */
export function* allProcesses(): Generator<{
  readonly pid: number;
  readonly argv: readonly string[];
}> {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      if (text !== '') yield { pid: Number(entry), argv: text.split('\0').slice(0, -1) };
    } catch {
      // The process has just ended.
    }
  }
}

/** The program's name, as /proc/PID/comm has it. */
export function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Whether the process handles a signal. A first process ignores the signals it does not handle (pid_namespaces(7)). */
export function catches(pid: number, signal: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    return (caught & (1n << BigInt(signal - 1))) !== 0n;
  } catch {
    return false;
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** @returns the value of the promise, or undefined at the time limit. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let limit: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    limit = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(limit);
  }
}

/** @returns false when the process still exists at the time limit. */
export async function waitUntilGone(
  pid: number,
  start: string,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = 1; isAlive(pid, start); pause = Math.min(pause * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(pause);
  }
  return true;
}

/** The process that holds a lock on a file, if visible from here (proc_locks(5)). */
export function holderOfFile(
  path: string,
): { readonly pid: number; readonly command: string } | undefined {
  try {
    const { ino } = statSync(path);
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, pid, inode] = /(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
      const command = commandOf(Number(pid));
      if (Number(inode) === ino && command !== undefined) return { pid: Number(pid), command };
    }
  } catch {
    // The file does not exist, or /proc/locks is not readable.
  }
  return undefined;
}
