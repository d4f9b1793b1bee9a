import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath, startCtr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

const world = '2001:db8:80::80';
const uplink = '2001:db8:ffff::2';

let shop: Awaited<ReturnType<typeof workshop>>;
let written = 0;

interface Asked {
  readonly name?: string;
  readonly bridge?: string;
  readonly network?: object;
  readonly firewall?: string;
  readonly containers?: readonly string[];
}

/** A config with two families, and a container for each name. */
function write({
  name = 'six',
  bridge = 'ctr6',
  network = {},
  firewall,
  containers = ['web', 'app'],
}: Asked = {}): string {
  written += 1;
  const container = {
    rootfs: './labex',
    command: ['sleep', '600'],
    interfaces: [{ network: 'front' }],
  };
  return shop.config(`${name}-${written}`, {
    version: 1,
    name,
    ...(firewall === undefined ? {} : { firewall }),
    networks: {
      front: {
        bridge: { name: bridge },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
        subnet6: 'auto',
        ...network,
      },
    },
    containers: Object.fromEntries(containers.map((one) => [one, container])),
  });
}

const inside = async (container: string, line: string) =>
  await sh(['timeout', '20', process.execPath, ctrPath, 'exec', container, '--', 'sh', '-c', line]);

async function out(line: string): Promise<string> {
  return (await sh(['sh', '-c', line])).out;
}

/** ctr's tables of nft(8), with their families. */
async function tables(): Promise<readonly string[]> {
  return [...(await out('nft list tables')).matchAll(/^table (ip6? ctr\S+)$/gm)]
    .map(([, name = '']) => name)
    .sort();
}

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterEach(async () => {
  for (const run of ['six', 'other']) await ctr(['-q', 'down', run]);
});
afterAll(() => shop.remove());

const styles = [
  ['staged', []],
  ['fast', ['--fast']],
  ['one by one', ['--one-by-one']],
] as const;

describe.each(styles)('%s', (_, flags) => {
  test('a network of two families: neighbours, gateway, world, names; and nothing is left', async () => {
    const before = await snapshot();
    const up = await ctr(['-q', 'up', '-d', ...flags, write()]);
    expect(up).toMatchObject({ code: 0 });
    // Ready means that no address waits for duplicate address detection, on either side.
    expect(await out('ip -6 addr show dev ctr6 tentative')).toBe('');
    for (const name of ['web', 'app']) {
      const said = await inside(
        `six/${name}`,
        'ip -6 addr show dev eth0; cat /proc/sys/net/ipv6/conf/eth0/accept_ra',
      );
      expect(said.out).not.toMatch(/tentative|dadfailed|dynamic/);
      expect(said.out).toMatch(/inet6 fd[0-9a-f:]+\/64 scope global/);
      expect(said.out).toMatch(/\n0\n$/);
    }
    const hosts = (await inside('six/web', 'cat /etc/hosts')).out;
    const app = /^(fd\S+) app$/m.exec(hosts)?.[1] ?? '';
    expect(app).toMatch(/^fd/);
    const gateway = /inet6 (fd\S+)\/64/.exec(await out('ip -6 addr show dev ctr6'))?.[1];
    for (const target of ['app', '10.88.0.1', '203.0.113.10', app, gateway, world]) {
      expect(await inside('six/web', `ping -c 1 -W 2 ${target}`)).toMatchObject({ code: 0 });
    }
    expect(await inside('six/web', 'ping -6 -c 1 -W 2 app')).toMatchObject({ code: 0 });
    const page = await inside('six/web', 'wget -q -O - http://ipv6.example/whoami');
    expect(page.out).toBe(`${uplink}\n`);
    expect((await inside('six/web', 'wget -q -O - http://www.example/whoami')).out).toBe(
      '198.51.100.2\n',
    );
    expect(await ctr(['check', 'six'])).toMatchObject({ code: 0 });
    expect(await ctr(['-q', 'down', 'six'])).toMatchObject({ code: 0 });
    expect(differences(before, await snapshot())).toEqual([]);
  });
});

describe.each(styles)('in nftables, %s', (_, flags) => {
  test('a table of each family; world, NAT66, check, and nothing is left', async () => {
    const before = await snapshot();
    const file = write({ firewall: 'nftables' });
    expect(await ctr(['-q', 'up', '-d', ...flags, file])).toMatchObject({ code: 0, err: '' });
    expect(await tables()).toEqual(['ip ctr/ctr6', 'ip6 ctr/ctr6']);
    expect(await out('iptables-save; ip6tables-save')).not.toContain('ctr:');
    for (const target of ['203.0.113.10', world]) {
      expect(await inside('six/web', `ping -c 1 -W 2 ${target}`)).toMatchObject({ code: 0 });
    }
    expect(await inside('six/web', 'ping -6 -c 1 -W 2 app')).toMatchObject({ code: 0 });
    const page = await inside('six/web', 'wget -q -O - http://ipv6.example/whoami');
    expect(page.out).toBe(`${uplink}\n`);
    const checked = await ctr(['check', 'six']);
    expect(checked).toMatchObject({ code: 0 });
    expect(await ctr(['-q', 'down', 'six'])).toMatchObject({ code: 0 });
    expect(differences(before, await snapshot())).toEqual([]);
  });

  test('the exported script makes and deletes both tables', async () => {
    const before = await snapshot();
    const line = `ping -c 1 -W 2 ${world} >/dev/null && echo there`;
    const file = write({ firewall: 'nftables', containers: ['web'] });
    const config = JSON.parse(readFileSync(file, 'utf8'));
    config.containers.web.command = ['sh', '-c', line];
    writeFileSync(file, JSON.stringify(config));
    const how = flags.filter((flag) => flag !== '--one-by-one');
    const script = (await ctr(['plan', ...how, '--format', 'sh', file])).out;
    expect(await sh(['sh', '-s'], script)).toMatchObject({ code: 0, out: 'there\n' });
    expect(differences(before, await snapshot())).toEqual([]);
  });
});

test('tables of two families: found damaged, mended, shared with a run without IPv6, and collected', async () => {
  const before = await snapshot();
  const network = { subnet6: 'fd00:86::/64' };
  const file = write({ firewall: 'nftables', containers: ['web'], network });
  expect(await ctr(['-q', 'up', '-d', file])).toMatchObject({ code: 0 });
  // Each connection has a port of its own; a ping may be taken for an earlier one that is still tracked.
  const page = `timeout 2 wget -q -O - http://[${world}]/whoami`;
  const reaches = async () => (await inside('six/web', page)).out === `${uplink}\n`;
  await sh(['nft', 'flush', 'chain', 'ip6', 'ctr/ctr6', 'postrouting']);
  expect(await reaches()).toBe(false);
  const found = await ctr(['check', 'six']);
  expect(found.code).toBe(7);
  expect(found.out).toMatch(/✘.*ip6 ctr\/ctr6 postrouting ip6 saddr fd/);
  expect(await ctr(['-q', 'repair', 'six'])).toMatchObject({ code: 0 });
  expect(await reaches()).toBe(true);
  await sh(['nft', 'delete', 'table', 'ip6', 'ctr/ctr6']);
  expect((await ctr(['check', 'six'])).out).toMatch(/✘.*table ip6 ctr\/ctr6/);
  expect(await ctr(['-q', 'repair', 'six'])).toMatchObject({ code: 0 });
  expect(await ctr(['check', 'six'])).toMatchObject({ code: 0 });
  expect(await reaches()).toBe(true);
  // A run without IPv6 shares the table of IPv4 alone, and keeps it when the other goes.
  const plain = write({
    ...{ name: 'other', firewall: 'nftables', containers: ['app'] },
    network: { subnet6: undefined },
  });
  expect(await ctr(['-q', 'up', '-d', plain])).toMatchObject({ code: 0 });
  expect(await tables()).toEqual(['ip ctr/ctr6', 'ip6 ctr/ctr6']);
  expect(await ctr(['-q', 'down', 'six'])).toMatchObject({ code: 0 });
  expect(await tables()).toEqual(['ip ctr/ctr6']);
  expect(await ctr(['-q', 'up', '-d', file])).toMatchObject({ code: 0 });
  expect(await tables()).toEqual(['ip ctr/ctr6', 'ip6 ctr/ctr6']);
  expect(await reaches()).toBe(true);
  for (const run of ['other', 'six'])
    expect(await ctr(['-q', 'down', run])).toMatchObject({ code: 0 });
  expect(differences(before, await snapshot())).toEqual([]);
  // A table that no run knows: refused in preflight, removed by gc; one of others stays.
  const [ours, theirs] = [
    'add table ip6 ctr/ctr6; add chain ip6 ctr/ctr6 forward',
    'add table ip6 mine',
  ];
  await sh(['nft', `${ours}; add rule ip6 ctr/ctr6 forward accept comment "ctr:ctr6"; ${theirs}`]);
  const refused = await ctr(['up', '-d', file]);
  expect(refused.code).toBe(4);
  expect(refused.err).toMatch(/H044[\s\S]*nft list table ip6 ctr\/ctr6/);
  expect(await ctr(['-q', 'gc'])).toMatchObject({ code: 0 });
  const kept = await out('nft list tables ip6');
  expect([kept.includes('ctr/'), kept.includes('table ip6 mine')]).toEqual([false, true]);
  await sh(['nft', 'delete', 'table', 'ip6', 'mine']);
});

test('in the foreground, an address works as soon as the command runs', async () => {
  const file = write({ containers: ['web'] });
  const line = `ip -6 addr show dev eth0 | grep -c tentative; ping -c 1 -W 1 ${world} >/dev/null && echo there`;
  const ran = await ctr(['-q', 'up', file, '--', 'sh', '-c', line]);
  expect(ran.out).toBe('0\nthere\n');
});

test('a second run shares bridge, subnet and rules; the last one takes them away', async () => {
  const before = await snapshot();
  expect(await ctr(['-q', 'up', '-d', write({ containers: ['web'] })])).toMatchObject({ code: 0 });
  const rules = await out('ip6tables-save | grep -c ctr:ctr6');
  expect(rules).toBe('4\n');
  const other = write({ name: 'other', containers: ['app'] });
  expect(await ctr(['-q', 'up', '-d', other])).toMatchObject({ code: 0 });
  expect(await out('ip6tables-save | grep -c ctr:ctr6')).toBe('4\n');
  const web = /inet6 (fd\S+)\/64/.exec((await inside('six/web', 'ip -6 addr')).out)?.[1];
  const app = /inet6 (fd\S+)\/64/.exec((await inside('other/app', 'ip -6 addr')).out)?.[1];
  expect(app).not.toBe(web);
  expect(await inside('other/app', `ping -c 1 -W 2 ${web}`)).toMatchObject({ code: 0 });
  expect(await ctr(['-q', 'down', 'six'])).toMatchObject({ code: 0 });
  expect(await inside('other/app', `ping -c 1 -W 2 ${world}`)).toMatchObject({ code: 0 });
  expect(await ctr(['-q', 'down', 'other'])).toMatchObject({ code: 0 });
  expect(differences(before, await snapshot())).toEqual([]);
});

test('a run with IPv6 is refused on a bridge of a run without', async () => {
  const plain = shop.config('plain', {
    version: 1,
    name: 'other',
    networks: {
      front: {
        bridge: { name: 'ctr6' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: {
      web: { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'front' }] },
    },
  });
  expect(await ctr(['-q', 'up', '-d', plain])).toMatchObject({ code: 0 });
  const refused = await ctr(['up', '-d', write()]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain('E062');
  expect(await out('ip6tables-save | grep ctr: || true')).toBe('');
});

test('an address that another run has is refused', async () => {
  const network = { subnet6: 'fd00:88::/64' };
  const fixed = (name: string) =>
    shop.config(`fixed-${name}`, {
      version: 1,
      name,
      networks: {
        front: {
          bridge: { name: 'ctr6' },
          subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
          ...network,
        },
      },
      containers: {
        [`c-${name}`]: {
          rootfs: './labex',
          command: ['sleep', '600'],
          interfaces: [{ network: 'front', address6: 'fd00:88::80' }],
        },
      },
    });
  expect(await ctr(['-q', 'up', '-d', fixed('six')])).toMatchObject({ code: 0 });
  const refused = await ctr(['up', '-d', fixed('other')]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain('H006');
});

test('on a bridge of others: its subnet, no address of a neighbour, and nothing of it is changed', async () => {
  const line = [
    'ip link add name brx type bridge',
    'ip addr add 10.88.0.1/24 dev brx',
    'ip addr add fd00:77::1/64 dev brx nodad',
    'ip netns add theirs',
    'ip link add name p0 master brx up type veth peer name eth0 netns theirs',
    'ip link set dev brx up',
    'ip -n theirs addr add fd00:77::2/64 dev eth0 nodad',
    'ip -n theirs link set dev eth0 up',
    'until ping -6 -c 1 -W 1 fd00:77::2; do sleep 0.1; done',
  ];
  try {
    expect(await sh(['sh', '-ec', line.join('; ')])).toMatchObject({ code: 0 });
    await until(async () => (await out('ip -6 addr show dev brx tentative')) === '');
    const before = await out('ip -d -o link show dev brx; ip -6 addr show dev brx; ip -6 route');
    const up = await ctr(['-q', 'up', '-d', write({ bridge: 'brx', containers: ['web'] })]);
    expect(up).toMatchObject({ code: 0 });
    const said = await inside('six/web', 'ip -6 addr show dev eth0; ping -6 -c 1 -W 2 fd00:77::2');
    expect(said.out).toContain('inet6 fd00:77::3/64');
    expect(said.code).toBe(0);
    expect(await ctr(['-q', 'down', 'six'])).toMatchObject({ code: 0 });
    const timers = /(?:gc_timer|timer|hello_timer) +[\d.]+/g;
    const after = await out('ip -d -o link show dev brx; ip -6 addr show dev brx; ip -6 route');
    expect(after.replaceAll(timers, '')).toBe(before.replaceAll(timers, ''));
  } finally {
    await sh(['sh', '-c', 'ip netns del theirs; ip link del brx']);
  }
});

test('routed instead of NAT66: the packet leaves with the container’s own address', async () => {
  const network = { subnet6: 'fd00:88::/64', masquerade6: false };
  expect(await ctr(['-q', 'up', '-d', write({ network })])).toMatchObject({ code: 0 });
  expect(await out('ip6tables-save -t nat | grep -c MASQUERADE || true')).toBe('0\n');
  expect(await out('iptables-save -t nat | grep -c MASQUERADE')).toBe('1\n');
  // The world knows no way back.
  expect(await inside('six/web', `ping -c 1 -W 1 ${world}`)).toMatchObject({ code: 1 });
  expect(await inside('six/web', 'ping -6 -c 1 -W 1 app')).toMatchObject({ code: 0 });
});

/** Sends a router advertisement to all nodes, with a default route and a prefix for addresses (RFC 4861 §4.2). */
const advertise = `
use Socket;
socket(my $socket, Socket::AF_INET6, SOCK_RAW, 58) or die;
setsockopt($socket, 41, 18, pack('i', 255)) or die;
setsockopt($socket, 41, 17, pack('i', $ARGV[0])) or die;
my $prefix = Socket::inet_pton(Socket::AF_INET6, '2001:db8:bad::');
my $option = pack('CCCCNNN', 3, 4, 64, 0xc0, 86400, 14400, 0) . $prefix;
my $message = pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $option;
my $to = Socket::pack_sockaddr_in6(0, Socket::inet_pton(Socket::AF_INET6, 'ff02::1'), $ARGV[0]);
send($socket, $message, 0, $to) or die;
`;

test('a router advertisement of a neighbour gives nobody an address or a route', async () => {
  expect(await ctr(['-q', 'up', '-d', write()])).toMatchObject({ code: 0 });
  const { containers } = JSON.parse((await ctr(['inspect', 'six', '--json'])).out);
  const net = (name: string) => {
    const { pid } = containers.find((one: { name: string }) => one.name === name);
    return ['nsenter', '--target', `${pid}`, '--net'];
  };
  const index = /^(\d+):/.exec((await sh([...net('app'), 'ip', '-o', 'link', 'show', 'eth0'])).out);
  const send = async () => {
    const sent = await sh([...net('app'), 'perl', '-e', advertise, index?.[1] ?? '']);
    expect(sent).toMatchObject({ code: 0 });
  };
  const taken = async () => [
    await out('ip -6 addr show dev ctr6; ip -6 route'),
    (await sh([...net('web'), 'sh', '-c', 'ip -6 addr; ip -6 route'])).out,
  ];
  await send();
  await send();
  for (const text of await taken()) expect(text).not.toMatch(/2001:db8:bad:|via fe80/);
  // The same advertisement is taken where it is allowed.
  const allow = 'sysctl -qw net.ipv6.conf.eth0.accept_ra=1 net.ipv6.conf.eth0.autoconf=1';
  await sh([...net('web'), 'sh', '-c', allow]);
  await send();
  await until(async () => /2001:db8:bad:[\s\S]*via fe80/.test((await taken())[1] ?? ''));
});

test.each([[[]], [['--fast']]])(
  'the exported script %p does the same, there and back',
  async (flags) => {
    const before = await snapshot();
    const line = `ip -6 addr show dev eth0 | grep -c tentative; ping -c 1 -W 1 ${world} >/dev/null && echo there`;
    const config = shop.config('script', {
      version: 1,
      name: 'six',
      networks: {
        front: {
          bridge: { name: 'ctr6' },
          subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
          subnet6: 'auto',
        },
      },
      containers: {
        web: {
          rootfs: './labex',
          command: ['sh', '-c', line],
          user_namespace: true,
          interfaces: [{ network: 'front' }],
        },
      },
    });
    const script = (await ctr(['plan', ...flags, '--format', 'sh', config])).out;
    const ran = await sh(['sh', '-s'], script);
    expect(ran).toMatchObject({ code: 0, out: '0\nthere\n' });
    expect(differences(before, await snapshot())).toEqual([]);
  },
);

test('before Linux 6.17 the whole host forwards IPv6, and no longer when the run is gone', async () => {
  const before = await snapshot();
  // Hides the setting by which ctr knows that single interfaces can forward.
  const older = 'mount -t tmpfs tmpfs /proc/sys/net/ipv6/conf/default';
  const file = write();
  const run = async (words: string) =>
    await sh([
      'unshare',
      '--mount',
      'sh',
      '-c',
      `${older}; exec ${process.execPath} ${ctrPath} ${words}`,
    ]);
  expect(await run(`-q up -d ${file}`)).toMatchObject({ code: 0 });
  expect(await out('cat /proc/sys/net/ipv6/conf/all/forwarding')).toBe('1\n');
  expect(await inside('six/web', `ping -c 1 -W 2 ${world}`)).toMatchObject({ code: 0 });
  expect(await run('check six')).toMatchObject({ code: 0 });
  expect(await run('-q down six')).toMatchObject({ code: 0 });
  expect(differences(before, await snapshot())).toEqual([]);
});

test('a lost rule, address and route are found, and mended', async () => {
  expect(await ctr(['-q', 'up', '-d', write()])).toMatchObject({ code: 0 });
  const pid = (await out(`${process.execPath} ${ctrPath} inspect six/web --json`)).match(
    /"pid": ?(\d+)/,
  )?.[1];
  const net = ['nsenter', '--target', `${pid}`, '--net'];
  await sh(['ip6tables', '-t', 'nat', '-F']);
  await sh([...net, 'ip', '-6', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global']);
  const found = await ctr(['check', 'six']);
  expect(found.code).toBe(7);
  expect(found.out).toMatch(/✘.*IPv6 nat POSTROUTING/);
  expect(found.out).toMatch(/✘ web: eth0: .*address fd/);
  expect(await ctr(['-q', 'repair', 'six'])).toMatchObject({ code: 0 });
  expect(await ctr(['check', 'six'])).toMatchObject({ code: 0 });
  expect(await inside('six/web', `ping -c 1 -W 2 ${world}`)).toMatchObject({ code: 0 });
});

test('check --probe sends IPv6 packets; why says that it does not judge them', async () => {
  expect(await ctr(['-q', 'up', '-d', write()])).toMatchObject({ code: 0 });
  const whole = await ctr(['check', 'six', '--probe']);
  expect([whole.code, whole.out.match(/✔ web → .*:.*/g)]).toEqual([
    0,
    [
      expect.stringMatching(/web → fd.*::1 \(gateway, IPv6\)/),
      expect.stringMatching(/web → app \(fd.*\)/),
      `✔ web → the world (${world})`,
    ],
  ]);
  await sh(['ip6tables', '-I', 'FORWARD', '-d', world, '-j', 'DROP']);
  const lost = await ctr(['check', 'six', '--probe']);
  expect(lost.code).toBe(7);
  expect(lost.out).toContain(`✘ web → the world (${world})`);
  expect(lost.out).toContain('the IPv6 ping got no reply');
  const judged = await ctr(['why', 'six']);
  expect([judged.code, judged.out]).toEqual([0, '']);
  expect(judged.err).toContain('IPv6 was not checked; to test it as well: ctr check six --probe');
  expect(JSON.parse((await ctr(['why', 'six', '--json'])).out).not_judged).toEqual(['ipv6']);
  await sh(['ip6tables', '-D', 'FORWARD', '-d', world, '-j', 'DROP']);
});

test.each(styles)(
  '%s: killed at random instants, then recovered: nothing is left',
  async (_, flags) => {
    const file = write();
    const before = await snapshot();
    for (const wait of [40, 90, 140, 200, 300, 420]) {
      const child = startCtr(['-q', 'up', '-d', ...flags, file]);
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      await child.catch(() => undefined);
      await ctr(['-q', 'down', 'six']);
      await ctr(['-q', 'gc']);
      await until(async () => differences(before, await snapshot()).length === 0);
      expect(differences(before, await snapshot())).toEqual([]);
    }
  },
);

test('rules of IPv6 that no run knows are removed by gc', async () => {
  const before = await snapshot();
  const mark = ['-m', 'comment', '--comment', 'ctr:ctr9'];
  await sh([
    'ip6tables',
    '-w',
    '5',
    '-t',
    'filter',
    '-I',
    'FORWARD',
    '-i',
    'ctr9',
    ...mark,
    '-j',
    'ACCEPT',
  ]);
  await sh(['ip6tables', '-w', '5', '-t', 'filter', '-I', 'FORWARD', '-i', 'eth7', '-j', 'ACCEPT']);
  expect(await ctr(['-q', 'gc'])).toMatchObject({ code: 0 });
  expect(await out('ip6tables-save -t filter | grep -c -e ctr9 -e eth7')).toBe('1\n');
  await sh(['ip6tables', '-F', 'FORWARD']);
  expect(differences(before, await snapshot())).toEqual([]);
});

test('a bridge that others used stays, and gc takes it once it is free, in spite of its own IPv6 address', async () => {
  const before = await snapshot();
  const network = { subnet6: 'fd00:88::/64' };
  expect(await ctr(['-q', 'up', '-d', write({ network })])).toMatchObject({ code: 0 });
  await sh(['ip', 'addr', 'add', '2001:db8:7::1/64', 'dev', 'ctr6', 'nodad']);
  const down = await ctr(['down', 'six']);
  expect(down.err).toContain('address 2001:db8:7::1/64 is somebody else');
  expect(await ctr(['gc'])).toMatchObject({
    code: 0,
    err: expect.stringContaining('2001:db8:7::1/64'),
  });
  await sh(['ip', 'addr', 'del', '2001:db8:7::1/64', 'dev', 'ctr6']);
  expect(await ctr(['-q', 'gc'])).toMatchObject({ code: 0 });
  expect(differences(before, await snapshot())).toEqual([]);
});

test('a host on which IPv6 is disabled is refused before anything is touched, with the fix', async () => {
  const before = await snapshot();
  const disable = 'ip link set lo up; sysctl -qw net.ipv6.conf.all.disable_ipv6=1';
  const up = `exec ${process.execPath} ${ctrPath} up -d ${write()}`;
  const refused = await sh(['unshare', '--net', 'sh', '-c', `${disable}; ${up}`]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain('H015');
  expect(refused.err).toContain('sysctl -w net.ipv6.conf.all.disable_ipv6=0');
  expect(differences(before, await snapshot())).toEqual([]);
});
