// npm run bench: how fast ctr is beside a shell script, and beside what else there is.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { agent } from './agent.ts';
import { type Contestant, contestants, ctr, rootfsPath } from './contestants.ts';
import { endHosts, type Host, startHost } from './host.ts';
import type { ManyRow, Run } from './run.ts';
import { type Entry, measureMany, measureOne, measureStartup } from './scenarios.ts';
import { median } from './statistics.ts';

const scenarios = ['startup', 'cold', 'warm', 'many'] as const;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string' },
    counts: { type: 'string' },
    contestants: { type: 'string' },
    out: { type: 'string' },
    'install-peers': { type: 'boolean', default: false },
  },
});

function tell(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

/** The private hosts that the contestants need, each made once. */
async function enter(
  chosen: readonly Contestant[],
  counts: readonly number[],
): Promise<{ readonly entries: readonly Entry[]; readonly ctrHost: Host }> {
  const hosts = new Map<string, Host>();
  const hostOf = async (name: string) => {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    tell(`making a private host for ${name}`);
    const host = await startHost(name);
    hosts.set(name, host);
    const made = await host.ask({
      do: 'run',
      argv: [...ctr, '--quiet', 'rootfs', 'create', rootfsPath],
      timeoutMs: 60_000,
    });
    if (made.code !== 0) throw new Error(made.stderr);
    return host;
  };
  const entries: Entry[] = [];
  for (const contestant of chosen) {
    const host = await hostOf(contestant.host);
    const ask = async (argv: readonly [string, ...string[]]) =>
      await host.ask({ do: 'run', argv, timeoutMs: 120_000 });
    const missing: string[] = [];
    for (const [program, from] of Object.entries(contestant.needs)) {
      const found = await ask(['sh', '-c', 'command -v "$1"', 'sh', program]);
      if (found.code !== 0) missing.push(`${program} (Debian: ${from})`);
    }
    const asked = contestant.asks === undefined ? undefined : await ask(contestant.asks.argv);
    if (missing.length > 0) {
      entries.push({ contestant, daemons: [], excuse: `not installed: ${missing.join(', ')}` });
    } else if (asked !== undefined && contestant.asks?.says.test(asked.stdout) === false) {
      entries.push({ contestant, daemons: [], excuse: 'this ctr does not have it yet' });
    } else {
      for (const [path, text] of Object.entries(contestant.files?.(counts) ?? {})) {
        await host.ask({ do: 'write', path, text });
      }
      const prepared =
        contestant.prepare === undefined ? undefined : await ask(contestant.prepare(counts));
      if (prepared !== undefined && prepared.code !== 0) {
        entries.push({ contestant, daemons: [], excuse: prepared.stderr.trim() });
      } else entries.push({ contestant, host, daemons: [] });
    }
  }
  return { entries, ctrHost: await hostOf('ctr') };
}

async function measure(): Promise<Run> {
  const began = Date.now();
  const { quick } = options;
  const only = options.only?.split(',') ?? scenarios;
  const counts = (options.counts ?? (quick ? '10' : '10,50,100,300')).split(',').map(Number);
  const runsOf = (usual: number, few: number) => Number(options.runs ?? (quick ? few : usual));
  const wanted = options.contestants?.split(',');
  const chosen = contestants.filter((one) => wanted?.includes(one.id) ?? true);
  const { entries, ctrHost } = await enter(chosen, counts);
  const wants = (scenario: (typeof scenarios)[number]) => only.includes(scenario);
  const at = (runs: number) => ({ tell, runs });
  if (wants('startup')) tell('start-up');
  const startup = wants('startup') ? await measureStartup(ctrHost, at(runsOf(40, 10))) : [];
  const cold = wants('cold') ? await measureOne('cold', entries, at(runsOf(25, 5))) : [];
  const warm = wants('warm') ? await measureOne('warm', entries, at(runsOf(25, 5))) : [];
  const many: ManyRow[] = [];
  for (const count of wants('many') ? counts : []) {
    const usual = count <= 10 ? 7 : count <= 100 ? 5 : 3;
    many.push(...(await measureMany(count, entries, at(runsOf(usual, 1)))));
  }
  return {
    version: 1,
    startedAt: new Date(began).toISOString(),
    tookS: Math.round((Date.now() - began) / 1000),
    options: process.argv.slice(2),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 1024 ** 3),
      kernel: release(),
      system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '',
      node: process.version,
    },
    versions: {},
    startup,
    cold,
    warm,
    many,
  };
}

function summary(run: Run): string {
  const lines: string[] = [];
  for (const scenario of ['startup', 'cold', 'warm'] as const) {
    const first = median(run[scenario][0]?.samples.map((one) => one.wallMs) ?? []);
    for (const row of run[scenario]) {
      const wall = median(row.samples.map((one) => one.wallMs));
      const cpu = median(row.samples.flatMap((one) => (one.cpuMs === null ? [] : [one.cpuMs])));
      const figures = `${wall.toFixed(1)} ms  x${(wall / first).toFixed(2)}  cpu ${cpu.toFixed(0)}`;
      const more =
        row.processes === undefined ? '' : `  ${row.processes} processes, ${row.peakKib} KiB`;
      lines.push(
        `${scenario.padEnd(8)} ${row.title.padEnd(42)} ${figures}${more} ${row.note ?? ''}`,
      );
    }
  }
  for (const row of run.many) {
    const up = median(row.up.map((one) => one.wallMs)) / row.count;
    const down = median(row.down.map((one) => one.wallMs)) / row.count;
    lines.push(
      `N=${String(row.count).padEnd(6)} ${row.title.padEnd(42)} up ${up.toFixed(2)} down ${down.toFixed(2)} ms each ${row.note ?? ''}`,
    );
  }
  return lines.join('\n');
}

if (positionals[0] === 'agent') await agent();
else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void endHosts().finally(() => process.exit(130)));
  }
  try {
    const run = await measure();
    if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(run, null, 1)}\n`);
    console.log(summary(run));
  } finally {
    await endHosts();
  }
}
