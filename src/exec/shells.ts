import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { endMark, shellLine } from '../model/command.ts';
import { within } from './processes.ts';
import { killGroup, type Outcome, ownWaitMs, type Runner, type RunOptions } from './runner.ts';

/** How long a shell may take to end that has nothing left to do. */
const endMs = 500;

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell that carries out one command after another. It holds a descriptor for all of them. */
interface Shell {
  busy: boolean;
  readonly input: Writable;
  readonly ended: Promise<Outcome>;
  /** @returns null when it has ended before it said how it went, undefined when the time is over. */
  ask(script: string, timeoutMs: number): Promise<Said | null | undefined>;
  readonly stderr: () => string;
  /** With all that it has started. */
  kill(): void;
}

const signalsByNumber: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** A text that stands before a mark, once the mark has come. */
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
  // Nothing but a command that is under way keeps ctr from ending.
  running.forget();
  const { ended } = running;
  const input = running.input(0);
  // No tool says this by chance; node:crypto would take as long to load as all else here.
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
    // It is opened for a command that waits.
    busy: true,
    stderr: () => text(1),
    async ask(script, timeoutMs) {
      texts = [[], []];
      const answer = new Promise<Said>((resolve) => {
        look = () => {
          // The mark is the last thing that is said: what is cut in two is put together once.
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

/** A shell adds 128 to the number of the signal that ended a command. */
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

/** The line that `ctr plan --format sh` prints of the command; what it reads is a here-document. */
function lineOf(argv: readonly string[], { input, hold }: RunOptions): string {
  const line = shellLine(argv);
  const command = hold === undefined ? `${line} 3<&-` : line;
  if (input === undefined) return `${command} </dev/null`;
  const mark = endMark(input.split('\n'));
  return `${command} <<'${mark}'\n${input}${mark}`;
}

/** Commands that go side by side, each by a shell of its own: one for each processor of a small machine. */
const lanes = 2;

/**
 * The same door, with shells behind it that stay. To start a process, Node makes a copy of itself;
 * that of a shell is small. The shells hold the lock that the first command was to hold, as every
 * command does, and end when it is dropped, or ctr does (docs/decisions/0018).
 */
export function throughShells(inner: Runner): Runner {
  const shells: Shell[] = [];
  let opening = 0;
  let held: number | undefined;

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
        return undefined;
      }
      shells.push(shell);
      // One that dies while it waits serves nobody any more.
      void shell.ended.then(() => forget(shell));
      return shell;
    } catch {
      // Descriptors are short: the command goes by itself.
      return undefined;
    } finally {
      opening -= 1;
    }
  };
  const take = async (options: RunOptions): Promise<Shell | undefined> => {
    if (!canTake(options) || held === undefined) return undefined;
    const free = shells.find((shell) => !shell.busy);
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
    async drop(descriptor) {
      if (descriptor !== held) return;
      held = undefined;
      await Promise.all(
        shells.splice(0).map(async (shell) => {
          // What is under way is brought to its end.
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
