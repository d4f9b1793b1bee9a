import { type Argv, cmd, pidOf, type Slot, shellQuote } from '../model/command.ts';
import type { Resource } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import { enter, type Namespace } from '../model/where.ts';

/** A command in a container's namespaces, as seen from a shell that has entered them. */
interface Inside {
  /** It comes after the pivot and resolves paths from the host's root. */
  readonly fromHost: boolean;
  readonly namespaces: readonly Namespace[];
  readonly words: Argv;
  readonly input?: string;
  readonly makes: readonly Resource[];
}

/**
 * @returns undefined for a command on the host, and for one that enters a user namespace, where it would lose its
 *   privileges.
 */
function insideOf({ where, input, makes }: Command): Inside | undefined {
  if (where === undefined || typeof input === 'object') return undefined;
  if (where.namespaces.includes('user')) return undefined;
  return {
    fromHost: where.hostRoot === true,
    namespaces: where.namespaces,
    words: where.words,
    makes,
    ...(input === undefined ? {} : { input }),
  };
}

/** A word of the script; the pid is the script's first argument. */
function word(arg: Argv[number]): string {
  if (typeof arg === 'string') return shellQuote(arg);
  return `"${arg.before ?? ''}$1${arg.after ?? ''}"`;
}

const written = new Map<string, string>();

/**
 * Lines as arguments of printf. The last result is cached, since the same text of a thousand names is often written
 * repeatedly.
 */
function printed(input: string): string {
  const known = written.get(input);
  if (known !== undefined) return known;
  const text = input.replace(/\n$/, '').split('\n').map(shellQuote);
  const between = text.length === 1 ? ' ' : ' \\\n  ';
  const line = `printf '%s\\n'${between}${text.join(between)}`;
  written.set(input, line);
  return line;
}

/** Commands as lines of the script. Files are written without starting a program, and ip gets several lines at once. */
function scriptLines(commands: readonly Inside[]): readonly string[] {
  const lines: string[] = [];
  let requests: string[] = [];
  const flush = () => {
    if (requests.length > 0) lines.push("ip -batch - <<'IP'", ...requests, 'IP');
    requests = [];
  };
  for (const { words, input } of commands) {
    const [program, ...rest] = words;
    if (program === 'ip' && input === undefined) {
      requests.push(rest.map(String).join(' '));
      continue;
    }
    flush();
    if (program === 'tee' && input !== undefined) {
      lines.push(`${printed(input)} >${word(rest[0] ?? '')}`);
    } else if (program === 'sh' && rest[0] === '-euc') {
      // The inlined script may change the directory; later commands use absolute paths.
      lines.push(String(rest[1]));
    } else if (program === 'hostname') {
      lines.push(`{ ${printed(String(rest[0]))} >/proc/sys/kernel/hostname; } 2>/dev/null ||`);
      lines.push(`  ${words.map(word).join(' ')}`);
    } else lines.push(words.map(word).join(' '));
  }
  flush();
  return lines;
}

/** Whether a command comes after the pivot and resolves paths from the host's root. */
export function isLast(command: Command): boolean {
  return command.argv[0] === 'test' || insideOf(command)?.fromHost === true;
}

/** What a visit runs: a shell with a script, or a single program without a shell. */
function visitor(visit: readonly Inside[], pid: Slot): Pick<Command, 'argv' | 'input'> {
  const [first] = visit;
  if (visit.length === 1 && first !== undefined && first.input === undefined) {
    return { argv: first.words };
  }
  return { argv: cmd`sh -eu -s ${pid}`, input: `${scriptLines(visit).join('\n')}\n` };
}

/**
 * Combines adjacent commands into visits of a shell to a container; other commands stay as they are.
 * @param fromHost the shell keeps the host's root, so paths mean the same as outside.
 */
export function visits(
  commands: readonly Command[],
  container: string,
  fromHost: boolean,
): readonly Command[] {
  const result: Command[] = [];
  let visit: Inside[] = [];
  const end = () => {
    if (visit.length === 0) return;
    const namespaces = [...new Set(visit.flatMap((one) => one.namespaces))].sort();
    const { argv, ...input } = visitor(visit, pidOf(container));
    result.push({
      ...enter(container, namespaces, argv, fromHost),
      makes: visit.flatMap(({ makes }) => makes),
      ...input,
    });
    visit = [];
  };
  for (const command of commands) {
    const inside = insideOf(command);
    if (inside !== undefined) visit.push(inside);
    else {
      end();
      result.push(command);
    }
  }
  end();
  return result;
}
