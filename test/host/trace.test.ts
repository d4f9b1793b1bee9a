import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { runner } from '../../src/exec/runner.ts';
import type { Results } from '../../src/json/results.ts';
import { departures, readSettled, worldPid } from '../../src/snapshot/index.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';

type Traced = Results['trace'];
type Hop = NonNullable<Traced['walk']>['hops'][number];

const target = '203.0.113.80';
const inside = '192.168.0.100';
const outside = '198.51.100.2';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let pid: number;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '1000'] }));
  expect((await ctr(['-q', 'up', '-d', file])).code).toBe(0);
  const { containers } = JSON.parse((await ctr(['--json', 'inspect', 'labex'])).out);
  pid = containers[0].pid;
  // Neighbours are known from here on.
  await trace([target]);
});
afterAll(async () => {
  await ctr(['-q', 'down', 'labex']);
  shop.remove();
});

async function trace(
  words: readonly string[],
): Promise<{ readonly ran: Ran; readonly said: Traced }> {
  const ran = await ctr(['--json', 'trace', 'labex', ...words]);
  return { ran, said: JSON.parse(ran.out) as Traced };
}

function hopsOf({ walk }: Traced): readonly Hop[] {
  return walk?.hops ?? [];
}

function way(said: Traced): readonly string[] {
  return hopsOf(said).map(({ place, hook, in: from, out: to, header, leaves }) => {
    const { source, destination, ttl } = leaves ?? header;
    return [place, hook, from, to, source, destination, ttl].join(' ');
  });
}

function at(said: Traced, place: string, hook: string, direction: string): readonly Hop[] {
  return hopsOf(said).filter(
    (hop) => hop.place === place && hop.hook === hook && hop.direction === direction,
  );
}

/** What acceptance asks of a healthy walk. */
function expectHealthy(said: Traced): void {
  expect(said.arrives).toBe(true);
  const there = hopsOf(said).filter(({ direction }) => direction === 'there');
  const back = hopsOf(said).filter(({ direction }) => direction === 'back');
  const ttls = (hops: readonly Hop[]) => hops.map(({ header }) => header.ttl);
  for (const hops of [there, back]) {
    const forward = hops.findIndex(({ hook }) => hook === 'forward');
    expect(forward).toBeGreaterThan(0);
    expect(new Set(ttls(hops).slice(0, forward))).toEqual(new Set([64]));
    expect(new Set(ttls(hops).slice(forward))).toEqual(new Set([63]));
  }
  const translated = there.findIndex(({ leaves }) => leaves !== undefined);
  expect(there[translated]).toMatchObject({ place: 'host', hook: 'postrouting' });
  expect(there[translated]?.rules.at(-1)?.line).toBe(
    '-A POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment "ctr:ctr0" -j MASQUERADE',
  );
  for (const [index, { header }] of there.entries()) {
    expect(header.source).toBe(index <= translated ? inside : outside);
  }
  const restored = back.findIndex(({ leaves }) => leaves !== undefined);
  expect(back[restored]).toMatchObject({ place: 'host', hook: 'prerouting', rules: [] });
  for (const [index, { header }] of back.entries()) {
    expect(header.destination).toBe(index <= restored ? outside : inside);
  }
  expect(there[0]).toMatchObject({ place: 'container labex', hook: 'output' });
  expect(there.at(-1)).toMatchObject({ place: 'world', hook: 'input' });
  expect(back[0]).toMatchObject({ place: 'world', hook: 'output' });
  expect(back.at(-1)).toMatchObject({ place: 'container labex', hook: 'input' });
}

async function state(): Promise<Snapshot> {
  return await readSettled(runner, { containers: new Map([['labex', pid]]), world: worldPid() });
}

async function isClean(): Promise<boolean> {
  const places = ['self', String(pid), String(worldPid())];
  for (const place of places) {
    const enter = place === 'self' ? [] : ['nsenter', '--target', place, '--net'];
    if ((await sh([...enter, 'nft', 'list', 'tables'])).out.includes('ctr_trace')) return false;
  }
  return (await sh(['ps', '-C', 'nft', '-o', 'pid='])).out.trim() === '';
}

test('an ordinary user sees every hop there and back, with what changes where', async () => {
  const state = join(shop.directory, 'state');
  mkdirSync(state);
  const program = copyOfCtr(shop.directory);
  for (const path of [shop.directory, file]) chmodSync(path, 0o755);
  await sh(['chown', '-R', String(userId), shop.directory]);
  const own = shop.config('own', tutorial({ host_name: 'own', command: ['sleep', '100'] }));
  chmodSync(own, 0o644);
  const user = async (words: readonly string[]) =>
    await sh([...asUser, 'env', `CTR_STATE_DIR=${state}`, ...program, ...words]);
  expect((await user(['-q', 'up', '-d', own])).code).toBe(0);
  try {
    const ran = await user(['--json', 'trace', 'own', target]);
    expect(ran.code).toBe(0);
    const said = JSON.parse(ran.out.replaceAll('container own', 'container labex')) as Traced;
    expectHealthy(said);
    const shown = await user(['trace', 'own', 'downloads.example']);
    expect(shown.out).toContain('made by step masquerade');
    expect(shown.out).toContain('✔ answered');
    for (const line of shown.out.split('\n')) expect([...line].length).toBeLessThan(80);
  } finally {
    await user(['-q', 'down', 'own']);
  }
});

test('a trace leaves the state of every namespace as it was', async () => {
  const before = await state();
  const { said } = await trace([target]);
  expectHealthy(said);
  expect(departures(before, await state())).toEqual([]);
  expect(await isClean()).toBe(true);
});

test('killed at ten instants, it leaves nothing for one further command', async () => {
  const before = await state();
  for (let instant = 1; instant <= 10; instant += 1) {
    const running = startCtr(['trace', 'labex', '192.168.0.77']);
    await sleep(instant * 90);
    running.kill('SIGKILL');
    await running;
    await ctr(['ps']);
    await until(isClean, 2000);
    expect([instant, departures(before, await state())]).toEqual([instant, []]);
  }
});

test('ten other pings at once do not disturb it', async () => {
  const quiet = way((await trace([target])).said);
  const enter = ['nsenter', '--target', String(pid), '--net'];
  const others = Array.from({ length: 10 }, (_, index) =>
    sh([...(index % 2 === 0 ? enter : []), 'ping', '-q', '-i', '0.02', '-w', '4', target]),
  );
  await sleep(200);
  const { said } = await trace([target]);
  expectHealthy(said);
  expect(way(said)).toEqual(quiet);
  await Promise.all(others);
});

test('TCP to an open, a closed and a filtered port: three answers', async () => {
  await sh(['iptables', '-I', 'FORWARD', '-p', 'tcp', '--dport', '82', '-j', 'DROP']);
  try {
    const open = await trace([`${target}:80`]);
    const closed = await trace([`${target}:81`]);
    const filtered = await trace([`${target}:82`]);
    expect([open, closed, filtered].map(({ ran }) => ran.code)).toEqual([0, 7, 7]);
    expect(open.said.walk?.outcome.kind).toBe('answered');
    expect(closed.said.walk?.outcome.kind).toBe('refused');
    expect(closed.said.diagnosis.finding?.cause).toBe('target-closed');
    expect(at(closed.said, 'world', 'input', 'there')).toHaveLength(1);
    expect(filtered.said.walk?.outcome.kind).toBe('silent');
    expect(hopsOf(filtered.said).at(-1)?.dropped?.line).toBe(
      '-A FORWARD -p tcp -m tcp --dport 82 -j DROP',
    );
    expect(filtered.said.diagnosis.finding?.cause).toBe('forward-rule');
  } finally {
    await sh(['iptables', '-D', 'FORWARD', '-p', 'tcp', '--dport', '82', '-j', 'DROP']);
  }
});

test('UDP to a server, to nobody and to a filtered port: three answers', async () => {
  await sh(['iptables', '-I', 'FORWARD', '-p', 'udp', '--dport', '82', '-j', 'REJECT']);
  try {
    const open = await trace([`${target}:53`, '--protocol', 'udp']);
    const closed = await trace([`${target}:81`, '--protocol', 'udp']);
    const filtered = await trace([`${target}:82`, '--protocol', 'udp']);
    expect([open, closed, filtered].map(({ ran }) => ran.code)).toEqual([0, 7, 7]);
    expect(closed.said.walk?.outcome.kind).toBe('refused');
    expect(filtered.said.walk?.outcome).toEqual({
      kind: 'unreachable',
      by: '192.168.0.1',
      type: 3,
      code: 3,
    });
  } finally {
    await sh(['iptables', '-D', 'FORWARD', '-p', 'udp', '--dport', '82', '-j', 'REJECT']);
  }
});

test('a rule of the other iptables is not seen, but where the packet ends is', async () => {
  await sh(['iptables-legacy', '-I', 'FORWARD', '-s', inside, '-j', 'DROP']);
  try {
    const { ran, said } = await trace([target]);
    expect(ran.code).toBe(7);
    expect(hopsOf(said).at(-1)).toMatchObject({ place: 'host', hook: 'forward', lost: true });
    expect(said.diagnosis.finding?.cause).toBe('forward-rule');
  } finally {
    await sh(['iptables-legacy', '-D', 'FORWARD', '-s', inside, '-j', 'DROP']);
  }
});

test('the words for targets, and a name without an address', async () => {
  expect((await trace(['gateway'])).said.to).toBe('192.168.0.1');
  expect((await trace(['world'])).said.to).toBe(target);
  expect((await trace(['labex', '--from', 'host'])).said.to).toBe(inside);
  const { ran, said } = await trace(['nobody.example']);
  expect(ran.code).toBe(7);
  expect(said.walk).toBeNull();
  expect(said.diagnosis.finding?.cause).toBe('name-unknown');
  expect((await ctr(['trace', 'labex', 'not/a/target'])).code).not.toBe(0);
});
