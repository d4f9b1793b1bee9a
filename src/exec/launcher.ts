import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { CtrError, exitCodes } from '../model/errors.ts';
import { within } from './processes.ts';
import type { Outcome, Running } from './runner.ts';

export interface Started {
  /** Pid of the container's first process in this host's PID namespace. */
  readonly pid: number;
}

/** Starts the first processes of containers, each waiting at its gate, and opens the gates. */
export interface Launcher {
  start(
    container: string,
    argv: readonly string[],
  ): Promise<{ readonly outcome: Outcome; readonly started?: Started }>;
  /** Writes to a container's gate. */
  open(container: string, text: string): Promise<void>;
  /** Kills a start that has not reported its pid. */
  abandon(container: string): void;
  /** Resolves with the container's exit code when its processes have ended. */
  ended(container: string): Promise<number> | undefined;
  /** Closes the network namespaces that the launcher held open. */
  releaseNetworks(): void;
}

/**
 * Reads a stream line by line, however it is split into chunks.
 * @returns undefined at the end of the stream or at the time limit.
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
    // A part of a line is not yet an answer.
    if (lines.length > 0) wake();
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

/** Reads the lines in which children report their pid: `NAME PID`, or a child's mark in place of the name. */
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

/** Removes the success message that keyctl(1) writes to standard error. */
export function complaints(said: string): string {
  return said.replace(/^Joined session keyring: -?\d+\n/gm, '');
}

/** Collects the last output of a stream, up to a limit, without blocking the writer. */
export function collect(stream: Readable, limit = 65_536): { readonly text: () => string } {
  let text = '';
  stream.on('data', (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-limit);
  });
  stream.on('error', () => undefined);
  return { text: () => text };
}

/** util-linux before 2.40 prints this and exits 1 when SIGKILL ended the child. */
const unshareKilled = /sigprocmask unblock failed/;

const signalNumbers: Readonly<Record<string, number>> = constants.signals;

/** @param said what unshare itself wrote, without output of the container. */
export function exitCodeOf(code: number, said: string): number {
  return code === 1 && unshareKilled.test(said) ? 128 + constants.signals.SIGKILL : code;
}

/** A command's exit status as in a shell: its exit code, or 128 plus the signal's number. */
export function exitStatus(outcome: Outcome, said: string): number {
  if (outcome.signal !== undefined) return 128 + (signalNumbers[outcome.signal] ?? 0);
  return exitCodeOf(outcome.exitCode ?? 125, said);
}

/** @throws CtrError with exit code 4 when the program could not be started. */
export function requireStarted({ argv, exitCode, signal, stderr }: Outcome): void {
  if (exitCode !== undefined || signal !== undefined) return;
  throw new CtrError(
    'cannot-start',
    exitCodes.notReady,
    { en: `${argv[0]} cannot be started`, zh: `无法启动 ${argv[0]}` },
    { said: stderr },
  );
}

/** The outcome of a failed start: the process's own if it has ended, otherwise a timeout. */
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
    // The process has already ended.
  }
}
