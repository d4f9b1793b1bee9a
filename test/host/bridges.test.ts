import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let host: PrivateHost;

const config = (change: Record<string, unknown> = {}) =>
  tutorial({ bridge_ip: '192.168.0.1/24', command: ['sleep', '600'], ...change });

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', config());
});
afterAll(() => shop.remove());
beforeEach(async () => {
  host = await privateHost();
});
afterEach(() => host.end());

/** Makes a bridge without ctr's mark. @param after options after `type bridge`. */
async function bridge(before: string, after = '', up = true): Promise<void> {
  await host.hand(
    `ip link add name ctr0 ${before} type bridge ${after}`,
    'ip addr add 192.168.0.1/24 dev ctr0',
    ...(up ? ['ip link set dev ctr0 up'] : []),
  );
}

/** Connects another host with this address to the bridge. */
async function neighbour(address: string, mtu = 1500): Promise<void> {
  await host.hand(
    `ip link add name port0 mtu ${mtu} type veth peer name eth0 mtu ${mtu}`,
    'ip link set dev port0 master ctr0 up',
    'unshare --net sleep 603 >/dev/null 2>&1 &',
    'until pid=$(pgrep -xf "sleep 603"); do sleep 0.05; done',
    'until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done',
    'ip link set dev eth0 netns $pid',
    `nsenter -t $pid -n ip addr add ${address}/24 dev eth0`,
    'nsenter -t $pid -n ip link set dev eth0 up',
  );
}

const ping = (address: string, ...options: readonly string[]) =>
  host.ctr('exec', 'labex', '--', 'ping', '-c', '1', '-W', '2', ...options, address);

/**
 * Removes properties that nobody set: a bridge that has never had a port shows other limits, and has a carrier until it
 * loses its first port (net/bridge/br_if.c).
 */
const seen = async (): Promise<string> =>
  (await snapshot(host.enter))
    .replaceAll(/tso_max_size \d+|state \w+|NO-CARRIER,|,LOWER_UP| linkdown|qdisc \w+/g, '')
    .replaceAll(/ {2,}/g, ' ');

const bridges: readonly [what: string, before: string, after: string, up: boolean][] = [
  ['a MAC by chance', '', '', true],
  ['a MAC by hand', 'address 02:00:00:00:00:01', '', true],
  ['an MTU of its own', 'mtu 1400', '', true],
  ['a large MTU', 'mtu 9000', '', true],
  ['down', '', '', false],
  ['down, with an MTU of its own', 'mtu 1400', '', false],
];

const ways: readonly [what: string, go: () => Promise<Ran>][] = [
  ['in the foreground', () => host.ctr('-q', 'up', file, '--', 'true')],
  ['fast', () => host.ctr('-q', 'up', '--fast', file, '--', 'true')],
  ['one by one', () => host.ctr('-q', 'up', '--one-by-one', file, '--', 'true')],
  [
    'detached, and down',
    async () => {
      await host.ctr('-q', 'up', '-d', file);
      return await host.ctr('-q', 'down', 'labex');
    },
  ],
  [
    'killed, and recovered',
    async () => {
      await host.ctr('-q', 'up', '-d', file);
      await host.hand("kill -9 $(pgrep -f '[c]tr-supervisor')");
      return await host.ctr('-q', 'gc');
    },
  ],
  [
    'by the exported script',
    async () => {
      const brief = shop.config('brief', config({ command: ['true'] }));
      const script = (await host.ctr('plan', brief, '--format', 'sh')).out;
      return await sh([...host.enter, 'sh'], script);
    },
  ],
];

test.each(
  bridges.flatMap(([what, ...how]) => ways.map(([way, go]) => [what, way, how, go] as const)),
)(
  'an empty bridge of somebody else, %s, is after a run as it was: %s',
  async (_, __, [before, after, up], go) => {
    await bridge(before, after, up);
    const was = await seen();
    expect(await go()).toMatchObject({ code: 0 });
    expect(await seen()).toBe(was);
  },
);

test('with STP on, ctr restores the MAC of an empty bridge', async () => {
  await bridge('', 'stp_state 1');
  const mac = async () =>
    /link\/ether (\S+)/.exec((await host.run('ip', 'link', 'show', 'ctr0')).out)?.[1];
  const was = await mac();
  expect((await host.ctr('-q', 'up', file, '--', 'true')).code).toBe(0);
  expect(await mac()).toBe(was);
});

test('ctr does not restore a setting that somebody else has changed meanwhile', async () => {
  await bridge('mtu 1400');
  await host.ctr('-q', 'up', '-d', file);
  await host.hand('ip link set dev ctr0 mtu 1300');
  const down = await host.ctr('down', 'labex');
  expect(down).toMatchObject({
    code: 0,
    err: expect.stringContaining('mtu 1300 is somebody else'),
  });
  expect((await host.run('ip', 'link', 'show', 'ctr0')).out).toContain('mtu 1300');
});

// ── a bridge that is down

const isUp = async () => (await host.run('ip', '-o', 'link', 'show', 'ctr0')).out.includes(',UP');

test('ctr switches on a bridge that is down, and the last of two runs switches it off', async () => {
  await bridge('', '', false);
  const other = shop.config('other', config({ host_name: 'other', ip: '192.168.0.101' }));
  const was = await seen();
  await host.ctr('-q', 'up', '-d', file);
  await host.ctr('-q', 'up', '-d', other);
  expect((await ping('192.168.0.1')).code).toBe(0);
  expect((await host.ctr('check', 'labex')).code).toBe(0);
  expect((await host.ctr('-q', 'down', 'labex')).code).toBe(0);
  expect(await isUp()).toBe(true);
  expect((await host.ctr('check', 'other')).code).toBe(0);
  expect((await host.ctr('-q', 'down', 'other')).code).toBe(0);
  expect(await seen()).toBe(was);
});

test('a bridge that has got a foreign port meanwhile stays on, and ctr reports it', async () => {
  await bridge('', '', false);
  await host.ctr('-q', 'up', '-d', file);
  await neighbour('192.168.0.7');
  const down = await host.ctr('down', 'labex');
  expect(down).toMatchObject({
    code: 0,
    err: expect.stringContaining('port port0 is somebody else'),
  });
  expect(await isUp()).toBe(true);
});

test('repair switches such a bridge on again', async () => {
  await bridge('', '', false);
  await host.ctr('-q', 'up', '-d', file);
  await host.hand('ip link set dev ctr0 down');
  expect((await host.ctr('check', 'labex')).code).toBe(7);
  expect((await host.ctr('repair', 'labex')).code).toBe(0);
  expect((await ping('192.168.0.1')).code).toBe(0);
});

test('ctr refuses a bridge that is down and has foreign ports', async () => {
  await bridge('', '', false);
  await neighbour('192.168.0.7');
  const was = await seen();
  const ran = await host.ctr('up', file, '--', 'true');
  expect(ran).toMatchObject({ code: 4, err: expect.stringMatching(/E068.*\n?.*port0/) });
  expect(await seen()).toBe(was);
});

// ── settings of the bridge that contradict the config

const labs = (change: Record<string, unknown>, subnet = '192.168.0.0/24') => ({
  version: 1,
  name: 'labex',
  networks: {
    lab: {
      bridge: { name: 'ctr0', ...(change.bridge as object) },
      subnets: [{ subnet, gateway: '192.168.0.1' }],
      ...(change.network as object),
    },
  },
  containers: {
    labex: { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'lab' }] },
  },
});

const differences: readonly [what: string, value: unknown, says: RegExp][] = [
  ['the prefix', config({ bridge_ip: '192.168.0.1/16' }), /192\.168\.0\.1\/24.*192\.168\.0\.1\/16/],
  ['the prefix of a subnet', labs({}, '192.168.0.0/16'), /192\.168\.0\.1\/24.*192\.168\.0\.1\/16/],
  [
    'the address',
    config({ bridge_ip: '192.168.0.2/24' }),
    /192\.168\.0\.2[\s\S]*192\.168\.0\.1\/24/,
  ],
  [
    'the MAC',
    labs({ bridge: { mac: '02:00:00:00:00:99' } }),
    /02:00:00:00:00:01.*02:00:00:00:00:99/,
  ],
];

test.each(differences)(
  'refused, with both values: %s of a bridge differs',
  async (_, value, says) => {
    await bridge('address 02:00:00:00:00:01');
    const was = await seen();
    const ran = await host.ctr('up', shop.config('differs', value), '--', 'true');
    expect(ran).toMatchObject({ code: 4, err: expect.stringMatching(says) });
    expect(await seen()).toBe(was);
  },
);

test('"auto" takes the MTU of the bridge’s port, and large packets get through', async () => {
  await bridge('');
  await neighbour('192.168.0.7', 1400);
  expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
  expect((await host.ctr('exec', 'labex', '--', 'ip', 'link', 'show', 'eth0')).out).toContain(
    'mtu 1400',
  );
  expect((await ping('192.168.0.7', '-s', '1450')).code).toBe(0);
  expect((await host.ctr('check', 'labex')).code).toBe(0);
});

test('up refuses a fixed MTU above that of a port, and check reports one that comes later', async () => {
  await bridge('');
  const large = shop.config('large', labs({ network: { mtu: 1500 } }));
  expect(await host.ctr('up', '-d', large)).toMatchObject({ code: 0 });
  await neighbour('192.168.0.7', 1400);
  expect((await ping('192.168.0.7')).code).toBe(0);
  expect((await ping('192.168.0.7', '-s', '1450')).code).toBe(1);
  const checked = await host.ctr('check', 'labex');
  expect(checked).toMatchObject({ code: 7, out: expect.stringContaining('port0 has MTU 1400') });
  expect((await host.ctr('down', 'labex')).code).toBe(0);
  const again = await host.ctr('up', '-d', large);
  expect(again).toMatchObject({ code: 4, err: expect.stringMatching(/E083.*1500.*1400/) });
});

// ── other hosts on the bridge

const acquaintances: readonly [what: string, spoken: (address: string) => readonly string[]][] = [
  ['that the host has spoken with', (address) => [`ping -c 1 -W 2 ${address}`]],
  ['that the host does not know', () => []],
];

test.each(acquaintances)(
  'automatic addresses pass over those of neighbours %s, and of the host',
  async (_, spoken) => {
    await bridge('');
    await neighbour('192.168.0.2');
    await host.hand('ip addr add 192.168.0.3/24 dev ctr0', ...spoken('192.168.0.2'));
    expect((await host.ctr('-q', 'up', '-d', shop.config('auto', labs({})))).code).toBe(0);
    const addresses = await host.ctr('exec', 'labex', '--', 'ip', '-4', 'addr', 'show', 'eth0');
    expect(addresses.out).toContain('inet 192.168.0.4/24');
    expect((await ping('192.168.0.2')).code).toBe(0);
  },
);

test.each(acquaintances)(
  'a fixed address of a neighbour %s is refused, with its MAC',
  async (_, spoken) => {
    await bridge('');
    await neighbour('192.168.0.100');
    await host.hand('true', ...spoken('192.168.0.100'));
    const arp = `nsenter -t $(pgrep -xf "sleep 603") -n ip -o link show dev eth0`;
    const mac = /ether (\S+)/.exec((await host.run('sh', '-c', arp)).out)?.[1] ?? '-';
    const ran = await host.ctr('up', file, '--', 'true');
    expect(ran).toMatchObject({ code: 4, err: expect.stringContaining(mac) });
  },
);

test('the search for free addresses leaves no neighbour entries without a reply', async () => {
  await bridge('');
  await neighbour('192.168.0.7');
  expect((await host.ctr('-q', 'up', '-d', shop.config('auto', labs({})))).code).toBe(0);
  expect((await host.run('ip', 'neigh', 'show', 'dev', 'ctr0')).out).not.toMatch(
    /INCOMPLETE|FAILED/,
  );
  expect((await ping('192.168.0.7')).code).toBe(0);
});

// ── settings of the bridge that lose packets

test('the warning names STP and its delay, and check reports it until the port forwards', async () => {
  await bridge('', 'stp_state 1 forward_delay 400');
  const up = await host.ctr('up', '-d', file);
  expect(up).toMatchObject({ code: 0, err: expect.stringMatching(/W131.*ctr0 runs STP.*8 s/) });
  expect((await ping('192.168.0.1')).code).toBe(1);
  const checked = await host.ctr('check', 'labex');
  expect(checked).toMatchObject({
    code: 7,
    out: expect.stringMatching(/STP.*(listening|learning)/),
  });
  await until(async () => (await ping('192.168.0.1')).code === 0, 20_000);
  await until(async () => (await host.ctr('check', 'labex')).code === 0, 10_000);
});

test('check names ports that somebody has isolated', async () => {
  await bridge('');
  const two = shop.config('two', {
    ...labs({}),
    containers: Object.fromEntries(
      ['labex', 'second'].map((name) => [
        name,
        { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'lab' }] },
      ]),
    ),
  });
  await host.ctr('-q', 'up', '-d', two);
  const reach = () => host.ctr('exec', 'labex/labex', '--', 'ping', '-c', '1', '-W', '1', 'second');
  expect((await reach()).code).toBe(0);
  await host.hand(
    'for port in $(ls /sys/class/net/ctr0/brif); do bridge link set dev $port isolated on; done',
  );
  expect((await reach()).code).toBe(1);
  const checked = await host.ctr('check', 'labex');
  expect(checked).toMatchObject({ code: 7, out: expect.stringContaining('are isolated') });
});
