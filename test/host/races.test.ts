import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { processOf } from '../../rig/processes.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { median } from '../../rig/statistics.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { sleep } from '../../src/exec/processes.ts';
import { isHostFree, isLocked } from '../support/locks.ts';
import { full, record } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(() => shop.remove());

/** A config with any free address of the shared network. */
function lab(name: string, command: readonly string[] = ['sleep', '600']): string {
  return shop.config(name, {
    version: 1,
    name,
    networks: {
      lab: {
        bridge: { name: 'ctr0' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: { one: { rootfs: './labex', command, interfaces: [{ network: 'lab' }] } },
  });
}

interface Ended {
  readonly what: string;
  readonly code: number | undefined;
  readonly killed: boolean;
  readonly stuck: boolean;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

async function timed(args: readonly string[], killAfterMs?: number): Promise<Ended> {
  const began = performance.now();
  const running = startCtr(args);
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => running.kill('SIGKILL'), killAfterMs);
  const ended = await running;
  clearTimeout(timer);
  return {
    what: args.join(' '),
    code: ended.exitCode,
    killed: ended.signal === 'SIGKILL' && !ended.timedOut,
    stuck: ended.timedOut,
    out: String(ended.stdout),
    err: String(ended.stderr),
    ms: performance.now() - began,
  };
}

/** The allowed exit codes for concurrent commands: neither a bug, nor leftovers, nor a timeout. */
const allowed: Readonly<Record<string, readonly number[]>> = {
  up: [0, 4, 9],
  down: [0, 2],
  exec: [0, 125, 137],
  ps: [0],
  gc: [0],
  check: [0, 2, 7],
  inspect: [0, 2],
};

function unexpected(all: readonly Ended[]): readonly Ended[] {
  return all.filter((one) => {
    if (one.killed) return false;
    const verb = one.what.split(' ').find((word) => word in allowed) ?? '';
    const fine = one.code !== undefined && allowed[verb]?.includes(one.code);
    return !fine || /File exists|\n +at /.test(one.err);
  });
}

interface Listed {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
}

/** The addresses of the running containers, from the kernel. */
async function addressesInside(): Promise<readonly string[]> {
  const all = JSON.parse((await ctr(['ps', '--json'])).out).containers as Listed[];
  const found = await Promise.all(
    all
      .filter(({ state }) => state === 'running')
      .map(({ pid }) =>
        sh(['nsenter', '--target', String(pid), '--net', 'ip', '-4', '-o', 'addr', 'show', 'eth0']),
      ),
  );
  return found.map(({ out }) => /inet (\S+)/.exec(out)?.[1] ?? '');
}

const pick = (below: number) => Math.floor(Math.random() * below);

/** Chooses three lives of a crowd at random. @returns when to kill the command of a life, if it is one of them. */
function victims(size: number, withinMs: number): (index: number) => number | undefined {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(3, size)) chosen.add(pick(size));
  return (index) => (chosen.has(index) ? Math.random() * withinMs : undefined);
}

const [lives, rounds] = full ? [50, 20] : [10, 2];

test(`${lives} runs come and go at once, three of them killed: no address twice, no rule lost, nothing left`, async () => {
  const before = await snapshot();
  let [commands, kills, duplicates, lost] = [0, 0, 0, 0];
  const waits: number[] = [];
  const wrong: Ended[] = [];
  const count = (all: readonly Ended[]) => {
    commands += all.length;
    kills += all.filter(({ killed }) => killed).length;
    waits.push(...all.map(({ ms }) => ms));
    wrong.push(...unexpected(all));
  };
  for (let round = 0; round < rounds; round += 1) {
    const names = Array.from({ length: lives }, (_, index) => `life${index}`);
    const files = names.map((name) => lab(name));
    const upVictims = victims(lives, 250 * lives);
    const ups = await Promise.all(
      files.map((file, index) => timed(['-q', 'up', '-d', file], upVictims(index))),
    );
    count(ups);
    const addresses = await addressesInside();
    duplicates += addresses.length - new Set(addresses).size;
    expect(addresses.length).toBeGreaterThanOrEqual(lives - 3);
    const alive = names.filter((_, index) => ups[index]?.code === 0);
    const checks = await Promise.all(alive.slice(0, 5).map((name) => timed(['check', name])));
    lost += checks.filter(({ code }) => code !== 0).length;
    // Runs all verbs concurrently on the same names.
    const mixVictims = victims(lives, 100 * lives);
    const mix = await Promise.all(
      names.map((name, index) => {
        const verbs = [
          ['-q', 'down', name],
          ['-q', 'up', '-d', files[index] ?? ''],
          ['exec', name, '--', 'true'],
          ['ps'],
          ['-q', 'down', names[pick(lives)] ?? ''],
          ['-q', 'gc'],
          ['inspect', name],
        ];
        return timed(verbs[pick(verbs.length)] ?? [], mixVictims(index));
      }),
    );
    count(mix);
    const again = await addressesInside();
    duplicates += again.length - new Set(again).size;
    const downVictims = victims(lives, 100 * lives);
    count(
      await Promise.all(
        names.map((name, index) => timed(['-q', 'down', name], downVictims(index))),
      ),
    );
    // Runs whose `down` was killed are still up.
    for (const args of [
      ['-q', 'gc'],
      ['-q', 'down', '--all'],
    ])
      expect((await ctr(args)).code).toBe(0);
    expect(differences(before, await snapshot())).toEqual([]);
  }
  const figures = {
    lives,
    rounds,
    commands,
    kills,
    duplicates,
    lost,
    wrong: wrong.length,
    stuck: wrong.filter(({ stuck }) => stuck).length,
    residues: 0,
    medianMs: Math.round(median(waits)),
    longestMs: Math.round(Math.max(...waits)),
  };
  console.log('races: crowd', JSON.stringify(figures));
  record('races-crowd', figures);
  expect(wrong).toEqual([]);
  expect({ duplicates, lost }).toEqual({ duplicates: 0, lost: 0 });
}, 3_600_000);

const pairs = full ? 100 : 4;

test(`of two that bring up one name at once, exactly one does, and the other is told (${pairs} times)`, async () => {
  const before = await snapshot();
  const file = lab('twin');
  const waits: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const both = await Promise.all([1, 2].map(() => timed(['-q', 'up', '-d', file])));
    const [winner, loser] = both[0]?.code === 0 ? both : both.toReversed();
    expect({ winner: winner?.code, err: winner?.err }).toEqual({ winner: 0, err: '' });
    expect([4, 9]).toContain(loser?.code);
    expect(loser?.err).toMatch(/a run named twin is already up|run twin is locked by process \d+/);
    waits.push(loser?.ms ?? 0);
    expect((await ctr(['check', 'twin'])).code).toBe(0);
    expect((await ctr(['-q', 'down', 'twin'])).code).toBe(0);
    expect(differences(before, await snapshot())).toEqual([]);
  }
  const figures = {
    pairs,
    medianMs: Math.round(median(waits)),
    longestMs: Math.round(Math.max(...waits)),
  };
  console.log('races: twins', JSON.stringify(figures));
  record('races-twins', figures);
}, 3_600_000);

const turns = full ? 100 : 4;

test(`up, down, up of one name without a pause (${turns} times)`, async () => {
  const before = await snapshot();
  const file = lab('again');
  for (let turn = 0; turn < turns; turn += 1) {
    for (const args of [
      ['up', '-d', file],
      ['down', 'again'],
      ['up', '-d', file],
      ['down', 'again'],
    ]) {
      const { code, err } = await ctr(args);
      expect({ args, code, exists: /File exists/.test(err), err }).toEqual({
        args,
        code: 0,
        exists: false,
        err,
      });
    }
  }
  expect(differences(before, await snapshot())).toEqual([]);
  console.log('races: again', JSON.stringify({ turns }));
  record('races-again', { turns });
}, 3_600_000);

/** Releases the host's lock, even if a test fails. */
let letGo = async () => undefined as unknown;
afterEach(() => letGo());

/** Holds the host's lock, as a ctr that changes the network does. */
async function holdTheHost(): Promise<void> {
  const holder = execa('sh', ['-c', 'mkdir -p /run/ctr; exec flock /run/ctr/lock cat']);
  letGo = async () => {
    holder.stdin.end();
    return await holder;
  };
  await until(async () => !(await isHostFree()));
}

test('up refuses a used name at once, even while another ctr changes the host', async () => {
  const before = await snapshot();
  const file = lab('twin');
  await holdTheHost();
  const first = timed(['-q', 'up', '-d', file]);
  await until(() => existsSync('/run/ctr/twin/lock'));
  await until(async () => await isLocked('/run/ctr/twin/lock'));
  const second = await timed(['up', '-d', file]);
  expect(second.code).toBe(9);
  expect(second.err).toMatch(/run twin is locked by process \d+/);
  expect(await isHostFree()).toBe(false);
  await letGo();
  expect((await first).code).toBe(0);
  expect((await ctr(['-q', 'down', 'twin'])).code).toBe(0);
  expect(differences(before, await snapshot())).toEqual([]);
});

test.each([['ps'], ['down', '--all'], ['gc']])(
  'what is left of the state directory when who made it or went last was killed goes with ctr %s',
  async (...words) => {
    for (const made of ['mkdir -m 700 /run/ctr', 'mkdir -m 700 /run/ctr && touch /run/ctr/lock']) {
      await sh(['sh', '-c', made]);
      expect((await ctr(words)).code).toBe(0);
      expect({ made, there: existsSync('/run/ctr') }).toEqual({ made, there: false });
    }
  },
);

test('a ctr that waits for the host’s lock can be interrupted, and has changed nothing', async () => {
  const before = await snapshot();
  await holdTheHost();
  const running = startCtr(['up', '-d', lab('patient')]);
  await until(() => existsSync('/run/ctr/patient'));
  running.kill('SIGINT');
  const ended = await running;
  expect(ended.exitCode).toBe(130);
  expect(ended.stderr).toContain('nothing was touched');
  expect(await isHostFree()).toBe(false);
  await letGo();
  expect((await ctr(['-q', 'gc'])).code).toBe(0);
  expect(differences(before, await snapshot())).toEqual([]);
});

test('the host is free for others while the command of a run goes on, and while it takes its time to end', async () => {
  const before = await snapshot();
  const slow = ['sh', '-c', 'trap "sleep 600; exit" TERM; while :; do sleep 0.1; done'];
  const running = startCtr(['--json', 'up', lab('slow', slow)]);
  let said = '';
  running.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until(() => said.includes('"event":"ready"'));
  // ctr releases the lock after a delay (docs/decisions/0018).
  await until(isHostFree);
  running.kill('SIGTERM');
  await until(() => processOf('sleep', '600') !== undefined);
  await until(isHostFree);
  const ending = processOf('sleep', '600') ?? Number.NaN;
  expect((await ctr(['-q', 'up', lab('quick', ['true'])])).code).toBe(0);
  process.kill(ending);
  expect((await running).exitCode).toBe(143);
  expect(differences(before, await snapshot())).toEqual([]);
});

test('down waits for a run that is on its way up, and takes it down', async () => {
  const before = await snapshot();
  const file = lab('early');
  for (let pause = 0; pause < 400; pause += full ? 10 : 80) {
    const up = timed(['-q', 'up', '-d', file]);
    await sleep(pause);
    const down = await timed(['-q', 'down', 'early']);
    // It ran completely before or after `down`, never partly.
    expect(unexpected([down])).toEqual([]);
    expect((await up).code).toBe(0);
    expect((await ctr(['-q', 'down', 'early'])).code).toBe(down.code === 0 ? 2 : 0);
    expect(differences(before, await snapshot())).toEqual([]);
  }
}, 1_200_000);

test('repair does not rebuild a run that is being taken down', async () => {
  const before = await snapshot();
  const file = lab('mended');
  // A waiting ctr tries every second, so a later one may get the lock first.
  for (const seconds of full ? [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2] : [1.2, 1.4]) {
    expect((await ctr(['-q', 'up', '-d', file])).code).toBe(0);
    await sh(['nft', 'flush', 'ruleset']);
    await holdTheHost();
    const free = sleep(1000 * seconds).then(letGo);
    const repair = timed(['-q', 'repair', 'mended']);
    await sleep(250);
    const down = await timed(['-q', 'down', 'mended']);
    expect({ seconds, code: down.code }).toEqual({ seconds, code: 0 });
    expect([0, 2, 4, 7]).toContain((await repair).code);
    await free;
    expect({ seconds, left: differences(before, await snapshot()) }).toEqual({ seconds, left: [] });
  }
}, 1_200_000);

test('exec refuses a container that is still coming up, and its process ends with the container', async () => {
  const before = await snapshot();
  const file = lab('brief');
  const seen = new Set<string>();
  for (let turn = 0; turn < (full ? 50 : 5); turn += 1) {
    const up = timed(['-q', 'up', '-d', file]);
    const early = await Promise.all(
      [0, 1, 2].map(async (nth) => {
        await sleep(100 + 60 * nth);
        return await timed(['exec', 'brief', '--', 'sh', '-c', 'ip addr show dev eth0 >/dev/null']);
      }),
    );
    expect((await up).code).toBe(0);
    const inside = ['sh', '-c', 'sleep 5'];
    const late = [0, 1, 2].map(async (nth) => {
      await sleep(40 * nth);
      return await timed(['exec', 'brief', '--', ...inside]);
    });
    await sleep(100);
    expect((await ctr(['-q', 'down', 'brief'])).code).toBe(0);
    const all = [...early, ...(await Promise.all(late))];
    expect(unexpected(all)).toEqual([]);
    for (const one of all) seen.add(`${one.code} ${/ctr: (.*)/.exec(one.err)?.[1] ?? ''}`.trim());
    expect(differences(before, await snapshot())).toEqual([]);
  }
  console.log('races: exec', JSON.stringify([...seen].sort()));
}, 1_200_000);
