import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let one: string;
let two: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  one = shop.config('one', tutorial({ host_name: 'one' }));
  two = shop.config('two', tutorial({ host_name: 'two', ip: '192.168.0.101' }));
});
afterAll(() => shop.remove());

async function bridgeIsThere(): Promise<boolean> {
  return (await sh(['ip', 'link', 'show', 'dev', 'ctr0'])).code === 0;
}

test('two containers of one run reach each other by address and by name', async () => {
  const before = await snapshot();
  const container = (address: string) => ({
    rootfs: './labex',
    command: ['sleep', '60'],
    interfaces: [{ network: 'lab', addresses: [address] }],
  });
  const lab = shop.config('lab', {
    version: 1,
    name: 'lab',
    networks: {
      lab: {
        bridge: { name: 'ctr1' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: { web: container('10.88.0.10'), db: container('10.88.0.11') },
  });
  expect((await ctr(['-q', 'up', '-d', lab])).code).toBe(0);
  for (const target of ['10.88.0.11', 'db']) {
    const ping = await ctr(['exec', 'lab/web', '--', 'ping', '-c', '1', '-W', '2', target]);
    expect(ping.out).toContain('1 packets received');
  }
  const back = await ctr(['exec', 'lab/db', '--', 'ping', '-c', '1', '-W', '2', 'web']);
  expect(back.out).toContain('1 packets received');
  expect((await ctr(['check', 'lab'])).code).toBe(0);
  expect((await ctr(['down', 'lab'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test.each([
  ['first in, first out', 'one', 'two'],
  ['first in, last out', 'two', 'one'],
])('a bridge that two runs share goes with the last of them: %s', async (_, first, last) => {
  const before = await snapshot();
  expect((await ctr(['-q', 'up', '-d', one, '--', 'sleep', '60'])).code).toBe(0);
  expect((await ctr(['-q', 'up', '-d', two, '--', 'sleep', '60'])).code).toBe(0);
  const down = await ctr(['down', first]);
  expect(down.code).toBe(0);
  expect(down.err).toContain(`= ip link del dev ctr0   (${last})`);
  expect(await bridgeIsThere()).toBe(true);
  const out = await ctr(['exec', last, '--', 'wget', '-q', '-O', '-', 'http://downloads.example/']);
  expect(out.out).toContain('you came from 198.51.100.2');
  expect((await ctr(['check', last])).code).toBe(0);
  expect((await ctr(['down', last])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('ctr uses an existing bridge as it is, and leaves it', async () => {
  await sh(['ip', 'link', 'add', 'name', 'ctr0', 'type', 'bridge']);
  await sh(['ip', 'addr', 'add', '192.168.0.1/24', 'dev', 'ctr0']);
  await sh(['ip', 'link', 'set', 'dev', 'ctr0', 'up']);
  const before = await snapshot();
  const ran = await ctr([
    '-q',
    'up',
    one,
    '--',
    'sh',
    '-c',
    'ip -4 addr show dev eth0; ping -c 1 -W 2 192.168.0.1',
  ]);
  // An address without a prefix takes that of the existing bridge.
  expect(ran.out).toContain('inet 192.168.0.100/24 brd 192.168.0.255');
  expect(ran.code).toBe(0);
  // A bridge without a fixed MAC takes that of a port, and keeps the limits of a port that has left.
  const plain = (text: string) =>
    text
      .replaceAll(/link\/ether \S+|\S+_root \S+|bridge_id \S+|tso_max_size \d+|state \w+/g, '')
      .replaceAll(/NO-CARRIER,|,LOWER_UP| linkdown/g, '');
  expect(plain(await snapshot())).toBe(plain(before));
  await sh(['ip', 'link', 'del', 'dev', 'ctr0']);
});

test('somebody else’s interface of the name that we would choose keeps it: ours gets another', async () => {
  const outerOf = async () =>
    JSON.parse((await ctr(['plan', one, '--json'])).out).lab.containers[0].attachments[0].outer;
  expect(await outerOf()).toBe('veth-one');
  await sh(['ip', 'link', 'add', 'name', 'veth-one', 'type', 'veth', 'peer', 'name', 'stranger']);
  const before = await snapshot();
  expect(await outerOf()).toMatch(/^veth[0-9a-f]{10}$/);
  expect((await ctr(['up', one, '--', 'true'])).code).toBe(0);
  expect((await ctr(['gc'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
  await sh(['ip', 'link', 'del', 'dev', 'veth-one']);
});

test('somebody else’s interface under a name that the config chose is not touched', async () => {
  const chosen = shop.config('chosen', {
    version: 1,
    name: 'chosen',
    networks: {
      lab: {
        bridge: { name: 'ctr5' },
        subnets: [{ subnet: '10.55.0.0/24', gateway: '10.55.0.1' }],
      },
    },
    containers: {
      web: {
        rootfs: shop.rootfs,
        command: ['true'],
        interfaces: [{ network: 'lab', host_interface: 'lan7' }],
      },
    },
  });
  await sh(['ip', 'link', 'add', 'name', 'lan7', 'type', 'veth', 'peer', 'name', 'stranger']);
  const before = await snapshot();
  const ran = await ctr(['up', chosen]);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain('H004');
  expect(ran.err).toContain('"host_interface"');
  expect(await snapshot()).toBe(before);
  await sh(['ip', 'link', 'del', 'dev', 'lan7']);
  expect((await ctr(['up', chosen])).code).toBe(0);
});

test('of two runs with a container of the same name, one has the name; repair gives each its own', async () => {
  const lab = (name: string, bridge: string, net: string) =>
    shop.config(name, {
      version: 1,
      name,
      networks: {
        lab: {
          bridge: { name: bridge },
          subnets: [{ subnet: `${net}.0/24`, gateway: `${net}.1` }],
        },
      },
      containers: {
        web: { rootfs: shop.rootfs, command: ['sleep', '60'], interfaces: [{ network: 'lab' }] },
      },
    });
  const before = await snapshot();
  const outerOf = async (name: string) =>
    JSON.parse((await ctr(['inspect', name, '--json'])).out).containers[0].interfaces[0]
      .host_interface;
  expect((await ctr(['up', '-d', lab('first', 'ctr6', '10.56.0')])).code).toBe(0);
  // Somebody deletes the cable: its name is still the first run's.
  await sh(['ip', 'link', 'del', 'dev', 'veth-web']);
  expect((await ctr(['up', '-d', lab('second', 'ctr7', '10.57.0')])).code).toBe(0);
  expect(await outerOf('first')).toBe('veth-web');
  expect(await outerOf('second')).toMatch(/^veth[0-9a-f]{10}$/);
  expect((await ctr(['repair', 'first'])).code).toBe(0);
  for (const name of ['first', 'second']) expect((await ctr(['check', name])).code).toBe(0);
  // The name stays each run's own when the other ends.
  expect((await ctr(['down', 'first'])).code).toBe(0);
  expect((await ctr(['check', 'second'])).code).toBe(0);
  expect((await ctr(['repair', 'second'])).code).toBe(0);
  expect((await ctr(['down', 'second'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});
