import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { results } from '../../src/json/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let host: PrivateHost;
let before: string;

/** Whether this root may use tracefs at all: the sandbox of an ordinary user may not. */
const mayTrace = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[1] === '0';

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(() => shop.remove());
beforeEach(async () => {
  await abandoned();
  host = await privateHost();
  before = await snapshot(host.enter);
  const file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
  expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
});
afterEach(async () => {
  await host.ctr('-q', 'down', 'labex');
  expect(await snapshot(host.enter)).toBe(before);
  host.end();
});

const everywhere =
  'mount -t tracefs tracefs /sys/kernel/tracing && cd /sys/kernel/tracing/instances';

/** Whether these instances of tracefs are there; whoever else works on this machine may have others. */
async function thereOf(names: string): Promise<boolean> {
  const list = `${everywhere} && ls -d ${names}`;
  return (await sh(['unshare', '--mount', 'sh', '-c', list])).code === 0;
}

/** The instances of this private host, by their marks. */
async function marked(): Promise<string> {
  return (await host.run('sh', '-c', 'cd /run/ctr-trace && echo *')).out.trim();
}

/** Removes instances that nobody holds open, and tells their names. */
async function abandoned(): Promise<string> {
  const script = `${everywhere} && for one in ctr-trace-*; do rmdir "$one" 2>/dev/null && echo "$one"; done`;
  return (await sh(['unshare', '--mount', 'sh', '-c', script])).out;
}

interface Heard {
  readonly asked: boolean;
  readonly end?: string;
  readonly reason?: string;
  readonly errno?: number;
  readonly place?: string;
  readonly packet?: string;
  readonly verdict?: string;
  readonly sure?: boolean;
  readonly says?: readonly { readonly en: string }[];
  readonly events?: readonly { readonly event: string; readonly role: string }[];
}

async function traced(
  ...words: readonly string[]
): Promise<{ readonly code: number | undefined; readonly kernel: Heard }> {
  const ran = await host.ctr('--json', 'trace', '--kernel', 'labex', ...words);
  const said = JSON.parse(ran.out);
  expect(z.safeParse(results.trace as z.core.$ZodType, said)).toMatchObject({ success: true });
  return { code: ran.code, kernel: said.kernel };
}

const dropAll =
  "nft 'add table inet firewall; add chain inet firewall f { type filter hook forward priority 0; policy drop; }'";

const faults: readonly [name: string, fault: string, mend: string, target: string, end: Heard][] = [
  [
    'a closed port',
    ':',
    ':',
    'gateway:99',
    {
      asked: true,
      end: 'dropped',
      reason: 'NO_SOCKET',
      place: 'host',
      packet: 'probe',
      sure: true,
    },
  ],
  [
    'a firewall',
    dropAll,
    'nft delete table inet firewall',
    '203.0.113.80',
    {
      asked: true,
      end: 'dropped',
      reason: 'NETFILTER_DROP',
      place: 'host',
      packet: 'probe',
      sure: true,
    },
  ],
  [
    'a missing route of the host',
    'ip route del default',
    'ip route add default via 198.51.100.1 dev wan0',
    '203.0.113.80',
    {
      asked: true,
      end: 'dropped',
      reason: 'IP_INNOROUTES',
      errno: -11,
      place: 'host',
      sure: true,
    },
  ],
  [
    'a blackhole',
    'ip route add blackhole 203.0.113.80',
    'ip route del blackhole 203.0.113.80',
    '203.0.113.80',
    { asked: true, end: 'dropped', errno: -22, place: 'host', sure: true },
  ],
];

test.each(faults)('the kernel names %s', async (_, fault, mend, target, end) => {
  if (!mayTrace) return await toldMissing();
  await host.hand(fault);
  const { code, kernel } = await traced(target);
  await host.hand(mend);
  expect(kernel).toMatchObject({ ...end, verdict: 'agrees' });
  expect(code).toBe(7);
  expect(await marked()).toBe('');
  expect(await abandoned()).toBe('');
});

async function toldMissing(): Promise<void> {
  const { kernel } = await traced('203.0.113.80');
  expect(kernel.asked).toBe(false);
  expect(kernel.says?.[0]?.en).toMatch(/tracefs|root/);
}

test('ten other pings change nothing', async () => {
  if (!mayTrace) return await toldMissing();
  const quiet = await traced('203.0.113.80');
  expect(quiet).toMatchObject({
    code: 0,
    kernel: { end: 'nothing', says: [{ en: 'nothing was dropped' }] },
  });
  const pid = JSON.parse((await host.ctr('--json', 'inspect', 'labex')).out).containers[0].pid;
  const ping = `nsenter --target ${pid} --net ping -n -i 0.02 -c 500 203.0.113.80 >/dev/null 2>&1 &`;
  await host.hand(...Array.from({ length: 10 }, () => ping));
  const way = (kernel: Heard) =>
    kernel.events?.flatMap(({ event, role }) => (role === 'arp' ? [] : [`${role} ${event}`]));
  for (let round = 0; round < 3; round += 1) {
    const loud = await traced('203.0.113.80');
    expect(loud.kernel.end).toBe('nothing');
    const [probes, answers] = ['probe queue', 'answer queue'].map(
      (one) => way(loud.kernel)?.filter((other) => other === one).length,
    );
    expect([probes, answers]).toEqual([2, 3]);
  }
  await host.hand(dropAll);
  const { kernel } = await traced('203.0.113.80');
  await host.hand('nft delete table inet firewall');
  expect(kernel).toMatchObject({ reason: 'NETFILTER_DROP', place: 'host', sure: true });
  expect(kernel.events?.filter(({ event }) => event === 'drop')).toHaveLength(1);
});

/** Waits for the script that keeps an instance, and for the instance. */
const untilThere = `until keeper=$(pgrep -f '[s]h ctr-trace-') &&
  ls /proc/$keeper/root/sys/kernel/tracing/instances/ctr-trace-*/events/neigh >/dev/null 2>&1; do sleep 0.02; done`;

test('what kill -9 leaves is removed by the next command', async () => {
  if (!mayTrace) return await toldMissing();
  await host.hand(dropAll);
  await host.hand(
    `node ${ctrPath} trace --kernel labex 203.0.113.80 >/dev/null 2>&1 & echo $! >/run/tracer`,
    // The script that keeps the instance would remove it when ctr is gone: both are killed, the script first.
    `${untilThere}; kill -9 $keeper $(cat /run/tracer)`,
    'rm /run/tracer',
  );
  const left = await marked();
  expect(left).toMatch(/^ctr-trace-\d+-\w+$/);
  expect(await thereOf(left)).toBe(true);
  expect((await host.ctr('ps')).code).toBe(0);
  expect(await thereOf(left)).toBe(false);
  expect((await host.run('ls', '/run/ctr-trace')).code).not.toBe(0);
  // Its tables are nft's to remove: they belong to a process that is gone.
  await host.hand('nft delete table inet firewall');
});

test('when ctr alone is killed, the instance goes with it', async () => {
  if (!mayTrace) return await toldMissing();
  await host.hand(
    `node ${ctrPath} trace --kernel labex 203.0.113.80 >/dev/null 2>&1 & echo $! >/run/tracer`,
    `${untilThere}; kill -9 $(cat /run/tracer)`,
    'while pgrep -f "[s]h ctr-trace-" >/dev/null; do sleep 0.02; done; rm /run/tracer',
  );
  expect(await marked()).toBe('');
  expect(await abandoned()).toBe('');
});

test('an instance that is in use stays', async () => {
  if (!mayTrace) return await toldMissing();
  await host.hand(
    `node ${ctrPath} trace --kernel labex 192.168.9.9 >/run/said 2>&1 & echo $! >/run/tracer`,
    untilThere,
  );
  const used = await marked();
  expect((await host.ctr('ps')).code).toBe(0);
  expect(await thereOf(used)).toBe(true);
  await host.hand('while kill -0 $(cat /run/tracer) 2>/dev/null; do sleep 0.05; done');
  const { out } = await host.run('cat', '/run/said');
  expect(out).toMatch(/kernel: neigh incomplete, 192\.168\.9\.9 on eth0/);
  await host.hand('rm /run/said /run/tracer');
  expect(await thereOf(used)).toBe(false);
});

test.each([
  [
    'tracefs',
    'mount -t tmpfs tmpfs /sys/kernel',
    /no tracefs|cannot be mounted/,
    'umount /sys/kernel',
  ],
  [
    'the event',
    // An older kernel's directory of events, with instances that have nothing in them.
    'mount -t tmpfs tmpfs /sys/kernel && mkdir -p /sys/kernel/tracing/instances',
    /refuses the clock|no event|no instance/,
    'umount /sys/kernel',
  ],
])('the trace goes on without %s, and says so', async (_, take, says, give) => {
  await host.hand(take);
  const ran = await host.ctr('trace', '--kernel', 'labex', '203.0.113.80');
  await host.hand(give);
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/answered in/);
  expect(ran.out.replace(/\s+/g, ' ')).toMatch(/kernel: not asked: /);
  expect(ran.out.replace(/\s+/g, ' ')).toMatch(mayTrace ? says : /tracefs/);
  expect(existsSync('/sys/kernel/tracing/instances')).toBe(false);
});
