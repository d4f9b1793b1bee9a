import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
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
  /** For commands and starts that name no limit of their own. */
  readonly timeoutMs: number;
  /** A short command: it ends by itself, or at its time limit. */
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** A process that stays. @throws when there are too few descriptors for its pipes. */
  start(argv: readonly string[], options: StartOptions): Promise<Running>;
  /** From now on no process that carries out short commands holds this descriptor. */
  drop(descriptor: number): Promise<void>;
  /** A tool that takes minutes, with the user's environment (execa). */
  tool(argv: readonly string[], options: Required<ToolOptions>): Promise<Outcome>;
}

export type ToolOptions = Pick<RunOptions, 'timeoutMs' | 'environment'>;

/** What a process has written, up to a limit that no tool of ours comes near. */
const maxOutput = 64 * 1024 * 1024;
/** How long the pipes of a process that has ended may stay open: somebody else may hold them. */
const lingerMs = 200;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: NodeJS.ErrnoException;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => {
      const limit = setTimeout(() => resolve({ code, signal }), lingerMs);
      child.once('close', () => {
        clearTimeout(limit);
        resolve({ code, signal });
      });
    });
  });
}

function gather(stream: Readable | null | undefined): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (length < maxOutput) chunks.push(chunk);
    length += chunk.length;
  });
  stream?.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString();
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

function outcomeOf(
  argv: readonly string[],
  ended: Ended,
  rest: Pick<Outcome, 'timedOut' | 'stdout' | 'stderr'> & { readonly began: number },
): Outcome {
  const { began, ...said } = rest;
  return {
    argv,
    ok: ended.code === 0 && !rest.timedOut,
    exitCode: ended.code ?? undefined,
    signal: ended.signal ?? undefined,
    missing: ended.error?.code === 'ENOENT',
    ...said,
    stderr: ended.error === undefined ? said.stderr : ended.error.message,
    durationMs: performance.now() - began,
  };
}

type Launched = { readonly child: ChildProcess } | { readonly error: NodeJS.ErrnoException };

/** spawn() throws where the kernel refuses at once: a list of arguments that is too long (execve(2) E2BIG). */
function launch(argv: readonly string[], options: SpawnOptions): Launched {
  const [program = '', ...args] = argv;
  try {
    return { child: spawn(program, args, options) };
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
}

const nothingSaid = { timedOut: false, stdout: '', stderr: '' };

/** How long the command itself is told to wait for somebody else (iptables(8), -w and --wait). */
export function ownWaitMs(argv: readonly string[]): number {
  const at = argv.findIndex((word) => word === '-w' || word === '--wait');
  return argv[0]?.startsWith('iptables') && at > 0 ? Number(argv[at + 1]) * 1000 : 0;
}

/** The one door: every process of ctr is started here (docs/decisions/0010). */
export const runner: Runner = {
  timeoutMs: defaultTimeoutMs,

  async run(argv, options = {}) {
    const began = performance.now();
    // In a process group of its own, Ctrl-C reaches ctr alone; SIGKILL, since TERM can be ignored.
    const launched = launch(argv, {
      env: options.environment ?? toolEnvironment,
      cwd: options.cwd ?? '/',
      detached: true,
      stdio: [
        options.input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(options.hold === undefined ? [] : [options.hold]),
      ],
    });
    if ('error' in launched) {
      return outcomeOf(argv, { code: null, signal: null, ...launched }, { ...nothingSaid, began });
    }
    const { child } = launched;
    const stdout = gather(child.stdout);
    const stderr = gather(child.stderr);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
    let timedOut = false;
    const limit = setTimeout(
      () => {
        timedOut = true;
        killGroup(child.pid);
      },
      (options.timeoutMs ?? defaultTimeoutMs) + ownWaitMs(argv),
    );
    const ended = await endOf(child);
    clearTimeout(limit);
    return outcomeOf(argv, ended, { timedOut, stdout: stdout(), stderr: stderr(), began });
  },

  async start(argv, options) {
    const began = performance.now();
    const launched = launch(argv, {
      env: options.environment ?? toolEnvironment,
      cwd: options.cwd ?? '/',
      detached: options.detached ?? false,
      stdio: [...options.descriptors],
    });
    if ('error' in launched) throw launched.error;
    const { child } = launched;
    const ended = endOf(child);
    // Node gives up before it has made the pipes.
    if ((child.stdio as unknown) === undefined) {
      throw Object.assign(new Error(`spawn ${argv[0]} EMFILE`), { code: 'EMFILE' });
    }
    return {
      pid: child.pid,
      ended: ended.then((end) => outcomeOf(argv, end, { ...nothingSaid, began })),
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
    const { execa } = await import('execa');
    const [program = '', ...args] = argv;
    const ended = await execa(program, args, {
      reject: false,
      extendEnv: false,
      env: environment,
      cwd: '/',
      timeout: timeoutMs,
      forceKillAfterDelay: 2000,
      stdin: 'ignore',
    });
    return {
      argv,
      ok: !ended.failed,
      exitCode: ended.exitCode,
      signal: ended.signal,
      timedOut: ended.timedOut,
      missing: ended.code === 'ENOENT',
      stdout: ended.stdout,
      stderr: ended.stderr,
      durationMs: ended.durationMs,
    };
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
