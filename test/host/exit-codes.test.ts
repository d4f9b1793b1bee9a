import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { isRunning, processes } from '../../rig/processes.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { sleep } from '../../src/exec/processes.ts';
import { deadlySignals, writeDeadly } from '../support/deadly.ts';
import { full, record } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  for (const signal of deadlySignals) writeDeadly(join(shop.rootfs, signal), signal);
});
afterAll(() => shop.remove());

const codes = full
  ? Array.from({ length: 256 }, (_, code) => code)
  : [0, 1, 2, 125, 126, 127, 137, 255];

/** The signals whose default action ends the process (signal(7)). */
const deadly = Object.entries(constants.signals)
  .filter(([name]) => !/CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|STKFLT|IOT|POLL|UNUSED/.test(name))
  .map(([name, number]) => ({ name, number }));

function lab(name: string): string {
  return shop.config(name, {
    version: 1,
    name,
    networks: {
      lab: {
        bridge: { name: 'ctr0' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: { one: { rootfs: './labex', interfaces: [{ network: 'lab' }] } },
  });
}

/** Executes another program first, since busybox's shell ignores SIGQUIT. */
function killedBy(signal: number): string {
  return `(sleep 0.05; kill -${signal} $$) & exec sleep 60`;
}

/** A command and its expected exit code. */
interface Case {
  readonly command: readonly string[];
  readonly code: number;
}

const plain: readonly Case[] = [
  ...codes.map((code) => ({ command: ['sh', '-c', `exit ${code}`], code })),
  // If a signal ends a child of the first process, that process chooses the exit code.
  ...deadly.map(({ number }) => ({
    command: ['sh', '-c', `sh -c '${killedBy(number)}'; exit $?`],
    code: 128 + number,
  })),
  // The message by which ctr recognises that an old unshare has lost its child is not sufficient.
  {
    command: [
      'sh',
      '-c',
      'echo "unshare: sigprocmask unblock failed: Invalid argument" >&2; exit 1',
    ],
    code: 1,
  },
  { command: ['/nowhere'], code: 127 },
];
const firstProcess: readonly Case[] = deadlySignals.map((signal) => ({
  command: [`/${signal}`],
  code: 128 + constants.signals[signal],
}));

/** Runs two cases at a time, since the host's lock allows no more. @returns the cases with other exit codes. */
async function wrong(
  cases: readonly Case[],
  run: (one: Case, name: string) => Promise<number | undefined>,
) {
  const found: (Case & { readonly got: number | undefined })[] = [];
  const queue = [...cases];
  const work = async (name: string) => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const got = await run(one, name);
      if (got !== one.code) found.push({ ...one, got });
    }
  };
  await Promise.all(['left', 'right'].map(work));
  return found;
}

const counted: Record<string, number> = {};
afterAll(() => {
  console.log('exit codes:', JSON.stringify(counted));
  record('exit-codes', counted);
});

test('up exits with the exit code of the command', async () => {
  const before = await snapshot();
  const cases = [...plain.filter(({ code }) => code !== 127), ...firstProcess];
  const ran = async (one: Case, name: string) =>
    (await ctr(['-q', 'up', lab(name), '--', ...one.command])).code;
  expect(await wrong(cases, ran)).toEqual([]);
  counted.up = cases.length;
  expect(differences(before, await snapshot())).toEqual([]);
}, 1_200_000);

async function exitCodeInspected(name: string): Promise<number | undefined> {
  const asked = await ctr(['--json', 'inspect', name]);
  if (asked.code !== 0) return undefined;
  return JSON.parse(asked.out).containers[0].exit_code ?? undefined;
}

test('inspect shows the exit code of a detached run', async () => {
  const before = await snapshot();
  const cases = [...plain.filter(({ code }) => code !== 127), ...firstProcess];
  const ran = async (one: Case, name: string) => {
    expect(await ctr(['-q', 'up', '-d', lab(name), '--', ...one.command])).toEqual({
      code: 0,
      out: `${name}\n`,
      err: '',
    });
    let code: number | undefined;
    await until(async () => {
      code = await exitCodeInspected(name);
      return code !== undefined;
    }).catch(() => undefined);
    return code;
  };
  expect(await wrong(cases, ran)).toEqual([]);
  counted.detached = cases.length;
  // ctr records the exit code before the supervisor cleans up.
  const kept = async () => /ended .*\n *exit code +\d+/.test((await ctr(['inspect', 'left'])).out);
  await until(kept);
  // `down` removes the recorded exit code with the run.
  for (const name of ['left', 'right']) await ctr(['-q', 'down', name]);
  expect((await ctr(['inspect', 'left'])).code).toBe(2);
  expect(differences(before, await snapshot())).toEqual([]);
}, 1_200_000);

test('exec exits with the exit code of the command', async () => {
  const before = await snapshot();
  expect((await ctr(['-q', 'up', '-d', lab('stays'), '--', 'sleep', '600'])).code).toBe(0);
  const own = deadly.map(({ number }) => ({
    command: ['sh', '-c', killedBy(number)],
    code: 128 + number,
  }));
  const cases = [...plain, ...own, ...firstProcess];
  const ran = async (one: Case) => (await ctr(['exec', 'stays', '--', ...one.command])).code;
  expect(await wrong(cases, ran)).toEqual([]);
  counted.exec = cases.length;
  expect((await ctr(['-q', 'down', 'stays'])).code).toBe(0);
  expect(differences(before, await snapshot())).toEqual([]);
}, 1_200_000);

async function firstPid(name: string): Promise<number> {
  const all = JSON.parse((await ctr(['ps', '--json'])).out).containers as {
    name: string;
    state: string;
    pid: number | null;
  }[];
  return all.find((one) => one.name === name && one.state === 'running')?.pid ?? 0;
}

test('down deletes the exit code of a run, even if the run ends at that moment', async () => {
  for (const pause of [0, 40, 80, 160, 400]) {
    await ctr(['-q', 'up', '-d', lab('stays'), '--', 'sleep', '600']);
    process.kill(await firstPid('stays'), 'SIGKILL');
    await sleep(pause);
    expect((await ctr(['-q', 'down', 'stays'])).code).toBe(0);
    expect({ pause, there: existsSync('/run/ctr') }).toEqual({ pause, there: false });
  }
});

test('a container that is killed from outside has the exit code of SIGKILL', async () => {
  const before = await snapshot();
  const running = startCtr(['-q', 'up', lab('stays'), '--', 'sleep', '600']);
  await until(async () => (await firstPid('stays')) > 0);
  process.kill(await firstPid('stays'), 'SIGKILL');
  expect((await running).exitCode).toBe(137);

  await ctr(['-q', 'up', '-d', lab('stays'), '--', 'sleep', '600']);
  process.kill(await firstPid('stays'), 'SIGKILL');
  let code: number | undefined;
  await until(async () => {
    code = await exitCodeInspected('stays');
    return code !== undefined;
  });
  expect(code).toBe(137);
  expect((await ctr(['-q', 'gc'])).code).toBe(0);
  expect((await ctr(['inspect', 'stays'])).code).toBe(2);
  expect(differences(before, await snapshot())).toEqual([]);
});

/** The supervisors of detached runs that are cleaning up. */
function cleaningUp(): readonly string[] {
  return processes().flatMap(({ words }) =>
    words.at(-2) === 'recover' ? (words.at(-1) ?? []) : [],
  );
}

test('supervisors of runs that end at the same time do not wait for each other', async () => {
  const before = await snapshot();
  const names = ['left', 'right'];
  for (const name of names) await ctr(['-q', 'up', '-d', lab(name), '--', 'sleep', '600']);
  const pids = await Promise.all(names.map(firstPid));
  // While another process holds the lock, both runs end, so each supervisor finds the other's run dead.
  const holder = spawn('flock', ['/run/ctr/lock', 'sleep', '600'], { detached: true });
  await until(
    () =>
      isRunning('sleep', '600') && processes().some(({ words }) => words[1] === '/run/ctr/lock'),
  );
  await sleep(100);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until(() => cleaningUp().length === 2);
  await sleep(1000);
  process.kill(-(holder.pid ?? 0), 'SIGKILL');
  const gone = () => names.every((name) => !existsSync(`/run/ctr/${name}`));
  await until(gone);
  const began = performance.now();
  await until(() => cleaningUp().length === 0);
  // Less than the thirty seconds after which a supervisor stops waiting for another one.
  expect(performance.now() - began).toBeLessThan(15_000);
  for (const name of names) expect((await ctr(['-q', 'down', name])).code).toBe(0);
  expect(differences(before, await snapshot())).toEqual([]);
});

test('down and gc wait for the supervisor of a run that has just ended', async () => {
  for (const verb of [['down', 'stays'], ['gc']]) {
    await ctr(['-q', 'up', '-d', lab('stays'), '--', 'true']);
    await until(() => existsSync('/run/ctr/.ended/stays/exits'));
    expect((await ctr(['-q', ...verb])).code).toBe(0);
    expect({ verb, still: cleaningUp() }).toEqual({ verb, still: [] });
  }
});
