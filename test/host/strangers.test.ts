import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { privateHost } from '../../rig/private-host.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let outer: string;
let base: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
  const plan = JSON.parse((await ctr(['plan', file, '--json'])).out);
  outer = plan.lab.containers[0].attachments[0].outer;
});
afterAll(() => shop.remove());

async function hand(...lines: readonly string[]): Promise<void> {
  await shell(...lines.map((line) => line.replaceAll('VETH', outer)));
}

interface Status {
  readonly name: string;
  readonly container: string;
  readonly state: string;
  readonly pid: number;
}
async function statuses(): Promise<readonly Status[]> {
  return JSON.parse((await ctr(['ps', '--json'])).out).containers as Status[];
}
async function stateOf(name: string): Promise<string | undefined> {
  return (await statuses()).find((one) => one.name === name)?.state;
}

// ── resources that existed before

const hosts: readonly [what: string, ...commands: string[]][] = [
  [
    'a bridge of that name with ports and an address',
    'ip link add name ctr0 address 02:00:00:00:00:01 type bridge',
    'ip addr add 192.168.0.1/16 dev ctr0',
    'ip link add name port0 type veth peer name port1',
    'ip link set dev port0 master ctr0',
    'ip link set dev port0 up',
    'ip link set dev port1 up',
    'ip link set dev ctr0 up',
  ],
  [
    'rules like ours, and of the same comment',
    'iptables -t nat -A POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE',
    'iptables -A FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT',
    'iptables -A FORWARD -i ctr0 -j DROP',
    'iptables -A FORWARD -i ctr1 -m comment --comment ctr:ctr1 -j ACCEPT',
  ],
  [
    'chains of Docker and of our name',
    'iptables -N DOCKER-USER',
    'iptables -A DOCKER-USER -i eth7 -j RETURN',
    'iptables -A FORWARD -j DOCKER-USER',
    'iptables -N ctr',
    'iptables -A ctr -j RETURN',
  ],
  ['a FORWARD policy of DROP', 'iptables -P FORWARD DROP'],
  [
    'hardened switches',
    ...[
      'ipv4/conf/all/accept_redirects=0',
      'ipv4/conf/default/accept_redirects=0',
      'ipv4/conf/all/rp_filter=1',
      'ipv4/conf/wan0/rp_filter=2',
      'ipv4/conf/all/send_redirects=0',
      'ipv4/conf/default/arp_ignore=1',
      'ipv6/conf/default/disable_ipv6=1',
    ].map((one) => `sysctl -qw net/${one}`),
  ],
  ['forwarding that is on for the uplink', 'sysctl -qw net/ipv4/conf/wan0/forwarding=1'],
  ['forwarding that is on', 'sysctl -qw net/ipv4/ip_forward=1'],
  [
    'legacy rules beside nft ones',
    'iptables-legacy -A FORWARD -s 10.9.9.0/24 -j DROP',
    'iptables -A INPUT -s 10.9.9.0/24 -j DROP',
  ],
  [
    'a table of nft and rules for IPv6',
    'nft add table inet mine',
    "nft 'add chain inet mine in { type filter hook input priority 0; policy accept; }'",
    'nft add rule inet mine in ip saddr 10.9.9.9 drop',
    'ip6tables -A FORWARD -s 2001:db8::/32 -j DROP',
  ],
  [
    'a stranger’s veth with an address, a route and a rule',
    'ip link add name veth0 type veth peer name veth1',
    'ip addr add 10.55.0.1/24 dev veth0',
    'ip link set dev veth0 up',
    'ip link set dev veth1 up',
    'ip route add 10.56.0.0/24 via 10.55.0.2',
    'ip rule add from 10.55.0.0/24 lookup 100',
  ],
  [
    'links in a group of their own, with names like ours',
    'ip link add name veth1234567890 group 7 type veth peer name ctr0p',
    'ip link add name ctr1 group 7 type bridge',
  ],
];

/** Removes the properties that a bridge without fixed values takes from its present and past ports. */
function plain(text: string): string {
  return text
    .replaceAll(/tso_max_size \d+|state \w+|NO-CARRIER,|,LOWER_UP|M-DOWN,?| linkdown/g, '')
    .replaceAll(/link\/ether \S+ brd|\S+_root \S+|bridge_id \S+/g, '');
}

test.each(hosts)('%s: the host is the same before and after', async (_, ...commands) => {
  const { enter, end } = await privateHost();
  try {
    const inside = (...argv: string[]) => sh([...enter, ...argv]);
    const inner = (...args: string[]) => inside(process.execPath, ctrPath, ...args);
    const prepared = await inside('sh', '-ec', `${commands.join('\n')}\nsleep 0.1`);
    expect(prepared).toMatchObject({ code: 0 });
    const before = plain(await snapshot(enter));
    expect((await inner('-q', 'up', file, '--', 'true')).code).toBe(0);
    expect(plain(await snapshot(enter))).toBe(before);
    expect((await inner('-q', 'up', '-d', file)).code).toBe(0);
    await inside('sh', '-c', 'kill -9 $(pgrep -f ctr-supervisor)');
    expect((await inner('ps')).code).toBe(0);
    expect(plain(await snapshot(enter))).toBe(before);
  } finally {
    end();
  }
});

// ── changes by hand while a run is up

const mends: readonly [what: string, seenByPs: boolean, ...commands: string[]][] = [
  ['the bridge is deleted', true, 'ip link del dev ctr0'],
  ['the bridge is switched off', true, 'ip link set dev ctr0 down'],
  ['the bridge loses its address', true, 'ip addr flush dev ctr0'],
  ['the cable is deleted', true, 'ip link del dev VETH'],
  [
    'the cable is renamed',
    true,
    'ip link set dev VETH down',
    'ip link set dev VETH name mine0',
    'ip link set dev mine0 up',
  ],
  ['the cable is unplugged', true, 'ip link set dev VETH nomaster'],
  ['the cable is switched off', true, 'ip link set dev VETH down'],
  ['iptables is flushed', true, 'iptables -F', 'iptables -t nat -F'],
  ['the whole ruleset is flushed', true, 'nft flush ruleset'],
  ['forwarding is switched off', true, 'sysctl -qw net/ipv4/conf/ctr0/forwarding=0'],
  ['the container’s address is removed', false, 'INSIDE ip addr flush dev eth0'],
  ['the container’s route is removed', false, 'INSIDE ip route del default'],
  ['the container’s interface is deleted', true, 'INSIDE ip link del dev eth0'],
  [
    'the container’s interface is renamed',
    false,
    'INSIDE ip link set dev eth0 down',
    'INSIDE ip link set dev eth0 name mine0',
  ],
];

async function damage(commands: readonly string[]): Promise<void> {
  const [one] = await statuses();
  await hand(
    ...commands.map((line) => line.replace('INSIDE', `nsenter --target ${one?.pid} --net`)),
  );
}

const reach = ['exec', 'labex', '--', 'wget', '-q', '-O', '-', 'http://203.0.113.80/'];

test.each(mends)('%s: ps or check says so, repair puts it back', async (_, seen, ...commands) => {
  base = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  await damage(commands);
  expect(await stateOf('labex')).toBe(seen ? 'degraded' : 'running');
  const checked = await ctr(['check', 'labex']);
  expect(checked.code).toBe(7);
  expect(checked.out).toContain('✘');
  expect(checked.err).toContain('ctr repair labex');
  const repaired = await ctr(['repair', 'labex']);
  expect(repaired.code).toBe(0);
  expect(repaired.err).toMatch(/^ {2}\+ (ip|iptables|sysctl|nsenter) /m);
  expect(await stateOf('labex')).toBe('running');
  expect((await ctr(['check', 'labex'])).code).toBe(0);
  expect((await ctr(reach)).out).toContain('you came from 198.51.100.2');
  const again = await ctr(['repair', 'labex']);
  expect(again).toMatchObject({ code: 0, err: expect.stringContaining('commands run: 0') });
  expect((await ctr(['down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(base);
});

test.each(mends)('%s: down removes the rest', async (_, _seen, ...commands) => {
  base = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  await damage(commands);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(base);
});

test('a bridge that two runs share is put back by either of them', async () => {
  base = await snapshot();
  const other = shop.config('other', tutorial({ host_name: 'other', ip: '192.168.0.101' }));
  await ctr(['-q', 'up', '-d', file]);
  await ctr(['-q', 'up', '-d', other, '--', 'sleep', '600']);
  await hand('ip link del dev ctr0', 'iptables -t nat -F', 'iptables -F');
  expect((await ctr(['-q', 'repair', 'other'])).code).toBe(0);
  expect((await ctr(['-q', 'repair', 'labex'])).code).toBe(0);
  expect((await statuses()).map(({ state }) => state)).toEqual(['running', 'running']);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect((await ctr(['check', 'other'])).code).toBe(0);
  expect((await ctr(['-q', 'down', 'other'])).code).toBe(0);
  expect(await snapshot()).toBe(base);
});

test('a bridge with a foreign port stays, and ctr reports it', async () => {
  base = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  await hand(
    'ip link add name theirs0 type veth peer name theirs1',
    'ip link set dev theirs0 master ctr0',
  );
  expect(await stateOf('labex')).toBe('degraded');
  const repaired = await ctr(['repair', 'labex']);
  expect(repaired.code).toBe(7);
  expect(repaired.out).toContain('✘ host: ctr0 has only ports that ctr created   (theirs0)');
  const down = await ctr(['down', 'labex']);
  expect(down.code).toBe(0);
  expect(down.err).toContain('port theirs0 is somebody else');
  expect(down.err).toContain('ip link del dev ctr0');
  expect((await sh(['ip', 'link', 'show', 'master', 'ctr0'])).out).toContain('theirs0');
  const spared = await ctr(['gc']);
  expect(spared.code).toBe(0);
  expect(spared.err).toContain('port theirs0 is somebody else');
  expect((await sh(['ip', 'link', 'show', 'master', 'ctr0'])).out).toContain('theirs0');
  await hand('ip link del dev theirs0');
  const swept = await ctr(['gc']);
  expect(swept.err).toContain('ip link del dev ctr0');
  expect(await snapshot()).toBe(base);
});

/** Starts a process with this pid (proc_sys_kernel(5), ns_last_pid). @returns a function that ends it. */
async function processWithNumber(pid: number): Promise<() => void> {
  const script = `echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 77 & echo $!; wait`;
  for (;;) {
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const child = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    const end = () => {
      process.kill(child, 'SIGKILL');
    };
    if (child === pid) return end;
    end();
  }
}

test('ctr does not mistake another process with a reused pid for a container’s first process', async () => {
  base = await snapshot();
  // The other container keeps the run and its record alive.
  const one = (address: string) => ({
    rootfs: './labex',
    command: ['sleep', '600'],
    interfaces: [{ network: 'front', addresses: [address] }],
  });
  const two = shop.config('two', {
    version: 1,
    name: 'pair',
    networks: {
      front: {
        bridge: { name: 'ctr0' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: { first: one('10.88.0.10'), second: one('10.88.0.11') },
  });
  expect((await ctr(['-q', 'up', '-d', two])).code).toBe(0);
  const container = async (name: string) =>
    (await statuses()).find((status) => status.container === name);
  const pid = (await container('first'))?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(async () => (await container('first'))?.state === 'ended');
  const stranger = await processWithNumber(pid);
  expect((await container('first'))?.state).toBe('ended');
  expect((await ctr(['exec', 'pair/first', '--', 'true'])).code).toBe(125);
  expect((await ctr(['down', 'pair'])).code).toBe(0);
  expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toContain('sleep\x0077');
  stranger();
  await until(async () => (await snapshot()) === base);
});

test('ctr names the holder of the firewall’s lock, and leaves nothing', async () => {
  const { enter, end } = await privateHost();
  try {
    const inside = (...argv: string[]) => sh([...enter, ...argv]);
    // Only iptables-legacy has a lock.
    const legacy = ['iptables', 'iptables-save', 'iptables-restore']
      .map((name) => `ln -s /usr/sbin/${name.replace('tables', 'tables-legacy')} ${name}`)
      .join('; ');
    await inside(
      'sh',
      '-ec',
      `mount -t tmpfs tmpfs /usr/local/sbin; cd /usr/local/sbin; ${legacy}`,
    );
    await inside('iptables', '-S');
    const before = await snapshot(enter);
    const holding =
      'flock /run/xtables.lock sleep 600 >/dev/null 2>&1 & echo $!; while flock -n /run/xtables.lock true; do sleep 0.05; done';
    const holder = (await inside('sh', '-c', holding)).out.trim();
    const ran = await inside(process.execPath, ctrPath, '--timeout', '2', 'up', file, '--', 'true');
    expect(ran.code).toBe(5);
    expect(ran.err).toMatch(/process \d+ \(flock\) holds the firewall lock/);
    await inside('kill', holder);
    const plain = (text: string) => text.split('\n').filter((line) => !/xtables.lock/.test(line));
    expect(plain(await snapshot(enter))).toEqual(plain(before));
  } finally {
    end();
  }
});
