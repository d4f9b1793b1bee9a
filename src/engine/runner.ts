import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';

/** Where tools are looked up: never in the user's PATH, which may hold anything. */
export const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a command gets to see: its messages are matched on, and it may run as root. */
export const toolEnvironment = { PATH: toolPath, LC_ALL: 'C' } as const;

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

/** A process that stays: a container's, a keeper, a sandbox. */
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
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  start(argv: readonly string[], options: StartOptions): Running;
}

interface Ended {
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly code?: string | undefined;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
  readonly durationMs: number;
}

function outcomeOf(argv: readonly string[], ended: Ended): Outcome {
  return {
    argv,
    ok: !ended.failed,
    exitCode: ended.exitCode,
    signal: ended.signal,
    timedOut: ended.timedOut,
    missing: ended.code === 'ENOENT',
    stdout: typeof ended.stdout === 'string' ? ended.stdout : '',
    stderr: typeof ended.stderr === 'string' ? ended.stderr : '',
    durationMs: ended.durationMs,
  };
}

/** The one door: every process of ctr is started here. */
export const runner: Runner = {
  async run(argv, options = {}) {
    const [program = '', ...args] = argv;
    // In a process group of its own, Ctrl-C reaches ctr alone; SIGKILL, since TERM can be ignored.
    const ended = await execa(program, args, {
      reject: false,
      extendEnv: false,
      env: { ...(options.environment ?? toolEnvironment) },
      cwd: options.cwd ?? '/',
      detached: true,
      cleanup: false,
      timeout: options.timeoutMs ?? defaultTimeoutMs,
      killSignal: 'SIGKILL',
      stripFinalNewline: false,
      maxBuffer: 64 * 1024 * 1024,
      stdio: [
        options.input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(options.hold === undefined ? [] : [options.hold]),
      ] as never,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
    return outcomeOf(argv, ended as unknown as Ended);
  },

  start(argv, options) {
    const [program = '', ...args] = argv;
    const subprocess = execa(program, args, {
      reject: false,
      extendEnv: false,
      env: { ...(options.environment ?? toolEnvironment) },
      cwd: options.cwd ?? '/',
      detached: options.detached ?? false,
      cleanup: false,
      buffer: false,
      stdio: [...options.descriptors] as never,
    });
    return {
      pid: subprocess.pid,
      ended: subprocess.then((ended) => outcomeOf(argv, ended as unknown as Ended)),
      output: (descriptor) => subprocess.stdio[descriptor] as unknown as Readable,
      input: (descriptor) => subprocess.stdio[descriptor] as unknown as Writable,
      forget: () => subprocess.unref(),
    };
  },
};
