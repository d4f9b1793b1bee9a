// The fault matrix: in each case one command of a run fails, hangs, is killed, prints wrong output or kills ctr, in a
// sandbox host. After each case the program checks the host and the messages of ctr.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import {
  inPrivateHost,
  inPrivateHosts,
  spoilt,
  workerOptions,
} from '../../rig/in-private-hosts.ts';
import {
  type LifeName,
  lifeNames,
  lifeOf,
  type PlanName,
  planNames,
  type StyleName,
} from '../../rig/lives.ts';
import { installShims, type Mode, modes } from '../../rig/shims.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { callsOf, casesOf, type Group, groups, type Recorded } from './cases.ts';
import { type Defect, record, trial } from './trial.ts';

const usage = `usage: npm run matrix -- [option…]
  --plan ${planNames.join('|')}          what is brought up (tutorial)
  --life ${lifeNames.join('|')}  how (foreground)
  --one-by-one                  every command in a process of its own
  --fast                        the fast plan
  --group ${groups.join('|')}   which faults, several times (all)
  --mode MODE                   only this one, several times: ${modes.join(' ')}
  --only TEXT                   only commands that hold this text
  --sample N                    every N-th case (1)
  --jobs N                      sandbox hosts side by side (the number of processors)
  --json                        the figures as JSON
`;

const { values } = parseArgs({
  options: {
    plan: { type: 'string', default: 'tutorial' },
    life: { type: 'string', default: 'foreground' },
    'one-by-one': { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    group: { type: 'string', multiple: true, default: [...groups] },
    mode: { type: 'string', multiple: true, default: [...modes] },
    only: { type: 'string', default: '' },
    sample: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(cpus().length) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    ...workerOptions,
    calls: { type: 'string' },
  },
});

const style: StyleName = values['one-by-one'] ? 'one-by-one' : values.fast ? 'fast' : 'staged';

interface Result {
  readonly index: number;
  readonly group: string;
  readonly mode: Mode;
  readonly what: string;
  readonly defects: readonly Defect[];
}
interface Plan {
  readonly cases: number;
  readonly changes: number;
  readonly undos: number;
  readonly reads: number;
}

function isNotReached(defects: readonly Defect[]): boolean {
  return defects.length > 0 && defects.every(({ kind }) => kind === 'not reached');
}

/** Runs the cases. Exits with `spoilt` after a case that left something, so that the next case gets a new host. */
async function worker(job: number): Promise<void> {
  assertSandbox();
  const jobs = Number(values.jobs);
  const life = await lifeOf(values.plan as PlanName, values.life as LifeName, style);
  // The others only read with nft, and what fails there is no command of theirs.
  await installShims(undefined, values.plan.startsWith('nftables') ? ['nft'] : []);
  const base = await snapshot();
  // The calls may differ slightly between runs, so all hosts use the same list.
  if (values.calls === undefined) {
    process.stdout.write(JSON.stringify(await record(life, base)));
    return;
  }
  const calls = callsOf(JSON.parse(readFileSync(values.calls, 'utf8')) as Recorded);
  const sampled = casesOf(calls, values.group as Group[], values.mode as Mode[])
    .filter((one) => one.what.includes(values.only))
    // The remainder shifts, so that the sample has other commands for each mode.
    .filter((_, index) => (index + Math.floor(index / modes.length)) % Number(values.sample) === 0);
  const say = (value: Plan | Result) => process.stdout.write(`${JSON.stringify(value)}\n`);
  say({
    cases: sampled.length,
    changes: calls.filter((call) => !call.read && !call.undo).length,
    undos: calls.filter((call) => !call.read && call.undo).length,
    reads: calls.filter((call) => call.read).length,
  });
  for (const [index, one] of sampled.entries()) {
    if (index < Number(values.from) || index % jobs !== job) continue;
    let defects = await trial(life, one, index, base);
    for (let again = 0; again < 2 && isNotReached(defects); again += 1) {
      defects = await trial(life, one, index, base);
    }
    say({ index, group: one.group, mode: one.first.mode, what: one.what, defects });
    if (defects.some((defect) => defect.kind !== 'not reached')) {
      process.exitCode = spoilt;
      return;
    }
  }
}

const kinds = ['residue', 'code', 'message', 'not reached'] as const;

function figures(results: readonly Result[]) {
  const names = [...new Set(results.map((one) => one.group))];
  const of = (some: readonly Result[]) => [
    some.length,
    ...kinds.map(
      (kind) => some.filter((one) => one.defects.some((defect) => defect.kind === kind)).length,
    ),
  ];
  return [
    ...names.map((name) => [name, ...of(results.filter((one) => one.group === name))] as const),
    ['total', ...of(results)] as const,
  ];
}

async function main(): Promise<void> {
  const began = performance.now();
  const results: Result[] = [];
  let plan: Plan | undefined;
  const see = (value: Plan | Result) => {
    if (!('index' in value)) {
      plan = value;
      return;
    }
    results.push(value);
    for (const { kind, text } of value.defects) {
      if (kind === 'not reached') continue;
      console.error(`✘ ${value.index} ${value.group}: ${value.what}\n  ${kind}: ${text}\n`);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${results.length}/${plan?.cases ?? '?'} `);
  };
  const directory = mkdtempSync(join(tmpdir(), 'ctr-matrix-'));
  try {
    const calls = join(directory, 'calls');
    writeFileSync(calls, await inPrivateHost('--worker', '0'));
    const words = ['--calls', calls, '--jobs', values.jobs];
    await inPrivateHosts(Number(values.jobs), words, see);
  } finally {
    rmSync(directory, { recursive: true });
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const rows = figures(results);
  const head = ['fault', 'cases', 'residues', 'wrong codes', 'untrue messages', 'not reached'];
  if (values.json) {
    const total = Object.fromEntries(
      head.slice(1).map((name, at) => [name, rows.at(-1)?.[at + 1]]),
    );
    console.log(JSON.stringify({ ...plan, ...total, seconds }));
  } else {
    const { plan: name, life } = values;
    console.log(
      `${name}, ${life}, ${style}: ${plan?.changes} commands, ${plan?.undos} undos, ${plan?.reads} reads`,
    );
    for (const row of [head, ...rows]) {
      console.log(
        row
          .map((cell, at) => (at === 0 ? String(cell).padEnd(20) : String(cell).padStart(17)))
          .join(''),
      );
    }
    console.log(`${seconds} s`);
  }
  const failed = results.some((one) => one.defects.some(({ kind }) => kind !== 'not reached'));
  process.exitCode = failed || results.length !== plan?.cases ? 1 : 0;
}

if (values.help) console.log(usage);
else if (values.worker === undefined) await main();
else await worker(Number(values.worker));
