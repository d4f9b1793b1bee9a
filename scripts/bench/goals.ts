import { median } from '../../rig/statistics.ts';
import type { ManyRow, Row, Run, Sample } from './run.ts';
import { wallOf } from './summary.ts';

/** A goal for the speed: a figure from one run, the required value and the desired one. */
export interface Goal {
  readonly figure: string;
  /** Whether the values are upper or lower limits. */
  readonly at: 'most' | 'least';
  readonly must: number;
  readonly aim: number;
  readonly unit: '' | ' MiB';
  /** Undefined if the run did not measure it. */
  readonly value: (run: Run) => number | undefined;
}

function wallIn(rows: readonly Row[], id: string): number | undefined {
  const row = rows.find((one) => one.id === id);
  return row === undefined || row.samples.length === 0 ? undefined : wallOf(row.samples);
}

function ratio(value: number | undefined, to: number | undefined): number | undefined {
  return value === undefined || to === undefined ? undefined : value / to;
}

function between(scenario: 'startup' | 'cold' | 'warm', id: string, to: string): Goal['value'] {
  return (run) => ratio(wallIn(run[scenario], id), wallIn(run[scenario], to));
}

/** Time per container, in ms. */
function each(run: Run, id: string, count: number, way: 'up' | 'down'): number | undefined {
  const row: ManyRow | undefined = run.many.find((one) => one.id === id && one.count === count);
  const samples: readonly Sample[] = row?.[way] ?? [];
  return samples.length === 0 ? undefined : wallOf(samples) / count;
}

function mibOf(run: Run, crowd: boolean): number | undefined {
  const row = run.memory.find((one) => one.id.startsWith('ctr') && one.count > 1 === crowd);
  if (row === undefined || row.kib === null || (crowd && row.count !== 300)) return undefined;
  return row.kib / 1024 / row.count;
}

function throughput(run: Run, count: number): number | undefined {
  const row = run.throughput.find((one) => one.count === count);
  return row === undefined ? undefined : median(row.gbits);
}

const most = { at: 'most', unit: '' } as const;

export const goals: readonly Goal[] = [
  {
    ...most,
    figure: '`ctr --version` / `node -e 0`',
    must: 1.6,
    aim: 1.3,
    value: between('startup', 'version', 'node'),
  },
  {
    ...most,
    figure: '`ctr --help` / `node -e 0`',
    must: 1.6,
    aim: 1.3,
    value: between('startup', 'help', 'node'),
  },
  {
    ...most,
    figure: '`ctr plan examples/tutorial.json --facts F` / `node -e 0`',
    must: 2.5,
    aim: 1.8,
    value: between('startup', 'plan', 'node'),
  },
  {
    ...most,
    figure: 'cold, `ctr up` / baseline',
    must: 1.5,
    aim: 1.1,
    value: between('cold', 'ctr', 'baseline'),
  },
  {
    ...most,
    figure: 'cold, `ctr up --fast` / baseline',
    must: 1,
    aim: 0.75,
    value: between('cold', 'ctr-fast', 'baseline'),
  },
  {
    ...most,
    figure: 'cold, `ctr up --fast` / `podman run --rm`',
    must: 0.5,
    aim: 0.33,
    value: between('cold', 'ctr-fast', 'podman'),
  },
  {
    ...most,
    figure: 'warm, `ctr up --fast` / `docker run --rm`',
    must: 0.4,
    aim: 0.25,
    value: between('warm', 'ctr-fast', 'docker'),
  },
  {
    ...most,
    figure: 'warm, `ctr up --fast` / CNI bridge plugin + crun',
    must: 0.75,
    aim: 0.45,
    value: between('warm', 'ctr-fast', 'cni'),
  },
  {
    ...most,
    figure: '300 up, each, `ctr up --fast` / baseline',
    must: 0.4,
    aim: 0.2,
    value: (run) => ratio(each(run, 'ctr-fast', 300, 'up'), each(run, 'baseline', 300, 'up')),
  },
  {
    ...most,
    figure: '300 up, each, `ctr up --fast` / mininet single,300',
    must: 1,
    aim: 0.4,
    value: (run) => ratio(each(run, 'ctr-fast', 300, 'up'), each(run, 'mininet', 300, 'up')),
  },
  {
    ...most,
    figure: '300 down, `ctr up --fast` / baseline',
    must: 0.1,
    aim: 0.03,
    value: (run) => ratio(each(run, 'ctr-fast', 300, 'down'), each(run, 'baseline', 300, 'down')),
  },
  {
    ...most,
    figure: '`ctr up --fast`, each of 300 / each of 10, up',
    must: 1.3,
    aim: 1,
    value: (run) => ratio(each(run, 'ctr-fast', 300, 'up'), each(run, 'ctr-fast', 10, 'up')),
  },
  {
    ...most,
    figure: 'memory of an idle `up -d` with 1',
    unit: ' MiB',
    must: 8,
    aim: 3,
    value: (run) => mibOf(run, false),
  },
  {
    ...most,
    figure: 'memory of an idle `up -d` with 300, each',
    unit: ' MiB',
    must: 2,
    aim: 1,
    value: (run) => mibOf(run, true),
  },
  {
    figure: 'throughput to the world with 300 up / with 1 up',
    at: 'least',
    unit: '',
    must: 0.9,
    aim: 0.98,
    value: (run) => ratio(throughput(run, 300), throughput(run, 1)),
  },
];

export type Verdict = 'aim met' | 'met' | 'missed' | 'not measured';

export function verdict(goal: Goal, value: number | undefined): Verdict {
  if (value === undefined || Number.isNaN(value)) return 'not measured';
  const reaches = (limit: number) => (goal.at === 'most' ? value <= limit : value >= limit);
  if (reaches(goal.aim)) return 'aim met';
  return reaches(goal.must) ? 'met' : 'missed';
}
