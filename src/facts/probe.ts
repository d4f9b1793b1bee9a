import type { Runner, RunOptions } from '../exec/runner.ts';
import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes, messageOf } from '../model/errors.ts';

/** A command that reads the host and changes nothing, with a parser for its output. */
export interface Probe<T> {
  readonly argv: readonly [program: string, ...args: string[]];
  /** The lines of standard input. */
  readonly input?: readonly string[];
  /** Variables in addition to the fixed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly parse: (stdout: string) => T;
  /** The value if the tool is missing, or fails (unless `broken` is given). */
  readonly absent: T;
  /** The value if the tool is installed but fails. */
  readonly broken?: T;
  /** A failure of this tool is an error, since no output would be read as "there is nothing". */
  readonly needed?: true;
}

type Answers<Probes> = {
  readonly [K in keyof Probes]: Probes[K] extends Probe<infer T> ? T : never;
};

/** Begins the line with the exit status after each output, and delimits the here-documents of input. */
const mark = 'ctr-end-of-probe';

function linesOf({ argv, input, environment = {} }: Probe<unknown>): readonly string[] {
  const assignments = Object.entries(environment).map(
    ([key, value]) => `${key}=${shellQuote(value)}`,
  );
  const line = `${[...assignments, ...argv.map(shellQuote)].join(' ')} 2>/dev/null`;
  const told = `printf '\\n${mark} %s\\n' "$?"`;
  if (input === undefined) return [`${line}; ${told}`];
  return [`${line} <<'${mark}'`, ...input, mark, told];
}

function cannotRead(what: string, said: string): CtrError {
  return new CtrError(
    'cannot-read',
    exitCodes.notReady,
    { en: `cannot read this host: ${what} does not work`, zh: `无法读取本机：${what} 不能用` },
    { said, try: [what, 'ctr doctor'] },
  );
}

/** The command as a person would type it. */
function byHand({ argv, input }: Probe<unknown>): string {
  const line = argv.join(' ');
  return input === undefined ? line : `printf '%s\\n' ${input.map(shellQuote).join(' ')} | ${line}`;
}

const notInstalled = '127';

function answerOf<T>(probe: Probe<T>, status: string | undefined, text: string): T {
  const { absent, needed, parse } = probe;
  const broken = 'broken' in probe ? (probe.broken as T) : absent;
  try {
    if (status === '0') return parse(text);
  } catch (error) {
    if (needed) throw cannotRead(byHand(probe), messageOf(error));
    return broken;
  }
  if (needed && status !== notInstalled) throw cannotRead(byHand(probe), `exit ${status}`);
  return status === notInstalled ? absent : broken;
}

/**
 * Runs all probes from one shell, since a small process forks faster than Node.
 * @throws CtrError with exit code 4 if the shell or a needed probe fails.
 */
export async function readAll<Probes extends Readonly<Record<string, Probe<unknown>>>>(
  runner: Runner,
  probes: Probes,
  options: RunOptions = {},
): Promise<Answers<Probes>> {
  const lines = Object.values(probes).flatMap(linesOf);
  const script = ['sh', '-c', lines.join('\n')];
  const { ok, timedOut, stdout, stderr } = await runner.run(script, options);
  if (!ok) {
    const [first] = Object.values(probes);
    throw cannotRead(
      first === undefined ? 'sh' : byHand(first),
      timedOut ? 'no end in time' : stderr.trim(),
    );
  }
  const answers = stdout.split(new RegExp(`^${mark} (\\d+)\\n`, 'm'));
  return Object.fromEntries(
    Object.entries(probes).map(([name, probe], index) => {
      const [text = '', status] = answers.slice(2 * index, 2 * index + 2);
      return [name, answerOf(probe, status, text)];
    }),
  ) as Answers<Probes>;
}
