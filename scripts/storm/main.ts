// The kill storm: SIGKILL at random times for up, down, exec and supervisors. The program compares the host after the
// next command, and measures the duration of the recovery.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { startCtr } from '../../rig/ctr.ts';
import { type Dice, dice } from '../../rig/dice.ts';
import { differences, inWords } from '../../rig/differences.ts';
import { failureOf } from '../../rig/failure-of.ts';
import { inPrivateHosts, spoilt, workerOptions } from '../../rig/in-private-hosts.ts';
import { type Life, lifeOf } from '../../rig/lives.ts';
import { processes } from '../../rig/processes.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { quantile } from '../../rig/statistics.ts';
import { supervisors } from '../../rig/supervisors.ts';

const usage = `usage: npm run storm -- [option…]
  --rounds N    how many kills (200)
  --seed N      what the dice begin with (the time of day); printed, so that it can be given again
  --jobs N      sandbox hosts side by side (the number of processors)
  --json        the figures as JSON
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    jobs: { type: 'string', default: String(cpus().length) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    ...workerOptions,
  },
});

const targets = ['up', 'up -d', 'down', 'exec', 'supervisor', 'unshare', 'first process'] as const;
type Target = (typeof targets)[number];

interface Round {
  readonly index: number;
  readonly target: Target;
  /** Milliseconds after the start, or 0 for a run that was already up. */
  readonly at: number;
  readonly next: string;
  /** Whether the kill left something to recover from. */
  readonly struck: boolean;
  readonly recoveryMs: number;
  readonly wrong: string;
  readonly residue: string;
}

const up = (life: Life) => life.stages[0] ?? [];
/** Starts ctr and kills it after a time. */
async function killed(args: readonly string[], afterMs: number): Promise<void> {
  const running = startCtr(['-q', ...args]);
  // Waits for the exit, not for the end of the output: processes that exec has started may hold the pipe until `down`.
  const ended = new Promise((resolve) => running.once('exit', resolve));
  await sleep(afterMs);
  running.kill('SIGKILL');
  await ended;
}

/** Kills the unshare(1) process of a running run, or the first process of its container. */
function strike(target: Target): void {
  const isIt = ([first, second, ...more]: readonly string[]) =>
    target === 'unshare'
      ? first === 'unshare' && more.includes('--kill-child')
      : first === 'sleep' && second === '600';
  const pids =
    target === 'supervisor'
      ? supervisors()
      : processes().flatMap(({ pid, words }) => (isIt(words) ? [pid] : []));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** The usual duration of each verb. */
async function usual(
  life: Life,
): Promise<Readonly<Record<'up' | 'up -d' | 'down' | 'exec', number>>> {
  const timed = async (...args: string[]) => {
    const began = performance.now();
    const wrong = await failureOf(...args);
    if (wrong !== '') throw new Error(wrong);
    return performance.now() - began;
  };
  return {
    up: await timed(...up(life).filter((word) => word !== '-d' && word !== '600'), '0'),
    'up -d': await timed(...up(life)),
    exec: await timed('exec', life.name, '--', 'sleep', '0.1'),
    down: await timed('down', life.name),
  };
}

async function round(
  index: number,
  life: Life,
  durations: Awaited<ReturnType<typeof usual>>,
  base: string,
): Promise<Round> {
  const d: Dice = dice(Number(values.seed) + index);
  const target = d.pick(targets);
  const within = (ms: number) => d.below(Math.ceil(ms * 1.1));
  let at = 0;
  let wrong = '';
  const command = up(life).filter((word) => word !== '-d');
  switch (target) {
    case 'up':
      at = within(durations.up);
      await killed([...command.slice(0, -1), d.pick(['0', '0.1'])], at);
      break;
    case 'up -d':
      at = within(durations['up -d']);
      await killed(up(life), at);
      break;
    case 'down':
    case 'exec': {
      wrong += await failureOf(...up(life));
      at = within(durations[target]);
      const inside = ['exec', life.name, '--', 'sleep', '600'];
      await killed(target === 'down' ? ['down', life.name] : inside, at);
      break;
    }
    default:
      wrong += await failureOf(...up(life));
      strike(target);
  }
  const struck = (await snapshot()) !== base;
  // A run that is up survives the kill of ctr, so only `down` ends it.
  const rests = target === 'up' ? [['ps'], ['gc'], ['down', life.name]] : [['down', life.name]];
  const next = d.pick(rests);
  const began = performance.now();
  wrong += await failureOf(...next);
  const recoveryMs = Math.round(performance.now() - began);
  const now = await snapshot();
  const residue = now === base ? '' : differences(base, now).map(inWords).join('\n');
  wrong += await failureOf('down', life.name);
  return { index, target, at, next: next.join(' '), struck, recoveryMs, wrong, residue };
}

async function worker(job: number): Promise<void> {
  assertSandbox();
  const life = await lifeOf('tutorial', 'detached', 'staged');
  const base = await snapshot();
  const durations = await usual(life);
  for (let index = job; index < Number(values.rounds); index += Number(values.jobs)) {
    if (index < Number(values.from)) continue;
    const played = await round(index, life, durations, base);
    process.stdout.write(`${JSON.stringify(played)}\n`);
    if (played.residue + played.wrong === '') continue;
    process.exitCode = spoilt;
    return;
  }
}

async function main(): Promise<void> {
  const began = performance.now();
  const rounds: Round[] = [];
  // All hosts use the same seed.
  const words = ['--seed', values.seed, '--jobs', values.jobs];
  await inPrivateHosts<Round>(Number(values.jobs), words, (one) => {
    rounds.push(one);
    if (one.residue + one.wrong === '') return;
    console.error(
      `✘ ${one.index}: ${one.target} killed after ${one.at} ms, then ctr ${one.next}\n${one.wrong}${one.residue}`,
    );
  });
  const recovery = rounds.filter((one) => one.struck).map((one) => one.recoveryMs);
  const within = (share: number) => Math.round(quantile(recovery, share));
  const figures = {
    kills: rounds.length,
    ...Object.fromEntries(
      targets.map((target) => [
        `of ${target}`,
        rounds.filter((one) => one.target === target).length,
      ]),
    ),
    'that left something': recovery.length,
    'residues after the next command': rounds.filter((one) => one.residue !== '').length,
    'wrong exit codes': rounds.filter((one) => one.wrong !== '').length,
    'recovery, median ms': within(0.5),
    'recovery, 95 of 100 within ms': within(0.95),
    seed: Number(values.seed),
    seconds: Math.round((performance.now() - began) / 1000),
  };
  if (values.json) console.log(JSON.stringify(figures));
  else
    for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(34)}${value}`);
  const failed = rounds.some((one) => one.residue + one.wrong !== '');
  process.exitCode = failed || rounds.length !== Number(values.rounds) ? 1 : 0;
}

if (values.help) console.log(usage);
else if (values.worker === undefined) await main();
else await worker(Number(values.worker));
