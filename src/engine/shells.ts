import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { shellQuote } from '../command.ts';
import { within } from './processes.ts';
import { killGroup, type Outcome, ownWaitMs, type Runner, type RunOptions } from './runner.ts';

/** How long a shell may take to end that has nothing left to do. */
const endMs = 500;

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a shell is to whoever speaks to it. */
interface Ends {
  readonly input: Writable;
  readonly outputs: readonly [out: Readable, error: Readable];
  readonly ended: Promise<Pick<Outcome, 'exitCode' | 'signal'>>;
  /** With all that it has started. */
  kill(): void;
}

/** A shell that carries out one command after another. It holds a descriptor for all of them. */
interface Shell extends Pick<Ends, 'input' | 'ended' | 'kill'> {
  busy: boolean;
  /** @returns null when it has ended before it said how it went, undefined when the time is over. */
  ask(script: string, timeoutMs: number): Promise<Said | null | undefined>;
  readonly stderr: () => string;
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

function speakTo({ input, outputs, ended, kill }: Ends): Shell {
  // No tool says this by chance; node:crypto would take as long to load as all else here.
  const mark = `\n${process.pid}-${Math.random().toString(36).slice(2)} `;
  let texts: [Buffer[], Buffer[]] = [[], []];
  let look = () => {};
  const text = (at: 0 | 1) => Buffer.concat(texts[at]).toString();
  for (const [at, stream] of outputs.entries()) {
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
    kill,
    busy: false,
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

/** The first shell starts the second in a session of its own, says its pid, and keeps nothing of it. */
const startSecond =
  'setsid sh <&4 >&5 2>&6 4<&- 5>&- 6>&- 7>&- & echo "$!" >&7; exec 4<&- 5>&- 6>&- 7>&-\n';

/** To start a process costs Node more than it costs a shell: of two shells, one starts the other. */
function startShells(inner: Runner, descriptor: number): readonly [Shell, Shell] {
  const running = inner.start(['sh'], {
    descriptors: ['pipe', 'pipe', 'pipe', descriptor, 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // Nothing but a command that is under way keeps ctr from ending.
  running.forget();
  const first = speakTo({
    input: running.input(0),
    outputs: [running.output(1), running.output(2)],
    ended: running.ended,
    kill: () => killGroup(running.pid),
  });
  let pid: number | undefined;
  const says = running.output(7);
  says.on('data', (said: Buffer) => {
    pid = Number(said.toString());
  });
  says.on('error', () => undefined);
  const output = running.output(5);
  // What has not even made a session of its own is in that of the first.
  let apart = false;
  output.once('data', () => {
    apart = true;
  });
  const second = speakTo({
    input: running.input(4),
    outputs: [output, running.output(6)],
    // Unasked, it ends only when it is killed.
    ended: new Promise((resolve) => {
      output.on('close', () => resolve({ exitCode: undefined, signal: 'SIGKILL' }));
    }),
    kill() {
      if (!killGroup(pid) && !apart) killGroup(running.pid);
    },
  });
  first.input.write(startSecond);
  return [first, second];
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

/** A word that is not in a text. */
function wordFor(text: string): string {
  let word = 'END_OF_INPUT';
  while (text.includes(word)) word += '_';
  return word;
}

/** The command as the shell is told it; what it reads stands in the script. */
function scriptOf(argv: readonly string[], { input, hold, tame }: RunOptions): string {
  const [program, flag, text] = argv;
  // A script needs no shell of its own.
  const script = tame ? `{ ${text}\n}` : `( ${text}\n)`;
  const command =
    program === 'sh' && flag === '-c' && argv.length === 3
      ? script
      : argv.map(shellQuote).join(' ');
  const closed = hold === undefined ? ' 3<&-' : '';
  if (input !== undefined && /^sh -eu -s /.test(argv.join(' '))) {
    const words = argv.slice(3).map(shellQuote).join(' ');
    return `( set -eu -- ${words}\n${input})${closed} </dev/null`;
  }
  if (input === undefined) return `${command}${closed} </dev/null`;
  const word = wordFor(input);
  return `${command}${closed} <<'${word}'\n${input}${word}`;
}

/**
 * The same door, with two shells behind it that stay. To start a process, Node makes a copy of itself;
 * that of a shell is small. The shells hold the lock that the first command was to hold, as every
 * command does, and end when it is dropped, or ctr does (docs/decisions/0018).
 */
export function throughShells(inner: Runner): Runner {
  const shells: Shell[] = [];
  let held: number | undefined;

  const forget = (shell: Shell) => {
    const at = shells.indexOf(shell);
    if (at >= 0) shells.splice(at, 1);
  };
  const idle = (options: RunOptions): Shell | undefined => {
    if (options.cwd !== undefined || options.environment !== undefined) return undefined;
    if (options.input !== undefined && !options.input.endsWith('\n')) return undefined;
    held ??= options.hold;
    if (held === undefined || (options.hold ?? held) !== held) return undefined;
    if (shells.length === 0) start(held);
    return shells.find((shell) => !shell.busy);
  };
  const start = (descriptor: number) => {
    try {
      shells.push(...startShells(inner, descriptor));
    } catch {
      // Descriptors are short: the command goes by itself.
      return;
    }
    // One that dies while it waits serves nobody any more.
    for (const shell of shells) void shell.ended.then(() => forget(shell));
  };

  return {
    ...inner,
    async run(argv, options = {}) {
      const shell = idle(options);
      if (shell === undefined) return await inner.run(argv, options);
      const began = performance.now();
      shell.busy = true;
      const timeoutMs = (options.timeoutMs ?? inner.timeoutMs) + ownWaitMs(argv);
      const said = await shell.ask(scriptOf(argv, options), timeoutMs);
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
