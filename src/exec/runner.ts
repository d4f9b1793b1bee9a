import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Options, Result, ResultPromise } from 'execa';
import { messageOf } from '../model/errors.ts';
import { requireDescriptors } from './free-descriptors.ts';
import { toolEnvironment } from './tool-path.ts';

/** Milliseconds for a command that sets no time limit. */
export const defaultTimeoutMs = 5000;

/** How a command ended. */
export interface Outcome {
  readonly argv: readonly string[];
  readonly ok: boolean;
  /** Undefined when a signal ended the process or it could not be started. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** The program does not exist. */
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RunOptions {
  /** Standard input; without it, the command reads end of file at once. */
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Replaces the fixed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A descriptor that the command inherits: the lock that protects its change. */
  readonly hold?: number | undefined;
}

/** What a descriptor of a long-running process is: ctr's own, a pipe to ctr, nothing, or this descriptor of ctr. */
export type Descriptor = 'inherit' | 'pipe' | 'ignore' | number;

export interface StartOptions {
  readonly descriptors: readonly Descriptor[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Start a session of its own, which outlives ctr. */
  readonly detached?: boolean;
}

/** A long-running process: a container's, a supervisor, a sandbox. */
export interface Running {
  readonly pid: number | undefined;
  /** Resolves when the process has ended and its pipes are closed; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The pipe on this descriptor, for reading. */
  output(descriptor: number): Readable;
  /** The pipe on this descriptor, for writing. */
  input(descriptor: number): Writable;
  /** Let ctr exit while the process runs. */
  forget(): void;
}

export interface Runner {
  /** Milliseconds for commands and starts that set no time limit. */
  readonly timeoutMs: number;
  /** Runs a short command until it ends or reaches its time limit. */
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts a long-running process. @throws when there are too few descriptors for its pipes. */
  start(argv: readonly string[], options: StartOptions): Promise<Running>;
  /** Opens the persistent shells that are still missing, for a moment in which ctr would only wait. */
  spare?(): void;
  /** Closes this descriptor in every persistent shell that runs short commands. */
  drop(descriptor: number): Promise<void>;
  /** Runs a tool that may take minutes, with the user's environment. */
  tool(argv: readonly string[], options: Required<ToolOptions>): Promise<Outcome>;
}

export type ToolOptions = Pick<RunOptions, 'timeoutMs' | 'environment'>;

/** Limit for a process's output in bytes, far above what ctr's tools write. */
const maxOutput = 64 * 1024 * 1024;

/** Milliseconds that the pipes of an ended process may stay open: another process may have inherited them. */
const lingerMs = 200;

let loaded: typeof import('execa').execa | undefined;

/** Loads execa with the first process, since many verbs start none; every later process starts at once. */
async function launch(
  argv: readonly string[],
  stdio: readonly Descriptor[],
  options: Options,
): Promise<{ readonly child: ResultPromise }> {
  loaded ??= (await import('execa')).execa;
  const [program = '', ...args] = argv;
  requireDescriptors(program, stdio.filter((one) => one === 'pipe').length);
  const all: Options = {
    cwd: '/',
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: maxOutput,
    // What ctr starts may outlive it, as a supervisor does.
    cleanup: false,
    stdio: stdio as Options['stdio'] & {},
    ...options,
  };
  // Wrapped in an object: the child is also a promise, and returning it would await its end.
  return { child: loaded(program, args, all) };
}

/** The bytes that ctr has read from a process. */
function bytesRead({ stdio }: ResultPromise): number {
  return stdio.reduce((sum, pipe) => sum + ((pipe as Socket | null)?.bytesRead ?? 0), 0);
}

/**
 * Calls back a while after the process has ended, unless its pipes are closed by then. On a busy machine the timer can
 * fire before ctr has read what the process wrote: Node runs timers first, and reads pipes after them. So this waits
 * until a whole turn of the event loop has read nothing.
 */
function whenLingering(child: ResultPromise, callBack: () => void): void {
  child.once('exit', () => {
    let closed = false;
    let read = -1;
    const look = () => {
      const now = bytesRead(child);
      if (closed) return;
      if (now === read) {
        callBack();
        return;
      }
      read = now;
      setImmediate(look);
    };
    const limit = setTimeout(() => setImmediate(look), lingerMs);
    child.once('close', () => {
      closed = true;
      clearTimeout(limit);
    });
  });
}

/** Collects what a process writes to a pipe. A process that writes more than `maxOutput` is killed with its group. */
function textFrom(stream: Readable | null | undefined, child: ResultPromise): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutput) killGroup(child.pid);
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}

/** The part of execa's result that ctr reads. */
type End = {
  readonly [Key in
    | 'exitCode'
    | 'signal'
    | 'timedOut'
    | 'stdout'
    | 'stderr'
    | 'durationMs'
    | 'code'
    | 'originalMessage']?: Result[Key] | undefined;
};

function outcomeOf(argv: readonly string[], end: End, timedOut = end.timedOut ?? false): Outcome {
  const text = (said: unknown) => (typeof said === 'string' ? said : '');
  const started = end.exitCode !== undefined || end.signal !== undefined;
  return {
    argv,
    ok: end.exitCode === 0 && !timedOut,
    exitCode: end.exitCode,
    signal: end.signal,
    timedOut,
    missing: end.code === 'ENOENT',
    stdout: text(end.stdout),
    stderr: text(started ? end.stderr : end.originalMessage),
    durationMs: end.durationMs ?? 0,
  };
}

/**
 * Kills a process and everything in its process group.
 * @returns whether there was such a group.
 */
export function killGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
    return false;
  }
}

/** Milliseconds that the command itself may wait for a lock (iptables(8), -w and --wait). */
export function ownWaitMs(argv: readonly string[]): number {
  const at = argv.findIndex((word) => word === '-w' || word === '--wait');
  return argv[0]?.startsWith('iptables') && at > 0 ? Number(argv[at + 1]) * 1000 : 0;
}

/** Starts every process of ctr, by execa (docs/decisions/0010). */
export const runner: Runner = {
  timeoutMs: defaultTimeoutMs,

  async run(argv, options = {}) {
    const { input, hold } = options;
    const stdio: readonly Descriptor[] = [
      input === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(hold === undefined ? [] : [hold]),
    ];
    let child: ResultPromise;
    try {
      ({ child } = await launch(argv, stdio, {
        env: options.environment ?? toolEnvironment,
        cwd: options.cwd ?? '/',
        // Its own process group, so that Ctrl-C reaches only ctr.
        detached: true,
        // Its output is read here: the iterators with which execa reads it take 2 ms of the first run.
        buffer: false,
        ...(input === undefined ? {} : { input }),
      }));
    } catch (error) {
      return outcomeOf(argv, { originalMessage: messageOf(error) });
    }
    const stdout = textFrom(child.stdout, child);
    const stderr = textFrom(child.stderr, child);
    whenLingering(child, () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    let timedOut = false;
    const limit = setTimeout(
      () => {
        timedOut = true;
        // SIGTERM could be ignored.
        killGroup(child.pid);
      },
      (options.timeoutMs ?? defaultTimeoutMs) + ownWaitMs(argv),
    );
    const result = await child;
    clearTimeout(limit);
    const { exitCode, signal, code, originalMessage, durationMs } = result;
    const end = { exitCode, signal, code, originalMessage, durationMs };
    return outcomeOf(argv, { ...end, stdout: stdout(), stderr: stderr() }, timedOut);
  },

  async start(argv, options) {
    const { child } = await launch(argv, options.descriptors, {
      env: options.environment ?? toolEnvironment,
      cwd: options.cwd ?? '/',
      detached: options.detached ?? false,
      // The caller reads the pipes.
      buffer: false,
    });
    const lingering = new Promise<Outcome>((resolve) => {
      whenLingering(child, () => {
        const exitCode = child.exitCode ?? undefined;
        resolve(outcomeOf(argv, { exitCode, signal: child.signalCode ?? undefined }));
      });
    });
    return {
      pid: child.pid,
      ended: Promise.race([child.then((result) => outcomeOf(argv, result)), lingering]),
      output: (descriptor) => child.stdio[descriptor] as Readable,
      input: (descriptor) => child.stdio[descriptor] as Writable,
      forget() {
        child.unref();
        for (const stream of child.stdio) (stream as Socket | null)?.unref();
      },
    };
  },

  // Each command is a process of its own and has already ended.
  drop: async () => undefined,

  async tool(argv, { timeoutMs, environment }) {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const options = { env: environment, timeout: timeoutMs, forceKillAfterDelay: 2000 };
    const { child } = await launch(argv, stdio, options);
    return outcomeOf(argv, await child);
  },
};

/** The same runner with another time limit. */
export function withTimeout(inner: Runner, timeoutMs: number): Runner {
  return {
    ...inner,
    timeoutMs,
    run: (argv, options) => inner.run(argv, { timeoutMs, ...options }),
  };
}
