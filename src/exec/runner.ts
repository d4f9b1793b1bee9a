import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Options, Result, ResultPromise } from 'execa';
import { messageOf } from '../model/errors.ts';
import { toolEnvironment } from './tool-path.ts';

/** How long a command may take that names no limit of its own. */
export const defaultTimeoutMs = 5000;

/** How a command ended. */
export interface Outcome {
  readonly argv: readonly string[];
  readonly ok: boolean;
  /** Undefined when a signal ended it or it could not be started. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** The program is not there. */
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
  /** A descriptor the command holds while it runs: the lock its change is made under. */
  readonly hold?: number | undefined;
}

/** Each descriptor of a process that stays: ours, a pipe to it, or none. */
export type Descriptor = 'inherit' | 'pipe' | 'ignore' | number;

export interface StartOptions {
  readonly descriptors: readonly Descriptor[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A session of its own, which outlives ctr. */
  readonly detached?: boolean;
}

/** A process that stays: a container's, a supervisor, a sandbox. */
export interface Running {
  readonly pid: number | undefined;
  /** Resolves when it has ended and its pipes are closed; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The pipe on this descriptor, to be read. */
  output(descriptor: number): Readable;
  /** The pipe on this descriptor, to be written. */
  input(descriptor: number): Writable;
  /** Let ctr end while it goes on. */
  forget(): void;
}

export interface Runner {
  /** For commands and starts that name no limit of their own. */
  readonly timeoutMs: number;
  /** A short command: it ends by itself, or at its time limit. */
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** A process that stays. @throws when there are too few descriptors for its pipes. */
  start(argv: readonly string[], options: StartOptions): Promise<Running>;
  /** From now on no process that carries out short commands holds this descriptor. */
  drop(descriptor: number): Promise<void>;
  /** A tool that takes minutes, with the user's environment. */
  tool(argv: readonly string[], options: Required<ToolOptions>): Promise<Outcome>;
}

export type ToolOptions = Pick<RunOptions, 'timeoutMs' | 'environment'>;

/** How much a process may write, far above what any tool of ours does. */
const maxOutput = 64 * 1024 * 1024;
/** How long the pipes of a process that has ended may stay open: somebody else may hold them. */
const lingerMs = 200;

/** Sockets that libuv makes for each pipe of a process, and descriptors that it needs besides. */
const descriptorsPerPipe = 2;
const spareDescriptors = 2;

/**
 * Where descriptors are short, Node gives execa a process without pipes. execa does not expect that: it throws a
 * TypeError, and the error that the process emits is an uncaught exception.
 * @throws the error that the process would have emitted.
 */
function requireDescriptors(program: string, pipes: number): void {
  const opened: number[] = [];
  try {
    while (opened.length < pipes * descriptorsPerPipe + spareDescriptors) {
      opened.push(openSync('/', 'r'));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`spawn ${program} ${code}`), { code });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** execa is loaded with the first process: many verbs start none. */
async function launch(
  argv: readonly string[],
  stdio: readonly Descriptor[],
  options: Options,
): Promise<{ readonly child: ResultPromise }> {
  const { execa } = await import('execa');
  const [program = '', ...args] = argv;
  requireDescriptors(program, stdio.filter((one) => one === 'pipe').length);
  const all: Options = {
    cwd: '/',
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: maxOutput,
    // What ctr starts may outlive it: a supervisor does.
    cleanup: false,
    stdio: stdio as Options['stdio'] & {},
    ...options,
  };
  // Not the child itself, which is also a promise of its end.
  return { child: execa(program, args, all) };
}

/** Calls back a while after the process has ended, unless its pipes are closed by then. */
function whenLingering(child: ResultPromise, callBack: () => void): void {
  child.once('exit', () => {
    const limit = setTimeout(callBack, lingerMs);
    child.once('close', () => clearTimeout(limit));
  });
}

/** The part of execa's result that is looked at. */
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
 * Ends a process with all that it has started and that has stayed in its group.
 * @returns whether there was such a group.
 */
export function killGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
    return false;
  }
}

/** How long the command itself is told to wait for somebody else (iptables(8), -w and --wait). */
export function ownWaitMs(argv: readonly string[]): number {
  const at = argv.findIndex((word) => word === '-w' || word === '--wait');
  return argv[0]?.startsWith('iptables') && at > 0 ? Number(argv[at + 1]) * 1000 : 0;
}

/** The one door: every process of ctr is started here, by execa (docs/decisions/0010). */
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
        // In a process group of its own, Ctrl-C reaches ctr alone.
        detached: true,
        ...(input === undefined ? {} : { input }),
      }));
    } catch (error) {
      return outcomeOf(argv, { originalMessage: messageOf(error) });
    }
    whenLingering(child, () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    let timedOut = false;
    const limit = setTimeout(
      () => {
        timedOut = true;
        // TERM can be ignored.
        killGroup(child.pid);
      },
      (options.timeoutMs ?? defaultTimeoutMs) + ownWaitMs(argv),
    );
    const result = await child;
    clearTimeout(limit);
    return outcomeOf(argv, result, timedOut);
  },

  async start(argv, options) {
    const { child } = await launch(argv, options.descriptors, {
      env: options.environment ?? toolEnvironment,
      cwd: options.cwd ?? '/',
      detached: options.detached ?? false,
      // Whoever has it started reads its pipes.
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

  // Each command is a process of its own, and has ended.
  drop: async () => undefined,

  async tool(argv, { timeoutMs, environment }) {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const options = { env: environment, timeout: timeoutMs, forceKillAfterDelay: 2000 };
    const { child } = await launch(argv, stdio, options);
    return outcomeOf(argv, await child);
  },
};

/** The same door with another time limit. */
export function withTimeout(inner: Runner, timeoutMs: number): Runner {
  return {
    ...inner,
    timeoutMs,
    run: (argv, options) => inner.run(argv, { timeoutMs, ...options }),
  };
}
