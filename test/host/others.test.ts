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

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
});
afterAll(() => shop.remove());
beforeEach(async () => {
  host = await privateHost();
});
afterEach(() => host.end());

async function switchAt(key: string): Promise<string> {
  return (await host.run('cat', `/proc/sys/${key}`)).out.trim();
}

const uplink = 'net/ipv4/conf/wan0/forwarding';
const assertIt = 'echo 1 >/proc/sys/net/ipv4/ip_forward';

// ── forwarding that another program has switched on meanwhile

/** A way to end a run. @returns the output and the exit code of the last command. */
type Ending = (asserting: readonly string[]) => Promise<Ran>;

const killSupervisor = "kill -9 $(pgrep -f '[c]tr-supervisor')";

/** Starts a run, switches forwarding on as another program while the container runs, and ends the run. */
async function meanwhile(start: () => Promise<Ran>, asserting: readonly string[]): Promise<Ran> {
  const sleeps = async () => (await host.run('pgrep', '-xf', 'sleep 601')).out.trim();
  const running = start();
  await until(async () => (await sleeps()) !== '', 20_000);
  await host.hand(...asserting, `kill -9 ${await sleeps()}`);
  const ended = await running;
  await until(async () => (await host.run('test', '-e', '/run/ctr/labex')).code !== 0, 20_000);
  return ended;
}

function waiting(): string {
  const command = ['sh', '-c', 'sleep 601; true'];
  return shop.config('waiting', tutorial({ command }));
}

const endings: readonly [what: string, says: boolean, end: Ending][] = [
  [
    'down',
    true,
    async (asserting) => {
      await host.ctr('-q', 'up', '-d', file);
      await host.hand(...asserting);
      return await host.ctr('down', 'labex');
    },
  ],
  [
    'the end of a foreground command',
    true,
    (asserting) => meanwhile(() => host.ctr('up', waiting()), asserting),
  ],
  [
    'the same, every command by itself',
    true,
    (asserting) => meanwhile(() => host.ctr('up', '--one-by-one', waiting()), asserting),
  ],
  [
    'a detached run that ends by itself',
    false,
    (asserting) => meanwhile(() => host.ctr('-q', 'up', '-d', waiting()), asserting),
  ],
  [
    'recovery after kill -9',
    false,
    async (asserting) => {
      await host.ctr('-q', 'up', '-d', file);
      await host.hand(...asserting, killSupervisor);
      return await host.ctr('ps');
    },
  ],
  [
    'gc after kill -9',
    false,
    async (asserting) => {
      await host.ctr('-q', 'up', '-d', file);
      await host.hand(...asserting, killSupervisor);
      return await host.ctr('gc');
    },
  ],
  [
    'the last of two runs, whose first made the change',
    true,
    async (asserting) => {
      const other = shop.config('other', tutorial({ host_name: 'other', ip: '192.168.0.101' }));
      await host.ctr('-q', 'up', '-d', file);
      await host.ctr('-q', 'up', '-d', other, '--', 'sleep', '600');
      await host.ctr('-q', 'down', 'labex');
      await host.hand(...asserting);
      return await host.ctr('down', 'other');
    },
  ],
  [
    'the exported script',
    false,
    async (asserting) => {
      const script = (await host.ctr('plan', waiting(), '--format', 'sh')).out;
      return await meanwhile(() => sh([...host.enter, 'sh'], script), asserting);
    },
  ],
];

test.each(endings)(
  'a switch that somebody asserts meanwhile stays on: %s',
  async (_, says, end) => {
    expect(await switchAt(uplink)).toBe('0');
    const ended = await end([assertIt]);
    expect(ended.code).toBe(0);
    expect(await switchAt(uplink)).toBe('1');
    expect(await switchAt('net/ipv4/ip_forward')).toBe('1');
    if (says) {
      expect(ended.err).toContain('net/ipv4/ip_forward=1 is somebody else');
      expect(ended.err).toContain(`sysctl -qw ${uplink}=0`);
      expect(ended.err).not.toContain('its changes on this host are undone');
    }
  },
);

test.each(endings)(
  'ctr switches forwarding off again if nobody else has switched it on: %s',
  async (_, _says, end) => {
    const before = await snapshot(host.enter);
    const ended = await end(['true']);
    expect(ended.code).toBe(0);
    await until(async () => (await switchAt(uplink)) === '0', 10_000);
    expect(ended.err).not.toContain('somebody else');
    await until(async () => (await snapshot(host.enter)) === before, 10_000);
  },
);

// ── other programs' resources that depend on ctr's

const builds: readonly [what: string, build: string, says: RegExp, still: string, free: string][] =
  [
    [
      'a port',
      'ip link add theirs0 type veth peer name theirs1; ip link set theirs0 master ctr0',
      /^port theirs0 is somebody else/m,
      'ip -o link show master ctr0 | grep -q theirs0',
      'ip link del theirs0',
    ],
    [
      'a macvlan on top of it',
      'ip link add link ctr0 name theirs0 type macvlan',
      /^interface theirs0 is somebody else/m,
      'ip link show dev theirs0',
      'ip link del theirs0',
    ],
    [
      'a tunnel by way of it',
      'ip link add theirs0 type vxlan id 5 dev ctr0 remote 192.168.0.9 dstport 4789',
      /^interface theirs0 is somebody else/m,
      'ip link show dev theirs0',
      'ip link del theirs0',
    ],
    [
      'an address of its own',
      'ip addr add 10.99.0.1/24 dev ctr0',
      /^address 10\.99\.0\.1\/24 is somebody else/m,
      'ping -c 1 -W 2 10.99.0.1',
      'ip addr del 10.99.0.1/24 dev ctr0',
    ],
    [
      'an address of IPv6',
      'ip addr add 2001:db8::1/64 dev ctr0 nodad',
      /^address 2001:db8::1\/64 is somebody else/m,
      'ip -6 -o addr show dev ctr0 | grep -q 2001:db8::1',
      'ip addr del 2001:db8::1/64 dev ctr0',
    ],
  ];

test.each(builds)(
  'our bridge stays under somebody else’s: %s; once it is free, gc takes it',
  async (_, build, says, still, free) => {
    const before = await snapshot(host.enter);
    await host.ctr('-q', 'up', '-d', file);
    await host.hand(build);
    const down = await host.ctr('down', 'labex');
    expect(down).toMatchObject({ code: 0, err: expect.stringMatching(says) });
    expect(down.err).toContain('so ctr did not run: ip link del dev ctr0');
    await host.hand(still);
    const spared = await host.ctr('gc');
    expect(spared).toMatchObject({ code: 0, err: expect.stringMatching(says) });
    await host.hand(still, free);
    expect((await host.ctr('gc')).err).toContain('ip link del dev ctr0');
    expect(await snapshot(host.enter)).toBe(before);
  },
);

test.each(builds)(
  'our bridge stays under somebody else’s at the foreground’s end, too: %s',
  async (_, build, says, still, free) => {
    const before = await snapshot(host.enter);
    const ended = await meanwhile(() => host.ctr('up', waiting()), [build]);
    expect(ended).toMatchObject({ code: 0, err: expect.stringMatching(says) });
    await host.hand(still, free);
    expect((await host.ctr('-q', 'gc')).code).toBe(0);
    expect(await snapshot(host.enter)).toBe(before);
  },
);

test.each(builds)(
  'the exported script leaves our bridge under: %s',
  async (_, build, __, still) => {
    const script = (await host.ctr('plan', waiting(), '--format', 'sh')).out;
    const ended = await meanwhile(() => sh([...host.enter, 'sh'], script), [build]);
    expect(ended).toMatchObject({ code: 0, err: expect.stringContaining('others use ctr0') });
    await host.hand(still);
  },
);

test('ctr deletes its bridge even if somebody has renamed it', async () => {
  const before = await snapshot(host.enter);
  await host.ctr('-q', 'up', '-d', file);
  await host.hand(
    'ip link set dev ctr0 down',
    'ip link set dev ctr0 name lan0',
    'ip link set lan0 up',
  );
  expect((await host.ctr('check', 'labex')).code).toBe(7);
  const down = await host.ctr('down', 'labex');
  expect(down).toMatchObject({ code: 0, err: expect.stringContaining('ip link del dev lan0') });
  expect(await snapshot(host.enter)).toBe(before);
});

test('the first run does not delete a renamed bridge that a second run needs', async () => {
  const before = await snapshot(host.enter);
  const other = shop.config('other', tutorial({ host_name: 'other', ip: '192.168.0.101' }));
  await host.ctr('-q', 'up', '-d', file);
  await host.ctr('-q', 'up', '-d', other, '--', 'sleep', '600');
  await host.hand(
    'ip link set dev ctr0 down',
    'ip link set dev ctr0 name lan0',
    'ip link set lan0 up',
  );
  expect((await host.ctr('-q', 'down', 'labex')).code).toBe(0);
  await host.hand('ip link show dev lan0');
  expect((await host.ctr('-q', 'down', 'other')).code).toBe(0);
  expect(await snapshot(host.enter)).toBe(before);
});

test('a cgroup of ctr’s with a foreign process stays, and gc removes it later', async () => {
  await host.hand('mount -t cgroup2 none /sys/fs/cgroup');
  await host.ctr('-q', 'up', '-d', file);
  const own = (
    await host.run(
      'sh',
      '-c',
      'echo /sys/fs/cgroup/ctr.$(stat -Lc %i /proc/self/ns/net).labex.labex',
    )
  ).out.trim();
  const pid = (
    await host.run('sh', '-c', `sleep 602 >/dev/null 2>&1 & echo $! >${own}/cgroup.procs; echo $!`)
  ).out.trim();
  const down = await host.ctr('down', 'labex');
  expect(down).toMatchObject({ code: 0, err: expect.stringContaining(`process ${pid}`) });
  expect((await host.run('cat', `${own}/cgroup.procs`)).out.trim()).toBe(pid);
  expect((await host.ctr('gc')).err).toContain(`process ${pid} is somebody else`);
  await host.hand(`kill ${pid}`);
  await until(async () => (await host.run('cat', `${own}/cgroup.procs`)).out.trim() === '', 5000);
  expect((await host.ctr('gc')).err).toContain(`rmdir ${own}`);
  expect((await host.run('test', '-e', own)).code).not.toBe(0);
});
