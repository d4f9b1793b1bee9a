import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { type Router, router } from '../support/router.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let before: string;
const world = '198.51.100.1';

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  const lab = { ip: '192.168.0.100/24', dns: [world], command: ['sleep', '600'] };
  file = shop.config('tutorial', tutorial(lab));
  // Switching ip_forward on and off does not restore all values, so do it before the first snapshot.
  await shell('sysctl -qw net/ipv4/ip_forward=1', 'sysctl -qw net/ipv4/ip_forward=0');
});
afterAll(() => shop.remove());

/** Brings the run up. @returns the warnings. */
async function up(): Promise<string> {
  const ran = await ctr(['up', '-d', file]);
  expect(ran).toMatchObject({ code: 0 });
  return ran.err
    .split('\n')
    .filter((line) => /^ {2}W\d|^ {8}/.test(line))
    .join('\n');
}

/** Ends the container's command. */
async function endCommand(): Promise<void> {
  const told = await ctr(['--json', 'inspect', 'labex']);
  const { containers } = JSON.parse(told.out) as { containers: readonly { pid: number }[] };
  process.kill(containers[0]?.pid ?? 0, 'SIGKILL');
}

/** Whether an address replies to the container. */
async function reaches(address: string): Promise<boolean> {
  const ping = ['ping', '-c', '1', '-W', '1', address];
  return (await ctr(['exec', 'labex', '--', ...ping])).code === 0;
}

/** The failed checks of `check`. Its exit code must match. */
async function wrong(): Promise<string> {
  const ran = await ctr(['check', 'labex']);
  const lines = ran.out.split('\n').filter((line) => line.startsWith('✘'));
  expect(ran.code).toBe(lines.length > 0 ? 7 : 0);
  return lines.join('\n');
}

async function repaired(): Promise<void> {
  expect(await ctr(['repair', 'labex'])).toMatchObject({ code: 0 });
  expect(await wrong()).toBe('');
}

async function down(): Promise<void> {
  expect(await ctr(['down', 'labex'])).toMatchObject({ code: 0 });
  expect(await snapshot()).toBe(before);
}

describe('forwarding is each interface’s own', () => {
  afterEach(async () => {
    await ctr(['-q', 'down', 'labex']);
    await shell('sysctl -qw net/ipv4/ip_forward=1', 'sysctl -qw net/ipv4/ip_forward=0');
  });

  test('a bridge that starts with 0 gets 1, though ip_forward is 1; and again when it is lost', async () => {
    await shell(
      'sysctl -qw net/ipv4/ip_forward=1',
      'sysctl -qw net/ipv4/conf/default/forwarding=0',
    );
    before = await snapshot();
    await up();
    expect(await reaches(world)).toBe(true);
    await shell('sysctl -qw net/ipv4/conf/ctr0/forwarding=0');
    expect(await reaches(world)).toBe(false);
    expect(await wrong()).toContain('net/ipv4/conf/ctr0/forwarding');
    await repaired();
    expect(await reaches(world)).toBe(true);
    await down();
  });

  test.each([['wan0'], ['ctr0']])(
    '%s with 0 gets 1, and 0 again, though ip_forward is 1',
    async (name) => {
      await shell(
        'sysctl -qw net/ipv4/ip_forward=1',
        'ip link add name ctr0 type bridge',
        'ip addr add 192.168.0.1/24 dev ctr0',
        'ip link set dev ctr0 address 02:00:00:00:00:09 mtu 1500 up',
        `sysctl -qw net/ipv4/conf/${name}/forwarding=0`,
      );
      try {
        await up();
        expect(await reaches(world)).toBe(true);
        expect(await wrong()).toBe('');
        expect(await ctr(['down', 'labex'])).toMatchObject({ code: 0 });
        const value = await sh(['cat', `/proc/sys/net/ipv4/conf/${name}/forwarding`]);
        expect(value.out).toBe('0\n');
      } finally {
        await shell('ip link del dev ctr0');
      }
    },
  );

  const ends: readonly [how: string, end: (running: ReturnType<typeof startCtr>) => unknown][] = [
    ['the foreground command ends', endCommand],
    ['ctr is killed, and gc follows', (running) => running.kill('SIGKILL')],
  ];

  test.each(ends)('what repair switched on is switched off when %s', async (_, end) => {
    before = await snapshot();
    await shell('sysctl -qw net/ipv4/ip_forward=1');
    const running = startCtr(['-q', 'up', file]);
    await until(async () => (await ctr(['exec', 'labex', '--', 'true'])).code === 0, 20_000);
    expect(await reaches(world)).toBe(true);
    await shell('sysctl -qw net/ipv4/ip_forward=0');
    expect(await reaches(world)).toBe(false);
    expect(await wrong()).toContain('wan0');
    await repaired();
    expect(await reaches(world)).toBe(true);
    await end(running);
    await running;
    await ctr(['gc']);
    expect(await snapshot()).toBe(before);
  });

  test('a detached run whose command ends takes back what repair did', async () => {
    before = await snapshot();
    await shell('sysctl -qw net/ipv4/ip_forward=1');
    expect(await ctr(['-q', 'up', '-d', file])).toMatchObject({ code: 0 });
    await shell('sysctl -qw net/ipv4/ip_forward=0');
    await repaired();
    await endCommand();
    await until(async () => !(await ctr(['ps'])).out.includes('labex'));
    await until(async () => (await snapshot()) === before);
  });
});

describe('every interface by which packets can leave', () => {
  let routers: Router[] = [];
  beforeEach(() => {
    routers = [];
  });
  afterEach(async () => {
    await ctr(['-q', 'down', 'labex']);
    for (const one of routers) await one.end();
    await shell('ip route replace default via 198.51.100.1 dev wan0');
  });
  const plug = async (...at: Parameters<typeof router>) => routers.push(await router(...at));

  test('a default route with two next hops is one, and both are used', async () => {
    await plug('eth1', '10.71.0.2/24', '10.71.0.1/24', '203.0.113.0/24');
    await plug('eth2', '10.72.0.2/24', '10.72.0.1/24', '203.0.113.0/24');
    await shell(
      'ip route replace default nexthop via 10.71.0.1 dev eth1 nexthop via 10.72.0.1 dev eth2',
    );
    before = await snapshot();
    expect(await up()).not.toContain('W105');
    for (let last = 1; last <= 12; last += 1) expect(await reaches(`203.0.113.${last}`)).toBe(true);
    expect(await wrong()).toBe('');
    await down();
  });

  test('next hops that are objects of their own are ways out', async () => {
    await plug('eth1', '10.71.0.2/24', '10.71.0.1/24', '203.0.113.0/24');
    await shell(
      'ip nexthop add id 7 via 10.71.0.1 dev eth1',
      'ip nexthop add id 8 group 7',
      'ip route replace default nhid 8',
    );
    before = await snapshot();
    expect(await up()).not.toContain('W105');
    expect(await reaches('203.0.113.7')).toBe(true);
    await down();
    await shell('ip route del default', 'ip nexthop del id 8', 'ip nexthop del id 7');
  });

  test.each([
    ['a route of its own', 'ip route add 10.30.0.0/16 via 10.71.0.1 dev eth1', 'true'],
    [
      'a table of its own',
      'ip route add 10.30.0.0/16 via 10.71.0.1 dev eth1 table 30 && ip rule add pref 300 to 10.30.0.0/16 lookup 30',
      'ip rule del pref 300',
    ],
  ])('a second card with %s', async (_, add, remove) => {
    await plug('eth1', '10.71.0.2/24', '10.71.0.1/24', '10.30.0.0/16');
    await shell(add);
    before = await snapshot();
    await up();
    expect(await reaches('10.30.4.5')).toBe(true);
    expect(await reaches('10.71.0.1')).toBe(true);
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    await down();
    await shell(remove);
  });

  test('a default route that moves while the run is up is lost until it is repaired', async () => {
    before = await snapshot();
    await up();
    await plug('eth1', '10.71.0.2/24', '10.71.0.1/24', '203.0.113.0/24');
    await shell('ip route replace default via 10.71.0.1 dev eth1');
    expect(await reaches('203.0.113.9')).toBe(false);
    expect(await wrong()).toContain('eth1');
    await repaired();
    expect(await reaches('203.0.113.9')).toBe(true);
    expect(await ctr(['down', 'labex'])).toMatchObject({ code: 0 });
    const value = await sh(['cat', '/proc/sys/net/ipv4/conf/eth1/forwarding']);
    expect(value.out).toBe('0\n');
    await shell('ip route replace default via 198.51.100.1 dev wan0');
    await routers.pop()?.end();
    expect(await snapshot()).toBe(before);
  });

  test('a way out that has gone needs no switch: check holds, and repair has nothing to do', async () => {
    before = await snapshot();
    await plug('eth1', '10.71.0.2/24', '10.71.0.1/24', '203.0.113.0/24');
    await shell('ip route add default via 10.71.0.1 dev eth1 metric 50');
    await shell(
      'ip route del default via 198.51.100.1',
      'ip route add default via 198.51.100.1 metric 600',
    );
    await up();
    expect(await reaches('203.0.113.7')).toBe(true);
    await routers.pop()?.end();
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    expect((await ctr(['repair', 'labex'])).err).toContain('commands run: 0');
    await shell(
      'ip route replace default via 198.51.100.1 dev wan0',
      'ip route del default metric 600',
    );
    await down();
  });

  test('without a default route up says so, and check does not hold', async () => {
    await shell('ip route del default');
    before = await snapshot();
    expect(await up()).toContain('W105');
    expect(await wrong()).toContain('no default route');
    await down();
  });
});

describe('rules and tables that take packets', () => {
  beforeAll(async () => {
    await shell(
      'ip link add name tun0 type veth peer name tun0p',
      'ip link set dev tun0 up',
      'ip link set dev tun0p up',
      'ip route add 192.168.0.0/16 dev tun0 table 52',
      'ip route add unreachable default table 77',
      'ip route add throw default table 78',
    );
  });
  afterAll(async () => {
    await shell('ip route flush table 77', 'ip route flush table 78', 'ip link del dev tun0');
  });
  afterEach(async () => {
    await ctr(['-q', 'down', 'labex']);
    await sh([
      'sh',
      '-c',
      'ip rule del pref 90; ip rule del pref 100; ip rule del pref 5269; ip rule del pref 5270',
    ]);
  });

  test('a rule before main that covers the subnet: named by up and check, and the way out works', async () => {
    await shell('ip rule add pref 5270 lookup 52');
    before = await snapshot();
    const named = /W121.*rule 5270 .*192\.168\.0\.0\/16 dev tun0 in table 52/;
    const said = await up();
    expect(said).toMatch(named);
    expect(await reaches('192.168.0.1')).toBe(false);
    expect(await wrong()).toContain(
      'policy rule 5270 with the route 192.168.0.0/16 dev tun0 in table 52',
    );
    expect(await ctr(['repair', 'labex'])).toMatchObject({ code: 7 });
    const cure = /ip rule add pref 5269 to \S+ lookup main/.exec(said)?.[0] ?? 'false';
    await shell(cure);
    expect(await reaches('192.168.0.1')).toBe(true);
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    await shell('ip rule del pref 5269');
    await down();
    await shell('ip rule del pref 5270');
  });

  test('a route that leads nowhere, for addresses of somebody else, is nothing to check', async () => {
    await shell('ip route add blackhole 10.244.3.0/26');
    expect(await up()).not.toContain('W122');
    expect(await wrong()).toBe('');
    await ctr(['-q', 'down', 'labex']);
    await shell('ip route del blackhole 10.244.3.0/26');
  });

  const losing: readonly (readonly [thing: string, named: string])[] = [
    ['rule pref 100 from 192.168.0.0/16 prohibit', 'rule 100'],
    ['rule pref 100 iif ctr0 blackhole', 'rule 100'],
    ['rule pref 100 to 192.168.0.100 unreachable', 'rule 100'],
    ['rule pref 100 ipproto icmp prohibit', 'rule 100'],
    ['rule pref 100 from 192.168.0.100 lookup 77', 'table 77'],
    ['rule pref 100 not fwmark 0xca6c lookup 77', 'table 77'],
    ['route blackhole 198.51.100.1', 'blackhole 198.51.100.1'],
    ['route prohibit 198.51.100.0/31', 'prohibit 198.51.100.0/31'],
    ['route 192.168.0.100 dev tun0', '192.168.0.100 dev tun0'],
  ];

  test.each(losing)('ip %s, while the run is up: lost, and named', async (thing, named) => {
    const [object = '', ...words] = thing.split(' ');
    before = await snapshot();
    await up();
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    await shell(`ip ${object} add ${words.join(' ')}`);
    expect(await reaches(world)).toBe(false);
    expect(await wrong()).toContain(named);
    await shell(`ip ${object} del ${words.join(' ')}`);
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    await down();
  });

  test.each([
    ['rule pref 100 lookup main suppress_prefixlength 0'],
    ['rule pref 100 fwmark 1 lookup 77'],
    ['rule pref 100 lookup 78'],
    ['rule pref 100 iif wan0 from 10.9.9.0/24 prohibit'],
    ['rule pref 100 goto 32766'],
    ['route unreachable default metric 4278198272'],
  ])('ip %s: nothing is lost, and nothing is said', async (thing) => {
    const [object = '', ...words] = thing.split(' ');
    await shell(`ip ${object} add ${words.join(' ')}`);
    before = await snapshot();
    expect(await up()).toBe('');
    expect(await reaches(world)).toBe(true);
    expect(await wrong()).toBe('');
    await down();
    await shell(`ip ${object} del ${words.join(' ')}`);
  });

  test('strict rp_filter takes answers back where the packets went, whatever main says', async () => {
    await shell(
      'ip route add default via 198.51.100.1 dev wan0 table 88',
      'ip rule add pref 90 iif ctr0 lookup 88',
      'ip route add 114.114.114.114 dev tun0',
      'sysctl -qw net/ipv4/conf/wan0/rp_filter=1',
    );
    await up();
    expect(await reaches('114.114.114.114')).toBe(true);
    expect(await wrong()).toBe('');
    await shell(
      'ip rule del pref 90',
      'ip route flush table 88',
      'ip route del 114.114.114.114',
      'sysctl -qw net/ipv4/conf/wan0/rp_filter=0',
    );
  });

  test('the route to the subnet that somebody removes is lost until it is repaired', async () => {
    before = await snapshot();
    await up();
    await shell('ip route del 192.168.0.0/24 dev ctr0');
    expect(await reaches('192.168.0.1')).toBe(false);
    expect(await wrong()).toContain('192.168.0.100');
    await repaired();
    expect(await reaches(world)).toBe(true);
    await down();
  });
});
