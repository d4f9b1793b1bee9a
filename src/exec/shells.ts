import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { endMark, shellLine } from '../model/command.ts';
import { within } from './processes.ts';
import { killGroup, type Outcome, ownWaitMs, type Runner, type RunOptions } from './runner.ts';

/** Milliseconds for an idle shell to exit. */
const endMs = 500;

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell that runs one command after another and passes them the lock's descriptor. */
interface Shell {
  busy: boolean;
  readonly input: Writable;
  readonly ended: Promise<Outcome>;
  /** @returns null when the shell ended without a reply, undefined at the time limit. */
  ask(script: string, timeoutMs: number): Promise<Said | null | undefined>;
  readonly stderr: () => string;
  /** Kills the shell and everything it has started. */
  kill(): void;
}

const signalsByNumber: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** The text before a mark and the status after it; undefined until the mark has arrived. */
function untilMark(
  text: string,
  mark: string,
): readonly [before: string, status: number] | undefined {
  const at = text.indexOf(mark);
  const end = text.indexOf('\n', at + mark.length);
  if (at < 0 || end < 0) return undefined;
  return [text.slice(0, at), Number(text.slice(at + mark.length, end))];
}

/** @throws when no shell can be started. */
async function openShell(inner: Runner, descriptor: number): Promise<Shell> {
  const running = await inner.start(['sh'], {
    descriptors: ['pipe', 'pipe', 'pipe', descriptor],
    detached: true,
  });
  if (running.pid === undefined) throw new Error((await running.ended).stderr);
  // An idle shell must not keep ctr from exiting.
  running.forget();
  const { ended } = running;
  const input = running.input(0);
  // Random, so that no tool prints it by chance. Loading node:crypto would take as long as everything else here.
  const mark = `\n${process.pid}-${Math.random().toString(36).slice(2)} `;
  let texts: [Buffer[], Buffer[]] = [[], []];
  let look = () => {};
  const text = (at: 0 | 1) => Buffer.concat(texts[at]).toString();
  for (const [at, stream] of [running.output(1), running.output(2)].entries()) {
    stream.on('data', (chunk: Buffer) => {
      texts[at as 0 | 1].push(chunk);
      look();
    });
    stream.on('error', () => undefined);
  }
  input.on('error', () => undefined);
  return {
    input,
    ended,
    kill: () => killGroup(running.pid),
    // It is opened for a command that is already waiting.
    busy: true,
    stderr: () => text(1),
    async ask(script, timeoutMs) {
      texts = [[], []];
      const answer = new Promise<Said>((resolve) => {
        look = () => {
          // The mark ends with a newline and comes last: join the chunks only when both streams end with one.
          if (!texts.every((chunks) => (chunks.at(-1)?.at(-1) ?? 0) === 10)) return;
          const [out, err] = [untilMark(text(0), mark), untilMark(text(1), mark)];
          if (out === undefined || err === undefined) return;
          resolve({ status: out[1], stdout: out[0], stderr: err[0] });
        };
      });
      const tell = `set -- $?; printf '\\n%s %s\\n' ${mark.trim()} "$1"; printf '\\n%s 0\\n' ${mark.trim()} >&2`;
      input.write(`${script}\n${tell}\n`);
      return await within(Promise.race([answer, ended.then(() => null)]), timeoutMs);
    },
  };
}

const notFound = 127;

/** A shell reports a command that a signal ended as 128 plus the signal's number. */
function howItWent({ status, stdout, stderr }: Said): Omit<Outcome, 'argv' | 'durationMs'> {
  const signal = signalsByNumber[status - 128];
  return {
    ok: status === 0,
    exitCode: signal === undefined ? status : undefined,
    signal,
    timedOut: false,
    missing: status === notFound && stderr.includes('not found'),
    stdout,
    stderr,
  };
}

/** The line that `ctr plan --format sh` prints for the command, with its input as a here-document. */
function lineOf(argv: readonly string[], { input, hold }: RunOptions): string {
  const line = shellLine(argv);
  const command = hold === undefined ? `${line} 3<&-` : line;
  if (input === undefined) return `${command} </dev/null`;
  const mark = endMark(input.split('\n'));
  return `${command} <<'${mark}'\n${input}${mark}`;
}

/** The number of shells, and so of parallel commands: a small machine has that many processors. */
const lanes = 2;

/**
 * A runner that runs short commands through persistent shells. Starting a process forks the parent, and a shell is much
 * smaller than Node. The shells inherit the lock of the first command that has one, and exit when it is dropped or ctr
 * ends (docs/decisions/0018).
 */
export function throughShells(inner: Runner): Runner {
  const shells: Shell[] = [];
  let opening = 0;
  let held: number | undefined;
  let spared: Promise<void> | undefined;

  const forget = (shell: Shell) => {
    const at = shells.indexOf(shell);
    if (at >= 0) shells.splice(at, 1);
  };
  const canTake = (options: RunOptions): boolean => {
    if (options.cwd !== undefined || options.environment !== undefined) return false;
    if (options.input !== undefined && !options.input.endsWith('\n')) return false;
    held ??= options.hold;
    return held !== undefined && (options.hold ?? held) === held;
  };
  const open = async (descriptor: number): Promise<Shell | undefined> => {
    opening += 1;
    try {
      const shell = await openShell(inner, descriptor);
      if (held !== descriptor) {
        shell.input.end();
        await within(shell.ended, endMs);
        return undefined;
      }
      shells.push(shell);
      // Forget a shell that dies while idle.
      void shell.ended.then(() => forget(shell));
      return shell;
    } catch {
      // Too few descriptors: run the command directly.
      return undefined;
    } finally {
      opening -= 1;
    }
  };
  const take = async (options: RunOptions): Promise<Shell | undefined> => {
    if (!canTake(options) || held === undefined) return undefined;
    const idle = () => shells.find((shell) => !shell.busy);
    if (idle() === undefined) await spared;
    const free = idle();
    const full = shells.length + opening >= lanes;
    const shell = free ?? (full ? undefined : await open(held));
    if (shell !== undefined) shell.busy = true;
    return shell;
  };

  return {
    ...inner,
    async run(argv, options = {}) {
      const shell = await take(options);
      if (shell === undefined) return await inner.run(argv, options);
      const began = performance.now();
      const timeoutMs = (options.timeoutMs ?? inner.timeoutMs) + ownWaitMs(argv);
      const said = await shell.ask(lineOf(argv, options), timeoutMs);
      shell.busy = false;
      const durationMs = performance.now() - began;
      if (said != null) return { argv, durationMs, ...howItWent(said) };
      forget(shell);
      shell.kill();
      const ended = await within(shell.ended, endMs);
      return {
        argv,
        ok: false,
        exitCode: ended?.exitCode,
        signal: ended?.signal,
        timedOut: said === undefined,
        missing: false,
        stdout: '',
        stderr: shell.stderr(),
        durationMs,
      };
    },
    spare() {
      if (held === undefined || shells.length + opening >= lanes) return;
      spared = open(held).then((shell) => {
        if (shell !== undefined) shell.busy = false;
      });
    },
    async drop(descriptor) {
      if (descriptor !== held) return;
      held = undefined;
      await spared;
      await Promise.all(
        shells.splice(0).map(async (shell) => {
          // A busy shell may finish its command.
          const limit = shell.busy ? inner.timeoutMs : endMs;
          shell.input.end();
          if ((await within(shell.ended, limit)) !== undefined) return;
          shell.kill();
          await within(shell.ended, endMs);
        }),
      );
    },
  };
}
