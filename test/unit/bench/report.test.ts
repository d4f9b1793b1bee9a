import { expect, test } from '@jest/globals';
import { chart } from '../../../scripts/bench/chart.ts';
import { goals, verdict } from '../../../scripts/bench/goals.ts';
import { report } from '../../../scripts/bench/report.ts';
import type { ManyRow, Row, Run } from '../../../scripts/bench/run.ts';

function row(id: string, ...walls: readonly number[]): Row {
  return { id, title: id, samples: walls.map((wallMs) => ({ wallMs, cpuMs: null })) };
}

function many(id: string, count: number, up: number, down: number): ManyRow {
  const samples = (wallMs: number) => [{ wallMs, cpuMs: null }];
  return { id, title: id, count, up: samples(up), down: samples(down) };
}

const run: Run = {
  version: 1,
  startedAt: '2026-01-02T03:04:05.000Z',
  tookS: 120,
  options: [],
  machine: { processor: 'P', cores: 2, memoryGib: 4, kernel: '6', system: 'Debian', load: 0 },
  versions: { ctr: '0.1.0' },
  startup: [row('node', 20, 22, 24), row('version', 33)],
  cold: [row('baseline', 100, 200, 150), row('ctr', 180), row('ctr-fast', 120)],
  warm: [
    row('baseline', 50),
    row('ctr-fast', 40),
    { id: 'docker', title: 'docker run --rm', samples: [], note: 'not installed: dockerd' },
  ],
  many: [
    many('baseline', 300, 30_000, 9000),
    many('ctr-fast', 10, 100, 50),
    many('ctr-fast', 300, 6000, 300),
  ],
  memory: [],
  throughput: [
    { count: 1, gbits: [10, 10] },
    { count: 300, gbits: [9.5, 9.5] },
  ],
};

function verdictOf(figure: string): string {
  const goal = goals.find((one) => one.figure === figure);
  if (goal === undefined) throw new Error(`no goal ${figure}`);
  return verdict(goal, goal.value(run));
}

test('a goal is a ratio of medians of one run; a value equal to the limit reaches it', () => {
  expect(verdictOf('cold, `ctr up` / baseline')).toBe('met');
  expect(verdictOf('cold, `ctr up --fast` / baseline')).toBe('met');
  expect(verdictOf('300 up, each, `ctr up --fast` / baseline')).toBe('aim met');
  expect(verdictOf('`ctr up --fast`, each of 300 / each of 10, up')).toBe('missed');
});

test('if more is better, a value below the limit misses the goal', () => {
  expect(verdictOf('throughput to the world with 300 up / with 1 up')).toBe('met');
});

test('a ratio without one of its two values is not measured', () => {
  expect(verdictOf('warm, `ctr up --fast` / `docker run --rm`')).toBe('not measured');
  expect(verdictOf('memory of an idle `up -d` with 1')).toBe('not measured');
});

test('a peer without figures keeps its row, and the page says why', () => {
  const page = report(run, 'performance.svg');
  expect(page).toContain('| docker run --rm | – | – | – | – | – | – |');
  expect(page).toContain('- docker run --rm: not installed: dockerd.');
});

test('tables show medians, ratios to the first row, and time for each container', () => {
  const page = report(run, 'performance.svg');
  expect(page).toContain('| baseline | 150 | 125–175 | 1.00 |');
  expect(page).toContain('| **ctr-fast** | 10.0 (–, one run) | 20.0 (0.20, one run) |');
});

test('a scenario that was not run has no section', () => {
  expect(report(run, 'performance.svg')).not.toContain('## Memory');
});

test('the chart has a labelled line for each measured contestant, and no others', () => {
  const unmeasured: ManyRow = { id: 'lxc', title: 'lxc', count: 10, up: [], down: [] };
  const drawing = chart([...run.many, unmeasured]);
  expect(drawing.match(/>ctr-fast<\/text>/g)).toHaveLength(2);
  expect(drawing).not.toContain('lxc');
  expect(drawing).not.toContain('NaN');
});

test('a curve rises to the right when more containers take longer', () => {
  const curve =
    /class="line ctr-fast"><path class="curve" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/;
  const [, x1, y1, x2, y2] = (curve.exec(chart(run.many)) ?? []).map(Number);
  expect(x2).toBeGreaterThan(x1 ?? Number.NaN);
  expect(y2).toBeLessThan(y1 ?? Number.NaN);
});

test('the page states the price of a process and of a page if they were measured', () => {
  const dear = { ...run, machine: { ...run.machine, processMs: 4.94, pageUs: 13.2 } };
  expect(report(dear, 'p.svg')).toContain(
    'costs a shell 4.94 ms there, a page of memory 13.2 µs.\n',
  );
  expect(report(run, 'p.svg')).not.toContain('a page of memory');
});
