import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { CtrError, exitCodes } from '../model/errors.ts';
import { within } from './processes.ts';
import type { Outcome, Running } from './runner.ts';

export interface Started {
  /** Of the container's first process, as this host sees it. */
  readonly pid: number;
}

/** Starts containers' first processes, blocked, and lets them go. */
export interface Launcher {
  start(
    container: string,
    argv: readonly string[],
  ): Promise<{ readonly outcome: Outcome; readonly started?: Started }>;
  /** Writes to a container's gate. */
  open(container: string, text: string): Promise<void>;
  /** Ends what was started and has not said its pid. */
  abandon(container: string): void;
  /** Resolves when the container's processes have ended, with its exit code. */
  ended(container: string): Promise<number> | undefined;
  /** Network namespaces that were held may go. */
  letGo(): void;
}

/**
 * The lines of a stream, one a call, however they were cut on the way.
 * @returns undefined when it ends, or the time is over, before there is one.
 */
export function lineReader(stream: Readable): (timeoutMs: number) => Promise<string | undefined> {
  const lines: string[] = [];
  let rest = '';
  let ended = false;
  let wake = () => {};
  stream.on('data', (chunk: Buffer | string) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  for (const end of ['end', 'error', 'close']) {
    stream.on(end, () => {
      ended = true;
      wake();
    });
  }
  return async (timeoutMs) => {
    if (lines.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(limit);
          resolve();
        };
      });
    }
    return lines.shift();
  };
}

/** What children say of themselves, one line each: `NAME PID`, or their mark in place of the name. */
export function pidsSaid(stream: Readable): { of(name: string): Promise<number> } {
  const known = new Map<string, number>();
  const waiting = new Map<string, (pid: number) => void>();
  let rest = '';
  stream.on('data', (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, name = '', pid = ''] =
        /^(?:ctr:[a-z0-9-]+\/)?([a-z][a-z0-9-]*) (\d{1,10})$/.exec(line) ?? [];
      if (name === '' || Number(pid) < 2) continue;
      known.set(name, Number(pid));
      waiting.get(name)?.(Number(pid));
    }
  });
  stream.on('error', () => undefined);
  return {
    of(name) {
      const pid = known.get(name);
      if (pid !== undefined) return Promise.resolve(pid);
      return new Promise((resolve) => {
        waiting.set(name, resolve);
      });
    },
  };
}

export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** keyctl(1) says what it has done, where others say what went wrong. */
export function complaints(said: string): string {
  return said.replace(/^Joined session keyring: -?\d+\n/gm, '');
}

/** Collects what a stream says, up to a limit, without holding it back. */
export function collect(stream: Readable, limit = 65_536): { readonly text: () => string } {
  let text = '';
  stream.on('data', (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-limit);
  });
  stream.on('error', () => undefined);
  return { text: () => text };
}

/** util-linux before 2.40 says this, and 1, when a signal that cannot be caught ended the child. */
const unshareKilled = /sigprocmask unblock failed/;

const signalNumbers: Readonly<Record<string, number>> = constants.signals;

/** @param said what unshare itself wrote, and nobody else. */
export function exitCodeOf(code: number, said: string): number {
  return code === 1 && unshareKilled.test(said) ? 128 + constants.signals.SIGKILL : code;
}

/** A command's exit status as a shell gives it: its own, or 128 and the signal's number. */
export function exitStatus(outcome: Outcome, said: string): number {
  if (outcome.signal !== undefined) return 128 + (signalNumbers[outcome.signal] ?? 0);
  return exitCodeOf(outcome.exitCode ?? 125, said);
}

/** @throws CtrError with exit code 4 when the program could not be started at all. */
export function requireStarted({ argv, exitCode, signal, stderr }: Outcome): void {
  if (exitCode !== undefined || signal !== undefined) return;
  throw new CtrError(
    'cannot-start',
    exitCodes.notReady,
    { en: `${argv[0]} cannot be started`, zh: `无法启动 ${argv[0]}` },
    { said: stderr },
  );
}

/** The failure of a start: the outcome of the process if it has ended, else of the time limit. */
export async function startFailure(
  argv: readonly string[],
  running: Running,
  said: () => string,
  timeoutMs: number,
): Promise<Outcome> {
  const ended = await within(running.ended, 200);
  if (ended === undefined) {
    if (running.pid !== undefined) killQuietly(running.pid);
    await within(running.ended, 1000);
  }
  return {
    argv,
    ok: false,
    exitCode: ended?.exitCode,
    signal: ended?.signal,
    timedOut: ended === undefined,
    missing: ended?.missing ?? false,
    stdout: '',
    stderr: complaints(said()),
    durationMs: ended?.durationMs ?? timeoutMs,
  };
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
