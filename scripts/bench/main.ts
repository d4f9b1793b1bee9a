// npm run bench: compares the speed of ctr with a shell script and with other container tools.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { agent } from './agent.ts';
import { chart } from './chart.ts';
import { type Contestant, own } from './contestants.ts';
import { type Entry, furnishedHost, makeEntry } from './entries.ts';
import { endHosts, type Host, packageRoot } from './host.ts';
import { machine } from './machine.ts';
import { peerPackages, peers } from './peers.ts';
import { report } from './report.ts';
import type { ManyRow, Run } from './run.ts';
import {
  measureMany,
  measureMemory,
  measureOne,
  measureStartup,
  measureThroughput,
} from './scenarios.ts';
import { summary } from './summary.ts';

const interrupted = 130;
const scenarios = ['startup', 'cold', 'warm', 'many', 'memory', 'throughput'];
const help = `npm run bench -- [OPTION…]   (as root)

  --install-peers      install the Debian packages of the peers first; starts none of their services
  --quick              few runs, few containers: about two minutes
  --only LIST          of ${scenarios.join(', ')}
  --contestants LIST   of ${[...own, ...peers].map((one) => one.id).join(', ')}
  --counts LIST        how many containers (default 10,50,100,300)
  --runs N             how often each is measured
  --out FILE           where the figures go (default docs/performance.json when all was measured);
                       FILE.md and FILE.svg are written beside it
  --render FILE        write the page and the chart again from such a file; measures nothing
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'install-peers': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    contestants: { type: 'string' },
    counts: { type: 'string' },
    runs: { type: 'string' },
    out: { type: 'string' },
    render: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function tell(line: string): void {
  process.stderr.write(`${process.uptime().toFixed(0).padStart(5)} s  ${line}\n`);
}

/** Prepares the contestants. Those with the same host share it. */
async function enter(chosen: readonly Contestant[], counts: readonly number[]) {
  const hosts = new Map<string, Host>();
  const entries: Entry[] = [];
  const versions: [string, string][] = [];
  for (const contestant of chosen) {
    tell(`making ${contestant.title} ready`);
    const host = hosts.get(contestant.host) ?? (await furnishedHost(contestant.host));
    hosts.set(contestant.host, host);
    const made = await makeEntry(contestant, host, counts);
    entries.push(made.entry);
    versions.push(...made.versions);
    if (made.entry.excuse !== undefined) tell(`${contestant.title}: ${made.entry.excuse}`);
  }
  const ctrHost = hosts.get('ctr') ?? (await furnishedHost('ctr'));
  return { entries, versions: Object.fromEntries(versions), ctrHost };
}

/** The fastest variant of ctr. For memory and throughput the variants do not differ. */
function ctrEntry(entries: readonly Entry[]): Entry | undefined {
  const able = entries.filter(({ contestant, host }) => contestant.host === 'ctr' && host);
  return able.at(-1);
}

async function measure(): Promise<Run> {
  const began = Date.now();
  const here = machine();
  const { quick } = options;
  const only = options.only?.split(',') ?? scenarios;
  const counts = (options.counts ?? (quick ? '10' : '10,50,100,300')).split(',').map(Number);
  const crowd = quick ? 10 : 300;
  const runsOf = (usual: number, few: number) => Number(options.runs ?? (quick ? few : usual));
  const wanted = options.contestants?.split(',');
  const chosen = [...own, ...peers].filter((one) => wanted?.includes(one.id) ?? true);
  const { entries, versions, ctrHost } = await enter(chosen, [...new Set([1, crowd, ...counts])]);
  const wants = (scenario: string) => only.includes(scenario);
  const at = (runs: number) => ({ tell, runs });
  if (wants('startup')) tell('start-up');
  const startup = wants('startup') ? await measureStartup(ctrHost, at(runsOf(40, 10))) : [];
  const cold = wants('cold') ? await measureOne('cold', entries, at(runsOf(25, 3))) : [];
  const warm = wants('warm') ? await measureOne('warm', entries, at(runsOf(25, 3))) : [];
  const many: ManyRow[] = [];
  for (const count of wants('many') ? counts : []) {
    const usual = count <= 10 ? 7 : count <= 100 ? 5 : 3;
    many.push(...(await measureMany(count, entries, at(runsOf(usual, 1)))));
  }
  const mine = ctrEntry(entries);
  const weighed = (one: Contestant) =>
    one === mine?.contestant || one.id === 'baseline' ? [1, crowd] : [1];
  const others = entries.filter((one) => one === mine || one.contestant.host !== 'ctr');
  return {
    version: 1,
    startedAt: new Date(began).toISOString(),
    options: process.argv.slice(2),
    machine: here,
    versions: { Node: process.version.slice(1), ...versions },
    startup,
    cold,
    warm,
    many,
    memory: wants('memory') ? await measureMemory(others, weighed, at(1)) : [],
    throughput:
      wants('throughput') && mine !== undefined
        ? await measureThroughput(mine, [1, crowd], quick ? 1 : 5, at(runsOf(3, 1)))
        : [],
    tookS: Math.round((Date.now() - began) / 1000),
  };
}

/** Writes the page and the chart beside the file of figures. */
function render(path: string): void {
  const run: Run = JSON.parse(readFileSync(path, 'utf8'));
  const stem = path.replace(/\.json$/, '');
  writeFileSync(`${stem}.md`, report(run, `${stem.split('/').at(-1)}.svg`));
  if (run.many.length > 0) writeFileSync(`${stem}.svg`, chart(run.many));
  tell(`wrote ${stem}.md`);
}

async function main(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('it needs root: it makes private hosts');
  if (options['install-peers']) {
    tell('installing the packages of the peers');
    const script = `${packageRoot}/rig/install-packages.sh`;
    execFileSync(script, peerPackages, { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      process.exitCode = interrupted;
      void endHosts();
    });
  }
  let run: Run;
  try {
    run = await measure();
  } catch (error) {
    if (process.exitCode === interrupted) return;
    throw error;
  } finally {
    await endHosts();
  }
  console.log(summary(run));
  const whole = !options.quick && options.only === undefined && options.contestants === undefined;
  const out = options.out ?? (whole ? `${packageRoot}/docs/performance.json` : undefined);
  if (out === undefined) return;
  writeFileSync(out, `${JSON.stringify(run)}\n`);
  render(out);
}

if (positionals[0] === 'agent') await agent();
else if (options.help) console.log(help);
else if (options.render !== undefined) render(options.render);
else await main();
