import type { Cell } from '../residue/cell.ts';
import { kinds, scenarios } from '../residue/cell.ts';
import { type ContestantName, contestants } from '../residue/contestants.ts';

/** The figures of one measurement. */
export type Figures = Readonly<Record<string, unknown>> & { readonly day: string };
export type Results = Readonly<Record<string, Figures>>;

type Row = readonly (string | number)[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

const count = (value: unknown) => (typeof value === 'number' ? value.toLocaleString('en') : '–');
const missing = (command: string) => `*Not run yet: \`${command}\`.*`;

interface ResidueFigures {
  readonly versions: Readonly<Record<string, string>>;
  readonly instants: number;
  readonly cells: readonly Cell[];
}

const one: Readonly<Record<(typeof kinds)[number], string>> = {
  links: 'link',
  addresses: 'address',
  routes: 'route',
  rules: 'rule',
  chains: 'chain',
  sysctls: 'sysctl',
  mounts: 'mount',
  processes: 'process',
  files: 'file',
};

function left(cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  const words = kinds.flatMap((kind) => {
    const number = cell.counts[kind];
    return number === 0 ? [] : [`${number} ${number === 1 ? one[kind] : kind}`];
  });
  const exit = cell.exitCode === 0 ? '' : ` (exit ${cell.exitCode})`;
  return `${words.length === 0 ? '**0**' : words.join(', ')}${exit}`;
}

function besideOthers(figures: Figures | undefined): string {
  if (figures === undefined) return missing('npm run residue -- --install-peers');
  const { versions, instants, cells } = figures as unknown as ResidueFigures;
  const names = Object.keys(contestants) as ContestantName[];
  const rows = names.map((name) => [
    contestants[name].title,
    ...Object.keys(scenarios).map((scenario) =>
      left(cells.find((cell) => cell.contestant === name && cell.scenario === scenario)),
    ),
  ]);
  const said = Object.entries(versions).map(
    ([name, version]) => `${name} ${version.replace(`${name} `, '')}`,
  );
  return `${table(['left on the host', ...Object.values(scenarios)], rows)}

${said.join(', ')}; ${figures.day}.

Each cell is played in a sandbox host of its own, all in one run
(\`npm run residue -- --install-peers\`), with a container that sleeps on a bridge with address translation. The host is
compared before the container and after it was taken away in its own way: \`ctr down\`, the plugin's DEL, \`podman rm
--force\`. *Its namespace gone first*: the container's first process is killed, and what pins its namespace is taken
away. *Killed midway*: what sets it up gets SIGKILL at one of ${instants} instants, the one after which most is left counts;
then, two seconds later, \`ctr down\`, DEL, \`podman rm --force\`. *Flushed*: \`nft flush ruleset\` while it is up. A link's own settings are
counted with the link; a sysctl is one that was there before and has another value now. Files are those under
/run and those each keeps its state in. An exit code is given where it was not 0.`;
}

const matrixColumns = ['cases', 'residues', 'wrong codes', 'untrue messages'] as const;

function everyCommand(results: Results): string {
  const found = Object.entries(results).filter(([name]) => name.startsWith('matrix-'));
  if (found.length === 0) return missing('npm run matrix');
  const rows = found.map(([name, figures]) => [
    name.replace('matrix-', '').replaceAll('-', ', '),
    ...matrixColumns.map((column) => count(figures[column])),
  ]);
  return table(['plan and life', ...matrixColumns], rows);
}

/** All figures of a measurement, by their names. */
function listed(figures: Figures | undefined, command: string): string {
  if (figures === undefined) return missing(command);
  const { day, ...rest } = figures;
  const cells = Object.entries(rest).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name, name === 'seed' ? String(value) : count(value)]],
  );
  return `${table(['', `\`${command}\`, ${day}`], cells)}`;
}

function atOnce(results: Results): string {
  const crowd = results['races-crowd'];
  const twins = results['races-twins'];
  const again = results['races-again'];
  if (crowd === undefined || twins === undefined || again === undefined)
    return missing('npm run races');
  return [
    `- ${count(crowd.lives)} runs on one bridge come up at once, are looked at, entered, taken down and begun again at once,`,
    `  and go at once, ${count(crowd.rounds)} times: ${count(crowd.commands)} commands, ${count(crowd.kills)} of them killed with SIGKILL.`,
    `  Addresses given twice: ${count(crowd.duplicates)}. Rules lost: ${count(crowd.lost)}. Commands that hung: ${count(crowd.stuck)}. Left on the host: ${count(crowd.residues)}.`,
    `- Two bring up one name at the same moment, ${count(twins.pairs)} times: one wins, and the other is told who has it after`,
    `  ${count(twins.medianMs)} ms (median; at most ${count(twins.longestMs)}).`,
    `- Up, down, up of one name without a pause, ${count(again.turns)} times: no "File exists".`,
  ].join('\n');
}

function exitCodes(figures: Figures | undefined): string {
  if (figures === undefined) return missing('npm run races');
  return `Codes 0 to 255, and death by every signal that ends a process, come out as they went in: ${count(figures.up)} cases of
\`ctr up\`, ${count(figures.detached)} of \`ctr up -d\` and \`ctr inspect\`, ${count(figures.exec)} of \`ctr exec\`. util-linux before 2.40 says 1 for a
container that was killed with SIGKILL; ctr says 137, also when a container says unshare's words and ends with 1.`;
}

/** The page, from the figures that exist. It lists missing measurements. */
export function page(results: Results, wanted: readonly string[], versions: string): string {
  const lacking = wanted.filter((name) =>
    name === 'races' ? results['races-crowd'] === undefined : results[name] === undefined,
  );
  return `# What is left behind, and how we know

> \`ctr\` leaves the host as it found it. Whatever fails (a command, the container, \`ctr\` itself at any instant), when
> \`ctr\` returns, or after the next \`ctr\` command where it was killed, the links, addresses, routes, firewall rules,
> sysctls, mounts, processes and files of the host are what they were.

This page holds the figures behind that sentence. It is written by \`npm run reliability\` from what the runs printed, with
${versions}.
${lacking.length === 0 ? 'All of them were run.' : `Not run for this page: ${lacking.join(', ')}.`}

"The same" is not an impression: one function (\`rig/snapshot.ts\`) reads links, addresses, routes, routing
rules, the firewall in all its tools, every sysctl under net, mounts, processes and the files under /run and /mnt as
text, before and after, and the two texts must be equal.

## Beside others

${besideOthers(results.residue)}

## Every command made to fail

Each command of a run, one after another: it fails before its effect, or after it; it hangs before, or after; it
dies; it prints rubbish, or warnings; \`ctr\` gets SIGKILL, SIGINT, SIGTERM or SIGHUP before it or after it. Then every
command from one on fails, and then an undo fails too. The host is compared, the exit code must be the one of the
contract, and what the message says was undone or is left must be so.

${everyCommand(results)}

## Killed at any instant

${listed(results.storm, 'npm run storm')}

## Many at once

${atOnce(results)}

## Round after round

Random configs, random verbs, several at once, with random signals, faults of the tools, and somebody else who deletes
bridges and cables, flushes the firewall and kills containers; after each round the host is compared.

${listed(results.soak, 'npm run soak')}

## Exit codes

${exitCodes(results['exit-codes'])}

## What this does not show

- It was measured on the machine and with the versions named above. Other kernels and tools behave in other ways.
- Connection tracking entries and empty tables of the firewall stay in the kernel, as with every tool, and are not
  counted, for anybody.
- How a detached run ended is kept in the state directory for an hour, or until \`ctr down\` or \`ctr gc\`
  ([decision 14](decisions/0014-how-a-run-ended-is-kept.md)). It is not counted where the host is compared.
- The peers are measured as Debian ships them and with their defaults. The bridge plugin keeps its bridge, and
  forwarding switched on, for the next container.
`;
}
