import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { type Router, router } from '../support/router.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let home: Router;
let before: string;
let found: string;

/** Sets up a home network (192.168.1.5 in 192.168.1.0/24, gateway 192.168.1.1) and a company's route 10.0.0.0/8. */
beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  found = await snapshot();
  home = await router('up0', '192.168.1.5/24', '192.168.1.1/24', '203.0.113.0/24');
  await shell(
    'ip route replace default via 192.168.1.1 dev up0',
    'ip link add name tun0 type veth peer name tun0p',
    'ip addr add 172.30.9.1/32 dev tun0',
    'ip link set dev tun0 up',
    'ip link set dev tun0p up',
    'ip route add 10.0.0.0/8 dev tun0',
    // A mount upon the mount that is there, so that the host ends with the list of mounts that it had.
    'echo nameserver 192.168.1.1 >/run/home.conf; mount --bind /run/home.conf /etc/resolv.conf',
  );
  before = await snapshot();
});
afterAll(async () => {
  await home.end();
  // Restores the host for the following test files.
  await shell(
    'ip link del dev tun0',
    'ip route replace default via 198.51.100.1 dev wan0',
    'umount /etc/resolv.conf; rm /run/home.conf',
  );
  expect(await snapshot()).toBe(found);
  shop.remove();
});
afterEach(async () => {
  await ctr(['-q', 'down', 'labex']);
  expect(await snapshot()).toBe(before);
});

const config = (change: Record<string, unknown>) =>
  shop.config('lab', tutorial({ command: ['sleep', '600'], ...change }));
const small = { ip: '10.88.0.10', bridge_ip: '10.88.0.1/24' };

async function reaches(address: string): Promise<boolean> {
  const ping = ['ping', '-c', '1', '-W', '1', address];
  return (await ctr(['exec', 'labex', '--', ...ping])).code === 0;
}

test.each([[[]], [['--fast']]])(
  'the tutorial’s /16 comes up in 192.168.1.0/24, and neither loses anybody: up %j',
  async (form) => {
    expect(await ctr(['up', '-d', ...form, config({})])).toMatchObject({ code: 0 });
    for (const one of ['203.0.113.2', '192.168.1.1', '192.168.1.5', '192.168.0.1']) {
      expect([one, await reaches(one)]).toEqual([one, true]);
    }
    expect((await sh(['ping', '-c', '1', '-W', '1', '192.168.1.1'])).code).toBe(0);
    expect((await ctr(['check', 'labex'])).code).toBe(0);
    const told = await ctr(['--json', 'inspect', 'labex']);
    const { containers } = JSON.parse(told.out) as { containers: readonly { pid: number }[] };
    await shell(`nsenter --target ${containers[0]?.pid} --net ip route del 192.168.1.0/24`);
    expect(await reaches('192.168.1.1')).toBe(false);
    const checked = await ctr(['check', 'labex']);
    expect(checked.code).toBe(7);
    expect(checked.out).toContain('✘ labex: route 192.168.1.0/24 via 192.168.0.1');
    expect((await ctr(['repair', 'labex'])).code).toBe(0);
    expect(await reaches('192.168.1.1')).toBe(true);
  },
);

test('ctr uses a part of a company’s 10.0.0.0/8, with a warning', async () => {
  const ran = await ctr(['up', '-d', config(small)]);
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(
    /W124 .*10\.88\.0\.0\/24 is a part of 10\.0\.0\.0\/8, which this host reaches through tun0/,
  );
  expect(await reaches('203.0.113.2')).toBe(true);
  expect((await ctr(['check', 'labex'])).code).toBe(0);
});

test('automatic addresses avoid longer prefixes and the host’s own addresses', async () => {
  await shell('ip route add 10.88.0.0/29 dev tun0', 'ip addr add 10.88.0.9/32 dev lo');
  const lab = shop.config('auto', {
    version: 1,
    name: 'labex',
    networks: {
      lab: {
        bridge: { name: 'ctr0' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.8' }],
      },
    },
    containers: {
      web: { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'lab' }] },
    },
  });
  const ran = await ctr(['up', '-d', lab]);
  expect(ran.code).toBe(0);
  const inside = await ctr(['exec', 'labex', '--', 'ip', 'addr', 'show', 'dev', 'eth0']);
  expect(inside.out).toContain('inet 10.88.0.10/24');
  expect(await reaches('203.0.113.2')).toBe(true);
  await ctr(['-q', 'down', 'labex']);
  await shell('ip route del 10.88.0.0/29 dev tun0', 'ip addr del 10.88.0.9/32 dev lo');
});

const refused: readonly (readonly [what: string, add: string, remove: string, named: string])[] = [
  [
    'docker0 has that very subnet',
    'ip link add name docker0 type bridge && ip addr add 10.88.0.1/24 dev docker0 && ip link set dev docker0 up',
    'ip link del dev docker0',
    '10.88.0.0/24 dev docker0',
  ],
  [
    'a longer prefix has the container’s address',
    'ip route add 10.88.0.8/29 dev tun0',
    'ip route del 10.88.0.8/29 dev tun0',
    '10.88.0.10, the address of labex, would take the route 10.88.0.8/29 dev tun0',
  ],
  [
    'a hole has it',
    'ip route add blackhole 10.88.0.10',
    'ip route del blackhole 10.88.0.10',
    'blackhole 10.88.0.10',
  ],
  [
    'the gateway’s address is the host’s on another interface',
    'ip addr add 10.88.0.1/32 dev lo',
    'ip addr del 10.88.0.1/32 dev lo',
    "10.88.0.1, the address of ctr0, is already this host's own address on lo",
  ],
  [
    'a next hop would be hidden',
    'ip route add 10.77.0.0/16 via 10.88.0.200 dev tun0 onlink',
    'ip route del 10.77.0.0/16 dev tun0',
    '10.88.0.200, the gateway of the route 10.77.0.0/16',
  ],
  [
    'a neighbour would be hidden',
    'ip neigh add 10.88.0.44 lladdr 02:00:00:00:00:44 dev tun0',
    'ip neigh del 10.88.0.44 dev tun0',
    '10.88.0.44, a neighbour of this host on tun0',
  ],
  [
    'the name server would be hidden',
    'cp /run/home.conf /run/old.conf && echo nameserver 10.88.0.53 >/run/home.conf',
    'cat /run/old.conf >/run/home.conf && rm /run/old.conf',
    "10.88.0.53, this host's name server",
  ],
];

test.each(refused)('refused, with a subnet that is free: %s', async (_, add, remove, named) => {
  await shell(add);
  try {
    const there = await snapshot();
    const ran = await ctr(['up', '-d', config(small)]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('H005');
    expect(ran.err).toContain(named);
    const free = /(\d+\.\d+\.\d+)\.0\/24 is free on this host/.exec(ran.err)?.[1];
    expect(await snapshot()).toBe(there);
    const other = config({ ip: `${free}.10`, bridge_ip: `${free}.1/24` });
    const up = await ctr(['-q', 'up', '-d', other]);
    expect(up.code).toBe(0);
    expect(up.err).toBe('');
    await ctr(['-q', 'down', 'labex']);
  } finally {
    await shell(remove);
  }
});

test('refused: the home’s own subnet, since the gateway and the name server are in it', async () => {
  const inside = { ip: '192.168.1.130', bridge_ip: '192.168.1.129/25' };
  expect((await ctr(['up', '-d', config(inside)])).code).toBe(0);
  await ctr(['-q', 'down', 'labex']);
  const ran = await ctr([
    'up',
    '-d',
    config({ ip: '192.168.1.100', bridge_ip: '192.168.1.99/25' }),
  ]);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain('192.168.1.1, the gateway of the route default');
});
