import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Contestant,
  ctr,
  packagePath,
  rootfsPath,
  scriptsPath,
  sleeper,
  translated,
  whoami,
} from './contestants.ts';
import type { Entry } from './entries.ts';
import type { Host } from './host.ts';
import type { Argv } from './protocol.ts';
import type { ManyRow, MemoryRow, Row, Sample, ThroughputRow } from './run.ts';

export interface Measure {
  /** Prints a line of progress. */
  readonly tell: (line: string) => void;
  readonly runs: number;
}

const settleMs = 300;
const oneMinute = 60_000;

async function timed(host: Host, argv: Argv, settle: number, limitMs: number): Promise<Sample> {
  const { wallMs, cpuMs, code, stderr } = await host.ask({
    do: 'time',
    argv,
    timeoutMs: limitMs,
    settleMs: settle,
  });
  if (code !== 0) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`it ended with ${code ?? 'a signal or after too long'}: ${said}`);
  }
  return { wallMs, cpuMs };
}

async function must(host: Host, argv: Argv, limitMs = oneMinute): Promise<string> {
  const ran = await host.ask({ do: 'run', argv, timeoutMs: limitMs });
  if (ran.code !== 0) {
    const said = ran.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`${argv.slice(0, 3).join(' ')}: it ended with ${ran.code}: ${said}`);
  }
  return ran.stdout;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Lane {
  readonly host: Host;
  readonly argv: Argv;
  readonly row: Mutable<Row> & { samples: Sample[] };
}

/** Measures in the order A B C A B C, so that changes of the machine's load affect all alike. */
async function inTurn(lanes: readonly Lane[], measure: Measure): Promise<void> {
  const out = new Set<Lane>();
  for (let round = 0; round < measure.runs; round += 1) {
    for (const lane of lanes) {
      if (out.has(lane)) continue;
      try {
        lane.row.samples.push(await timed(lane.host, lane.argv, settleMs, oneMinute));
      } catch (error) {
        out.add(lane);
        lane.row.note = reason(error);
      }
    }
  }
}

async function weigh(lane: Lane, daemons: readonly number[]): Promise<void> {
  const { host, argv, row } = lane;
  try {
    Object.assign(row, await host.ask({ do: 'count', argv, daemons }));
    const peaks: number[] = [];
    for (let time = 0; time < 3; time += 1) peaks.push((await host.ask({ do: 'peak', argv })).kib);
    row.peakKib = Math.max(...peaks);
  } catch (error) {
    row.note = reason(error);
  }
}

export async function measureStartup(host: Host, measure: Measure): Promise<readonly Row[]> {
  const plan: Argv = ['plan', '/run/bench/tutorial.json', '--facts', '/run/bench/facts.json'];
  const lay = 'ln -s "$1" /run/bench/labex && cp "$2" /run/bench/tutorial.json';
  await must(host, ['sh', '-c', lay, 'sh', rootfsPath, `${packagePath}/examples/tutorial.json`]);
  await must(host, [
    ...ctr,
    'plan',
    '/run/bench/tutorial.json',
    '--facts-out',
    '/run/bench/facts.json',
  ]);
  const commands: readonly [string, string, Argv][] = [
    ['node', 'node -e 0', [process.execPath, '-e', '0']],
    ['version', 'ctr --version', [...ctr, '--version']],
    ['help', 'ctr --help', [...ctr, '--help']],
    ['plan', 'ctr plan examples/tutorial.json --facts F', [...ctr, ...plan]],
    ['ps', 'ctr ps', [...ctr, 'ps']],
  ];
  const lanes = commands.map(([id, title, argv]) => ({
    host,
    argv,
    row: { id, title, samples: [] },
  }));
  for (const lane of lanes) await timed(host, lane.argv, 0, oneMinute);
  await inTurn(lanes, measure);
  return lanes.map((lane) => lane.row);
}

/** Checks that the container reaches the world, and with a translated address. */
async function check(
  host: Host,
  contestant: Contestant,
  run: (command: Argv) => Argv,
): Promise<void> {
  const said = await must(host, run(contestant.translates ? whoami : ['true']));
  if (contestant.translates && !said.includes(translated)) {
    throw new Error(`the world did not see ${translated} but: ${said.trim().slice(-200)}`);
  }
}

/** Measures a run of /bin/true in one container, from start to removal. */
export async function measureOne(
  scenario: 'cold' | 'warm',
  entries: readonly Entry[],
  measure: Measure,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const lanes: (Lane & { entry: Entry })[] = [];
  const kept: [Host, Argv][] = [];
  for (const entry of entries) {
    const { contestant, host } = entry;
    const row: Lane['row'] = { id: contestant.id, title: contestant.title, samples: [] };
    rows.push(row);
    const run = scenario === 'cold' ? contestant.cold : contestant.warm?.run;
    if (host === undefined || run === undefined) {
      row.note = entry.excuse ?? contestant.absent?.[scenario] ?? 'not measured';
      continue;
    }
    measure.tell(`${scenario}: checking ${contestant.title}`);
    try {
      const keep = scenario === 'warm' ? contestant.warm?.keep : undefined;
      if (keep !== undefined && !kept.some(([keeper]) => keeper === host)) {
        await must(host, keep);
        kept.push([host, contestant.warm?.drop ?? ['true']]);
      }
      await check(host, contestant, run);
      lanes.push({ host, argv: run(['/bin/true']), row, entry });
    } catch (error) {
      row.note = reason(error);
    }
  }
  measure.tell(`${scenario}: ${measure.runs} rounds`);
  await inTurn(lanes, measure);
  for (const lane of lanes) {
    measure.tell(`${scenario}: counting ${lane.row.title}`);
    if (lane.row.note === undefined) await weigh(lane, lane.entry.daemons);
  }
  for (const [host, drop] of kept) {
    await must(host, drop).catch((error) => measure.tell(`${host.name}: ${reason(error)}`));
  }
  return rows;
}

/** The number of containers that are connected to a bridge of the host. */
async function plugged(host: Host): Promise<number> {
  const listed = await must(host, [
    'sh',
    '-c',
    'ls -d /sys/class/net/*/brif/* 2>/dev/null | wc -l',
  ]);
  return Number(listed);
}

/** A contestant that takes longer for many containers is measured only once. */
const longMs = 40_000;

export async function measureMany(
  count: number,
  entries: readonly Entry[],
  measure: Measure,
): Promise<readonly ManyRow[]> {
  const rows = entries.map((entry): Mutable<ManyRow> & { up: Sample[]; down: Sample[] } => ({
    id: entry.contestant.id,
    title: entry.contestant.many?.title ?? entry.contestant.title,
    count,
    up: [],
    down: [],
  }));
  const settle = settleMs + 5 * count;
  const limit = oneMinute + 2000 * count;
  for (let round = 0; round < measure.runs; round += 1) {
    for (const [index, { contestant, host, excuse }] of entries.entries()) {
      const row = rows[index];
      if (row === undefined || row.note !== undefined) continue;
      if (host === undefined || contestant.many === undefined) {
        row.note = excuse ?? contestant.absent?.many ?? 'not measured';
        continue;
      }
      if ((row.up[0]?.wallMs ?? 0) + (row.down[0]?.wallMs ?? 0) > longMs) continue;
      measure.tell(`${count} containers, round ${round + 1}: ${contestant.title}`);
      try {
        const up = await timed(host, contestant.many.up(count), settle, limit);
        const there = await plugged(host);
        const down = await timed(host, contestant.many.down(count), settle, limit);
        const left = await plugged(host);
        if (there !== count) throw new Error(`${there} of ${count} were there`);
        if (left > 0) throw new Error(`${left} of ${count} were left`);
        row.up.push(up);
        row.down.push(down);
      } catch (error) {
        row.note = reason(error);
        await must(host, contestant.many.down(count), limit).catch(() => undefined);
      }
    }
  }
  return rows;
}

/** Measures the memory of all processes that serve idle containers, without the containers' commands. */
export async function measureMemory(
  entries: readonly Entry[],
  counts: (contestant: Contestant) => readonly number[],
  measure: Measure,
): Promise<readonly MemoryRow[]> {
  const rows: MemoryRow[] = [];
  for (const { contestant, host, daemons } of entries) {
    const { many } = contestant;
    if (host === undefined || many === undefined) continue;
    for (const count of counts(contestant)) {
      const title = many.title ?? contestant.title;
      measure.tell(`memory of ${count}: ${title}`);
      const row = { id: contestant.id, title, count };
      const limit = oneMinute + 2000 * count;
      try {
        const before = new Set((await host.ask({ do: 'processes' })).map((one) => one.pid));
        await must(host, many.up(count), limit);
        await sleep(settleMs + 5 * count);
        const now = await host.ask({ do: 'processes' });
        const kept = now.filter((one) => !before.has(one.pid) && one.command !== sleeper.join(' '));
        const serving = now.filter((one) => daemons.includes(one.pid));
        const sum = (all: typeof now) => all.reduce((total, one) => total + one.pssKib, 0);
        rows.push({
          ...row,
          kib: sum(kept),
          daemonsKib: sum(serving),
          processes: [...new Set(kept.map((one) => one.command.split(' ')[0] ?? ''))].map(
            (program) => ({
              program: program.split('/').at(-1) ?? program,
              number: kept.filter((one) => one.command.split(' ')[0] === program).length,
            }),
          ),
        });
      } catch (error) {
        rows.push({ ...row, kib: null, daemonsKib: 0, processes: [], note: reason(error) });
      }
      await must(host, many.down(count), limit).catch((error) => measure.tell(reason(error)));
    }
  }
  return rows;
}

/** Measures one TCP stream from a container to the world, and one from the private host for comparison. */
export async function measureThroughput(
  entry: Entry,
  counts: readonly number[],
  seconds: number,
  measure: Measure,
): Promise<readonly ThroughputRow[]> {
  const { contestant, host } = entry;
  const { many } = contestant;
  if (host === undefined || many === undefined) return [];
  const rows = [0, ...counts].map((count): Mutable<ThroughputRow> & { gbits: number[] } => ({
    count,
    gbits: [],
  }));
  const script = `${scriptsPath}/iperf3.sh`;
  const client: Argv = ['iperf3', '--client', '198.51.100.1', '--omit', '1', '--json'];
  const measureRow = async (row: (typeof rows)[number]) => {
    const limit = oneMinute + 2000 * row.count;
    if (row.count > 0) await must(host, many.up(row.count), limit);
    const inside =
      row.count === 0 ? [] : [...ctr, 'exec', `many-${row.count}/web-${row.count}`, '--'];
    for (let time = 0; time < 3; time += 1) {
      const [program = '', ...words] = [...inside, ...client, '--time', String(seconds)];
      const said = JSON.parse(await must(host, [program, ...words]));
      row.gbits.push(said.end.sum_received.bits_per_second / 1e9);
    }
    if (row.count > 0) await must(host, many.down(row.count), limit);
    await sleep(settleMs);
  };
  try {
    await must(host, [script, 'copy', rootfsPath]);
    const world = (await host.ask({ do: 'processes' })).find((one) =>
      one.command.endsWith(' world'),
    );
    await host.ask({ do: 'start', argv: [script, 'serve', String(world?.pid)] });
    await sleep(500);
    for (let round = 0; round < measure.runs; round += 1) {
      for (const row of rows) {
        measure.tell(`throughput with ${row.count} up, round ${round + 1}`);
        await measureRow(row);
      }
    }
  } catch (error) {
    for (const row of rows) row.note = reason(error);
  }
  return rows;
}
