import { median, quantile } from '../../rig/statistics.ts';
import { goals, verdict } from './goals.ts';
import type { Machine, ManyRow, MemoryRow, Row, Run, Sample } from './run.ts';
import { cpuOf, wallOf } from './summary.ts';

type Cells = readonly string[];

/** A Markdown table with the first column left-aligned and the others right-aligned. */
function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Rounds to three significant digits. */
function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The first and the third quartile. */
function quartiles(samples: readonly number[]): string {
  if (samples.length === 0) return '–';
  if (samples.length === 1) return 'one run';
  return `${figure(quantile(samples, 0.25))}–${figure(quantile(samples, 0.75))}`;
}

function mib(kib: number | undefined | null): string {
  return kib === undefined || kib === null ? '–' : figure(kib / 1024);
}

function named(row: { readonly title: string; readonly id: string }): string {
  return row.id.startsWith('ctr') ? `**${row.title}**` : row.title;
}

/** The notes under a table. */
function notes(rows: readonly { readonly title: string; readonly note?: string }[]): string {
  const said = new Set(
    rows.flatMap(({ title, note }) => (note === undefined ? [] : [`- ${title}: ${note}.`])),
  );
  return said.size === 0 ? '' : `\n\nNot measured, or not to the end:\n\n${[...said].join('\n')}`;
}

function startupTable(rows: readonly Row[]): string {
  const first = wallOf(rows[0]?.samples ?? []);
  return table(
    ['', 'ms', 'middle half', 'ratio', 'CPU ms'],
    rows.map(({ title, samples }) => [
      `\`${title}\``,
      figure(wallOf(samples)),
      quartiles(samples.map((one) => one.wallMs)),
      figure(wallOf(samples) / first),
      figure(cpuOf(samples)),
    ]),
  );
}

function oneTable(rows: readonly Row[]): string {
  const first = wallOf(rows[0]?.samples ?? []);
  const cells = rows.map((row) => [
    named(row),
    figure(wallOf(row.samples)),
    quartiles(row.samples.map((one) => one.wallMs)),
    figure(wallOf(row.samples) / first),
    figure(cpuOf(row.samples)),
    mib(row.peakKib),
    String(row.processes ?? '–'),
  ]);
  const head = ['', 'ms', 'middle half', 'ratio', 'CPU ms', 'peak MiB', 'processes'];
  return table(head, cells) + notes(rows);
}

function manyTable(rows: readonly ManyRow[], way: 'up' | 'down'): string {
  const counts = [...new Set(rows.map((row) => row.count))].toSorted((a, b) => a - b);
  const titles = new Map(rows.map((row) => [row.id, row]));
  const at = (id: string, count: number): readonly Sample[] =>
    rows.find((row) => row.id === id && row.count === count)?.[way] ?? [];
  const [baseline = ''] = titles.keys();
  return table(
    ['', ...counts.map((count) => `N = ${count}`)],
    [...titles].map(([id, row]) => [
      named(row),
      ...counts.map((count) => {
        const samples = at(id, count);
        if (samples.length === 0) return '–';
        const ratio = wallOf(samples) / wallOf(at(baseline, count));
        const runs = samples.length === 1 ? ', one run' : '';
        return `${figure(wallOf(samples) / count)} (${figure(ratio)}${runs})`;
      }),
    ]),
  );
}

function memoryTable(rows: readonly MemoryRow[]): string {
  return (
    table(
      ['', 'containers', 'MiB', 'MiB each', 'daemons MiB', 'processes'],
      rows.map((row) => [
        named(row),
        String(row.count),
        mib(row.kib),
        row.kib === null ? '–' : mib(row.kib / row.count),
        row.daemonsKib === 0 ? '–' : mib(row.daemonsKib),
        row.processes.map((one) => `${one.number} ${one.program}`).join(', ') || 'none',
      ]),
    ) + notes(rows)
  );
}

function throughputTable(run: Run): string {
  const one = median(run.throughput.find((row) => row.count === 1)?.gbits ?? []);
  const titleOf = (count: number) =>
    count === 0 ? 'no container: from the private host' : `from a container, ${count} up`;
  const rows = table(
    ['', 'Gbit/s', 'middle half', 'ratio'],
    run.throughput.map(({ count, gbits }) => [
      titleOf(count),
      figure(median(gbits)),
      quartiles(gbits),
      figure(median(gbits) / one),
    ]),
  );
  return rows + notes(run.throughput.map((row) => ({ ...row, title: titleOf(row.count) })));
}

function goalTable(run: Run): string {
  const sign = { most: '≤', least: '≥' } as const;
  return table(
    ['figure', 'must', 'aim', 'measured', 'verdict'],
    goals.map((goal) => {
      const value = goal.value(run);
      const said = verdict(goal, value);
      return [
        goal.figure,
        `${sign[goal.at]} ${goal.must}${goal.unit}`,
        `${sign[goal.at]} ${goal.aim}${goal.unit}`,
        value === undefined ? '–' : `${figure(value)}${goal.unit}`,
        said === 'missed' ? '**missed**' : said,
      ];
    }),
  );
}

function section(title: string, rows: readonly unknown[], body: () => string): string {
  return rows.length === 0 ? '' : `## ${title}\n\n${body()}\n`;
}

const method = `## How it is measured

- Each contestant has a private host: network, mounts, processes and control groups of its own, with
  a second network that plays the world. Nothing of the machine's network is touched, what is written
  goes to memory, and the daemons end with their host.
- In turn, A B C A B C, so that what else happens on the machine strikes all alike, with a pause
  before each: the kernel takes dead namespaces away after the fact. Medians; ratios to the first row
  of the same run. The middle half of the samples says how far they lay apart.
- Before it is measured, each fetches a page from the world, which must have seen a translated
  address. mininet gives its hosts no way out, and is asked for less.
- **CPU** is what the control group of the private host was charged, daemons too, until
  0.3 s after the command returned; what the kernel's own workers did is in no figure.
- **Peak** is the largest sum of the PSS (proc(5)) of all processes that the command started, looked
  at every few milliseconds in runs that are not timed; the largest of three. Programs that live
  shorter than that are missed. Docker's daemons are not in it.
- **Processes** are counted with strace, without threads; with Docker, also those of its daemons.
- **Memory of an idle run** is the PSS of every process that is there because of it, without the
  containers' own commands: for ctr the supervisor and the \`unshare\` in front of each container.
- **Throughput** is one TCP stream of iperf3 from the last container to the world.
- \`NODE_EXTRA_CA_CERTS\` and \`NODE_OPTIONS\` are unset. ctr is started as \`node dist/ctr.js\`.
- \`baseline.sh\` (scripts/bench/) does the tutorial's job with one tool call a stage: a chroot for a
  root, no containment, no state. What belongs to the bridge it makes with the bridge, once.
- podman runs without systemd, with limits it may set; Docker's image and podman's is the same
  busybox that the others use as a directory. lxc-execute and systemd-nspawn give no way out, nspawn
  no address: their scripts do for them what the baseline does.
- *Cold*: the bridge is made and removed too. *Warm*: another container keeps it up.
  Who needs more than 40 s for one round of many containers is measured once.

\`npm run bench -- --install-peers\` makes this page; \`npm run bench -- --help\` says what else it can do.
`;

/** States the price of a process and of a page: the higher it is, the more their number matters. */
function prices({ processMs, pageUs }: Machine): string {
  if (processMs === undefined || pageUs === undefined) return '';
  return ` A process that does nothing costs a shell ${figure(processMs)} ms there, a page of memory ${figure(pageUs)} µs.`;
}

/** The contents of docs/performance.md. */
export function report(run: Run, chartName: string): string {
  const { machine } = run;
  const measured = (rows: readonly ManyRow[]) => rows.filter((row) => row.up.length > 0);
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    `# Performance

Written by \`npm run bench\` from ${chartName.replace('.svg', '.json')}, which has every sample. Do not edit it.

${run.startedAt.slice(0, 10)}, ${Math.round(run.tookS / 60)} minutes. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}, ${machine.system}; load average before it ${machine.load.toFixed(2)}.${prices(machine)}
${versions.join(', ')}.

**Read the ratios.** Times are those of this machine, on that day. scripts/bench/README.md says how to read the tables.
`,
    `## The goals\n\n${goalTable(run)}\n`,
    section('Start-up', run.startup, () => startupTable(run.startup)),
    section('One container, cold: bridge, container, `/bin/true`, all of it gone', run.cold, () =>
      oneTable(run.cold),
    ),
    section('One container, warm: the bridge is there and stays', run.warm, () =>
      oneTable(run.warm),
    ),
    section(
      'Many containers',
      measured(run.many),
      () =>
        `![time against the number of containers](${chartName})\n\n` +
        `Up, ms for each container (ratio to the baseline):\n\n${manyTable(run.many, 'up')}\n\n` +
        `Down:\n\n${manyTable(run.many, 'down')}${notes(run.many)}`,
    ),
    section('Memory of containers that do nothing', run.memory, () => memoryTable(run.memory)),
    section('Throughput', run.throughput, () => throughputTable(run)),
    method,
  ];
  return parts.filter((part) => part !== '').join('\n');
}
