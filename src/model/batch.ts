import { type Argv, cmd, pidOf, type Slot, shellQuote } from './command.ts';
import { nftReads } from './nft.ts';
import type { Command } from './step.ts';
import { enter } from './where.ts';

/** A tool that can run several commands in one process. */
interface Batcher {
  /** Commands with the same key can be joined; undefined for a command that cannot. */
  readonly key: (command: Command) => string | undefined;
  /** The most commands in one process. */
  readonly most?: number;
  readonly join: (commands: readonly Command[]) => Pick<Command, 'argv' | 'where' | 'input'>;
}

function startsWith(argv: Argv, words: Argv): boolean {
  return words.every((word, index) => JSON.stringify(argv[index]) === JSON.stringify(word));
}

/** The command as written inside the container's namespaces, if it runs there. */
function wordsOf({ argv, where }: Command): Argv {
  return where?.words ?? argv;
}

/** ip(8), `-batch`: one command a line, without the word ip. */
const ip: Batcher = {
  key(command) {
    const [program, option] = wordsOf(command);
    const { where, input } = command;
    if (input !== undefined || program !== 'ip' || String(option).startsWith('-')) return undefined;
    return where === undefined ? '' : `${where.namespaces.join(' ')} ${where.container}`;
  },
  join(commands) {
    const where = commands[0]?.where;
    const words = cmd`ip -batch -`;
    return {
      ...(where === undefined ? { argv: words } : enter(where.container, where.namespaces, words)),
      input: commands.map((command) => wordsOf(command).slice(1)),
    };
  },
};

/** iptables-restore(8), `--noflush`: all commands of a table in one transaction. One for each family. */
const restoring = (tool: 'iptables' | 'ip6tables'): Batcher => ({
  key: ({ argv }) => (startsWith(argv, cmd`${tool} -w 5 -t`) ? tool : undefined),
  join(commands) {
    const intoTable = cmd`${tool} -w 5 -t`;
    const tables = [...new Set(commands.map(({ argv }) => String(argv[intoTable.length])))];
    return {
      argv: cmd`${tool}-restore --noflush --wait 5`,
      input: tables.flatMap((table) => [
        [`*${table}`],
        ...commands
          .filter(({ argv }) => argv[intoTable.length] === table)
          .map(({ argv }) => argv.slice(intoTable.length + 1)),
        ['COMMIT'],
      ]),
    };
  },
});

/** nft(8), `-f -`: all commands in one transaction. */
const nft: Batcher = {
  key: ({ argv, input }) => (argv[0] === 'nft' && typeof input !== 'string' ? 'nft' : undefined),
  join: (commands) => ({ argv: nftReads, input: commands.flatMap(nftLines) }),
};

/** What a command of nft(8) does, as the lines that it would read. */
function nftLines({ argv, input }: Command): readonly Argv[] {
  return typeof input === 'object' ? input : [argv.slice(1)];
}

const setValue = cmd`sysctl -qw`;

/** sysctl(8): several values in one call. */
const sysctl: Batcher = {
  key: ({ argv }) => (startsWith(argv, setValue) ? 'sysctl' : undefined),
  join: (commands) => ({
    argv: [...setValue, ...commands.flatMap(({ argv }) => argv.slice(setValue.length))],
  }),
};

/** rmdir(1): several directories in one call. */
const rmdir: Batcher = {
  key: ({ argv }) => (argv[0] === 'rmdir' ? 'rmdir' : undefined),
  join: (commands) => ({
    argv: [...cmd`rmdir`, ...commands.flatMap(({ argv }) => argv.slice(1))],
  }),
};

/**
 * Whether a command is a visit, the fast plan's work on a container: nsenter with a script or a list of ip commands,
 * nsenter from the host's root, or test(1) to verify the result.
 */
function isVisit({ argv, where, input }: Command): boolean {
  if (where === undefined) return argv[0] === 'test';
  if (input === undefined) return where.hostRoot === true;
  return where.words[0] === (typeof input === 'string' ? 'sh' : 'ip');
}

/** The slot of the container that a visit is about. */
function slotsOf({ argv }: Command): readonly Slot[] {
  const slots = argv.flatMap((word) => (typeof word === 'string' ? [] : [word]));
  return slots.slice(0, 1).map(({ pidOf: container }) => pidOf(container));
}

/** ip(8) commands as batch lines. Inside a network namespace none needs to name it. */
function linesOf(requests: readonly Argv[]): string {
  return requests.map((words) => `${words.map(String).join(' ')}\n`).join('');
}

/** The most visits of one shell: even on a slow machine, they take far less than a command's time limit. */
const visitsAtOnce = 20;

/** A here-document delimiter that is not a line of the text. */
function markFor(text: string): string {
  let mark = 'VISIT';
  while (text.split('\n').includes(mark)) mark += '_';
  return mark;
}

/** One shell makes several visits, and prints a line after each. */
const visits: Batcher = {
  key: (command) => (isVisit(command) ? 'visit' : undefined),
  most: visitsAtOnce,
  join: (commands) => ({
    argv: [...cmd`sh -eu -s`, ...commands.flatMap(slotsOf)],
    input: commands
      .map(({ argv, input }, index) => {
        const words = argv.map((word) =>
          typeof word === 'string'
            ? shellQuote(word)
            : `"${word.before ?? ''}\${${index + 1}}${word.after ?? ''}"`,
        );
        const line = `${words.join(' ')} >/dev/null`;
        if (input === undefined) return `${line}\necho ${visited}\n`;
        const text = typeof input === 'string' ? input : linesOf(input);
        const mark = markFor(text);
        return `${line} <<'${mark}'\n${text}${mark}\necho ${visited}\n`;
      })
      .join(''),
  }),
};

const visited = 'visited';

const batchers: readonly Batcher[] = [
  ip,
  restoring('iptables'),
  restoring('ip6tables'),
  nft,
  sysctl,
  rmdir,
  visits,
];

function batcherOf(command: Command): { readonly batcher: Batcher; readonly key: string } | null {
  const { batch, starts, gates } = command;
  if (starts !== undefined || gates !== undefined) return null;
  if (batch !== undefined && !isVisit(command)) return null;
  for (const batcher of batchers) {
    const key = batcher.key(command);
    if (key !== undefined) return { batcher, key };
  }
  return null;
}

/** Joins several commands of one tool into one. @throws when they differ in tool or place. */
export function joined(commands: readonly Command[]): Command {
  const [first] = commands;
  const found = first === undefined ? null : batcherOf(first);
  if (found === null || !commands.every((one) => batcherOf(one)?.key === found.key)) {
    throw new Error('these commands cannot be carried out in one process');
  }
  return { ...found.batcher.join(commands), makes: [], batch: commands };
}

/**
 * Groups adjacent commands that one process can run. Results and error reports stay the same: the tool names the line
 * that failed.
 */
export function fuse(commands: readonly Command[]): readonly (readonly Command[])[] {
  const groups: Command[][] = [];
  let last: string | undefined;
  for (const command of commands) {
    const found = batcherOf(command);
    const key = found === null ? undefined : `${batchers.indexOf(found.batcher)} ${found.key}`;
    const group = groups.at(-1);
    const full = group !== undefined && group.length === found?.batcher.most;
    if (key !== undefined && key === last && !full) group?.push(command);
    else groups.push([command]);
    last = key;
  }
  return groups;
}

/**
 * Finds the command of a batch that failed, from the tool's output.
 * @returns undefined when the tool names none: then any of them may have failed.
 */
export function culprit(
  command: Command,
  said: { readonly stdout: string; readonly stderr: string },
): number | undefined {
  const { batch = [], input } = command;
  if (batch.some(isVisit)) return said.stdout.split('\n').filter((line) => line === visited).length;
  const nftLine = /\/dev\/stdin:(\d+):/.exec(said.stderr)?.[1];
  if (nftLine !== undefined) {
    let last = 0;
    const found = batch.findIndex((one) => {
      last += nftLines(one).length;
      return Number(nftLine) <= last;
    });
    return found < 0 ? undefined : found;
  }
  const line = /Command failed -:(\d+)|line:? (\d+)/.exec(said.stderr);
  if (line === null || typeof input !== 'object') return undefined;
  const words = input[Number(line[1] ?? line[2]) - 1];
  if (words === undefined) return undefined;
  const tail = JSON.stringify(words);
  const found = batch.findIndex(({ argv }) => JSON.stringify(argv.slice(-words.length)) === tail);
  return found < 0 ? undefined : found;
}
