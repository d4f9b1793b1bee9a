import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import {
  type Answer,
  callPlugin,
  debianPlugins,
  environmentOf,
  type Parameters,
} from '../../rig/cni.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { dice } from '../../rig/dice.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { stateDirectory } from '../../src/state/directory.ts';
import { full } from '../support/results.ts';

let folder: string;
let plugin: string;
let before: string;
/** The name of the tutorial's run. */
const lab = 'labex';

/** Names of namespaces that a test made. */
const namespaces = new Set<string>();

beforeAll(async () => {
  assertSandbox();
  expect(existsSync(`${debianPlugins}/host-local`)).toBe(true);
  folder = mkdtempSync(join(tmpdir(), 'ctr-cni-'));
  const installed = await ctr(['cni', 'install', `${folder}/bin`, '--net-dir', `${folder}/net`]);
  expect(installed.code).toBe(0);
  plugin = `${folder}/bin/ctr`;
  // ip-netns(8) makes a mount of its folder at first use.
  await shell('ip netns add first', 'ip netns del first');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  before = await snapshot();
});
afterEach(async () => {
  const names = [...namespaces];
  namespaces.clear();
  for (const name of names) await sh(['ip', 'netns', 'del', name]);
  const after = await snapshot();
  // What one test left must not fail the next.
  if (after !== before) await sh(['sh', '-c', cleanup]);
  expect(after).toBe(before);
});

const cleanup =
  'ip link del cni0; ip link del cni1; ip link del ctr0; rm -rf /run/ctr /run/kept /run/saved; iptables -F; iptables -t nat -F; for f in /proc/sys/net/ipv4/conf/*/forwarding; do echo 0 >$f; done';

async function namespace(name: string): Promise<string> {
  await shell(`ip netns add ${name}`);
  namespaces.add(name);
  return `/run/netns/${name}`;
}

interface Config {
  readonly [key: string]: unknown;
}
const base: Config = {
  cniVersion: '1.0.0',
  name: 'net',
  type: 'ctr',
  bridge: 'cni0',
  isDefaultGateway: true,
  ipMasq: true,
  ipam: { type: 'ctr', subnet: '10.99.0.0/24' },
};

async function call(
  command: string,
  config: unknown,
  parameters: Parameters = {},
): Promise<Answer> {
  const answer = await callPlugin(plugin, command, config, { ifname: 'eth0', ...parameters });
  // Standard output has JSON or nothing.
  expect(answer.json).toBeDefined();
  return answer;
}

/** CI makes a sample; `npm run attachments` all. */
const [kills, crowd] = full ? [20, 50] : [8, 16];

/** The exit code of `withoutNode` where it would have started Node. */
const withoutNodeCode = 9;

/** @returns the path of a wrapper that does what it can do itself. */
function withoutNode(): string {
  const path = `${folder}/no-node`;
  const text = readFileSync(plugin, 'utf8').replace(
    /^ctr\(\) .*$/m,
    `ctr() { exit ${withoutNodeCode}; }`,
  );
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

/** @returns the result. */
async function add(config: Config, parameters: Parameters): Promise<NonNullable<Answer['json']>> {
  const answer = await call('ADD', config, parameters);
  expect([answer.code, answer.json?.msg]).toEqual([0, undefined]);
  return answer.json ?? {};
}

async function del(config: Config, parameters: Parameters): Promise<void> {
  const answer = await call('DEL', config, parameters);
  expect([answer.code, answer.out]).toEqual([0, '']);
}

const inside = async (name: string, ...argv: readonly string[]) =>
  await sh(['ip', 'netns', 'exec', name, ...argv]);

async function attachments(): Promise<
  readonly {
    readonly container: string;
    readonly state: string;
    readonly name: string;
    readonly addresses: readonly string[];
  }[]
> {
  return JSON.parse((await ctr(['ps', '--json'])).out).containers;
}

// ── ADD and DEL

test('ADD connects a namespace to the world and to another; DEL removes all of it', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const first = await add(base, { id: 'a', netns: a });
  await add(base, { id: 'b', netns: b });
  expect(first.ips).toEqual([{ address: '10.99.0.2/24', gateway: '10.99.0.1', interface: 2 }]);
  expect(first.routes).toEqual([{ dst: '0.0.0.0/0', gw: '10.99.0.1' }]);
  const [bridge, port, end] = first.interfaces ?? [];
  expect([bridge?.name, end?.name]).toEqual(['cni0', 'eth0']);
  expect([bridge?.sandbox, port?.sandbox, end?.sandbox]).toEqual([undefined, undefined, a]);
  const links = JSON.parse((await sh(['ip', '-j', 'link'])).out) as {
    ifname: string;
    address: string;
  }[];
  for (const one of [bridge, port]) {
    expect(links.find(({ ifname }) => ifname === one?.name)?.address).toBe(one?.mac);
  }
  const eth0 = JSON.parse((await inside('a', 'ip', '-j', 'link', 'show', 'eth0')).out)[0];
  expect(eth0.address).toBe(end?.mac);
  for (const address of ['10.99.0.1', '10.99.0.3', '203.0.113.10']) {
    expect([address, (await inside('a', 'ping', '-c1', '-W2', address)).code]).toEqual([
      address,
      0,
    ]);
  }
  expect((await attachments()).map(({ container, state }) => [container, state]).sort()).toEqual([
    ['a', 'attached'],
    ['b', 'attached'],
  ]);
  await del(base, { id: 'a', netns: a });
  expect((await inside('b', 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  await del(base, { id: 'b', netns: b });
});

test('with "firewall": "nftables" attachments share a table, which CHECK knows and the last DEL deletes', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const tables = async () =>
    [...(await sh(['nft', 'list', 'tables', 'ip'])).out.matchAll(/^table ip (ctr\S+)$/gm)].map(
      ([, name]) => name,
    );
  const config = { ...base, firewall: 'nftables', clusterCIDR: '10.96.0.0/11' };
  const ports = { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] };
  const publishing = { ...config, capabilities: { portMappings: true }, runtimeConfig: ports };
  const first = await add(publishing, { id: 'a', netns: a });
  // As the reference plugin calls it.
  const { firewall: ipMasqBackend, ...rest } = config;
  await add({ ...rest, ipMasqBackend }, { id: 'b', netns: b });
  expect(await tables()).toEqual([
    'ctr/cni0/except.10.96.0.0/11',
    expect.stringMatching(/^ctr\/cni0\/cni-[0-9a-f]{10}\/\S+$/),
  ]);
  expect((await sh(['iptables-save'])).out).not.toContain('ctr:');
  for (const name of ['a', 'b']) {
    expect((await inside(name, 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  }
  const check = { ...publishing, prevResult: first };
  expect((await call('CHECK', check, { id: 'a', netns: a })).json).toEqual({});
  await sh(['nft', 'flush', 'table', 'ip', 'ctr/cni0/except.10.96.0.0/11']);
  expect((await call('CHECK', check, { id: 'a', netns: a })).json?.msg).toContain('masquerade');
  await del(publishing, { id: 'a', netns: a });
  expect(await tables()).toEqual(['ctr/cni0/except.10.96.0.0/11']);
  await del(config, { id: 'b', netns: b });
  expect(await tables()).toEqual([]);
});

test.each(['0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
  'a result of version %s has the fields of that version',
  async (cniVersion) => {
    const a = await namespace('a');
    const config = { ...base, cniVersion };
    const { interfaces, ips, cniVersion: said } = await add(config, { id: 'a', netns: a });
    expect(said).toBe(cniVersion);
    expect(ips?.map(({ version }) => version)).toEqual([
      cniVersion.startsWith('0.') ? '4' : undefined,
    ]);
    expect(interfaces?.map(({ mtu }) => mtu)).toEqual(
      Array.from({ length: 3 }, () => (cniVersion === '1.1.0' ? 1500 : undefined)),
    );
    await del(config, { id: 'a', netns: a });
  },
);

test('engines’ Go keys, CNI_ARGS and unknown fields are understood', async () => {
  const a = await namespace('a');
  const config = {
    ...base,
    capabilities: { portMappings: true, dns: true },
    args: { labels: [{ key: 'a', value: 'b' }] },
    'cni.dev/unknown': { x: 1 },
    keyOfTomorrow: [1],
    runtimeConfig: {
      portMappings: [],
      dns: { Servers: ['9.9.9.9'], Searches: ['example'], Options: ['ndots:1'] },
    },
  };
  const args = 'IgnoreUnknown=1;K8S_POD_NAME=a;MAC=0a:00:00:00:00:05;IP=10.99.0.77';
  const result = await add(config, { id: 'a', netns: a, args });
  expect(result.ips?.[0]?.address).toBe('10.99.0.77/24');
  expect(result.interfaces?.[2]?.mac).toBe('0a:00:00:00:00:05');
  expect(result.dns).toEqual({
    nameservers: ['9.9.9.9'],
    search: ['example'],
    options: ['ndots:1'],
  });
  const check = { ...config, prevResult: result };
  expect((await call('CHECK', check, { id: 'a', netns: a, args })).json).toEqual({});
  await del(config, { id: 'a', netns: a });
});

test('addresses are asked for by runtimeConfig.ips and args.cni.ips; a taken one is refused', async () => {
  const [a, b, c] = [await namespace('a'), await namespace('b'), await namespace('c')];
  const wants = (...ips: string[]) => ({ ...base, runtimeConfig: { ips } });
  expect((await add(wants('10.99.0.9/24'), { id: 'a', netns: a })).ips?.[0]?.address).toBe(
    '10.99.0.9/24',
  );
  const config = { ...base, args: { cni: { ips: ['10.99.0.10'] } } };
  expect((await add(config, { id: 'b', netns: b })).ips?.[0]?.address).toBe('10.99.0.10/24');
  const refused = await call('ADD', wants('10.99.0.9'), { id: 'c', netns: c });
  expect([refused.code, refused.json?.code]).toEqual([1, 102]);
  expect(refused.json?.msg).toContain('10.99.0.9');
  await del(base, { id: 'c', netns: c });
  await del(base, { id: 'a', netns: a });
  await del(base, { id: 'b', netns: b });
});

// ── IPv6

const six: Config = {
  ...base,
  ipam: { type: 'ctr', ranges: [[{ subnet: '10.99.0.0/24' }], [{ subnet: 'fd00:99::/64' }]] },
};
const world6 = '2001:db8:80::80';

async function pings(name: string, ...addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    const { code } = await inside(name, 'ping', '-c1', '-W2', address);
    expect([address, code]).toEqual([address, 0]);
  }
}

test.each(['iptables', 'nftables'])(
  'two families, %s: ADD is usable at once, CHECK knows both, DEL removes all of it',
  async (firewall) => {
    const [a, b] = [await namespace('a'), await namespace('b')];
    const config = { ...six, firewall };
    const first = await add(config, { id: 'a', netns: a });
    const { out: tentative } = await inside('a', 'ip', '-6', 'addr', 'show', 'dev', 'eth0');
    expect(tentative).toContain('fd00:99::2/64');
    expect(tentative).not.toMatch(/tentative|dynamic/);
    await pings('a', 'fd00:99::1', world6, '203.0.113.10');
    expect(first.ips).toEqual([
      { address: '10.99.0.2/24', gateway: '10.99.0.1', interface: 2 },
      { address: 'fd00:99::2/64', gateway: 'fd00:99::1', interface: 2 },
    ]);
    expect(first.routes).toEqual([
      { dst: '0.0.0.0/0', gw: '10.99.0.1' },
      { dst: '::/0', gw: 'fd00:99::1' },
    ]);
    await add(config, { id: 'b', netns: b });
    await pings('b', 'fd00:99::2', world6);
    const check = { ...config, prevResult: first };
    const said = async () => (await call('CHECK', check, { id: 'a', netns: a })).json;
    expect(await said()).toEqual({});
    await inside('a', 'ip', '-6', 'route', 'del', 'default');
    expect((await said())?.msg).toContain('the route to ::/0 is missing');
    await inside('a', 'ip', '-6', 'route', 'add', 'default', 'via', 'fd00:99::1', 'dev', 'eth0');
    await inside('a', 'ip', 'addr', 'del', 'fd00:99::2/64', 'dev', 'eth0');
    expect((await said())?.msg).toContain('eth0 lacks the address fd00:99::2/64');
    const line = 'ip addr add fd00:99::2/64 dev eth0 nodad; ip route add default via fd00:99::1';
    await inside('a', 'sh', '-c', line);
    expect(await said()).toEqual({});
    await shell(
      firewall === 'nftables'
        ? 'nft flush chain ip6 ctr/cni0 postrouting'
        : 'ip6tables -t nat -F POSTROUTING',
    );
    expect((await said())?.msg).toMatch(/fd00:99::\/64/);
    // A freed address of either family keeps its MAC, so nobody sends to one that is gone.
    const mac = first.interfaces?.[2]?.mac;
    await del(config, { id: 'a', netns: a });
    const again = await add(config, { id: 'c', netns: a });
    expect(again.ips?.map(({ address }) => address)).toEqual(['10.99.0.2/24', 'fd00:99::2/64']);
    expect(again.interfaces?.[2]?.mac).toBe(mac);
    await pings('b', 'fd00:99::2');
    await call('GC', {
      ...{ ...config, cniVersion: '1.1.0' },
      'cni.dev/valid-attachments': [{ containerID: 'b', ifname: 'eth0' }],
    });
    expect((await attachments()).map(({ container }) => container)).toEqual(['b']);
    await del(config, { id: 'b', netns: '' });
  },
);

test.each(['0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
  'a result of version %s names the family of each address as that version does',
  async (cniVersion) => {
    const a = await namespace('a');
    const { ips } = await add({ ...six, cniVersion }, { id: 'a', netns: a });
    const old = cniVersion.startsWith('0.');
    expect(ips?.map(({ version }) => version)).toEqual(old ? ['4', '6'] : [undefined, undefined]);
    await del({ ...six, cniVersion }, { id: 'a', netns: a });
  },
);

test('IPv6 addresses: asked for, from the capability ipRanges, exhausted, refused where there is no pool', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const wants = { ...six, runtimeConfig: { ips: ['fd00:99::99/64'] } };
  const first = await add(wants, { id: 'a', netns: a });
  expect(first.ips?.map(({ address }) => address)).toEqual(['10.99.0.2/24', 'fd00:99::99/64']);
  const taken = await call('ADD', wants, { id: 'b', netns: b });
  expect([taken.json?.code, taken.json?.msg]).toEqual([
    102,
    expect.stringContaining('fd00:99::99 is not free in fd00:99::/64'),
  ]);
  await del(wants, { id: 'a', netns: a });
  const plain = { ...base, runtimeConfig: { ips: ['fd00:99::99'] } };
  expect((await call('ADD', plain, { id: 'b', netns: b })).json?.code).toBe(102);
  const small = {
    ipRanges: [[{ subnet: 'fd00:99::/64', rangeStart: 'fd00:99::5', rangeEnd: 'fd00:99::5' }]],
  };
  const capable = { ...base, runtimeConfig: small };
  const other = await add(capable, { id: 'a', netns: a });
  expect(other.ips?.[1]?.address).toBe('fd00:99::5/64');
  const status = await call('STATUS', { ...capable, cniVersion: '1.1.0' });
  expect(status.json?.msg).toContain('no free address');
  await del(capable, { id: 'a', netns: a });
  const alone = { ...base, ipam: { subnet: 'fd00:99::/64' } };
  expect((await call('ADD', alone, { id: 'b', netns: b })).json?.msg).toContain('only beside IPv4');
});

test('a network without isGateway has IPv6 addresses too, and the host none', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const config = { ...six, isDefaultGateway: false, ipMasq: false };
  const first = await add(config, { id: 'a', netns: a });
  expect(first.routes).toEqual([]);
  await add(config, { id: 'b', netns: b });
  await pings('a', 'fd00:99::3', '10.99.0.3');
  expect((await sh(['ip', '-6', 'addr', 'show', 'dev', 'cni0'])).out).not.toContain('fd00');
  expect(
    (await call('CHECK', { ...config, prevResult: first }, { id: 'a', netns: a })).json,
  ).toEqual({});
  await del(config, { id: 'a', netns: a });
  await del(config, { id: 'b', netns: b });
});

test('two interfaces with IPv6: the first one’s default route stays the one in use', async () => {
  const a = await namespace('a');
  const other = {
    ...{ ...six, name: 'other', bridge: 'cni1' },
    ipam: { ranges: [[{ subnet: '10.98.0.0/24' }], [{ subnet: 'fd00:98::/64' }]] },
  };
  await add(six, { id: 'a', netns: a });
  await add(other, { id: 'a', netns: a, ifname: 'eth1' });
  expect((await inside('a', 'ip', '-6', 'route', 'get', world6)).out).toContain('via fd00:99::1');
  await pings('a', world6, 'fd00:98::1');
  await del(six, { id: 'a', netns: a });
  await pings('a', world6);
  await del(other, { id: 'a', netns: a, ifname: 'eth1' });
});

test.each(['iptables', 'nftables'])(
  'published ports lead to both addresses, %s; one on an address of IPv6 is none of a container without',
  async (firewall) => {
    const a = await namespace('a');
    await shell("printf 'here' > /run/page", 'chmod 644 /run/page');
    const mapping = { containerPort: 80, protocol: 'tcp' };
    const portMappings = [
      { ...mapping, hostPort: 8080 },
      { ...mapping, hostPort: 8081, hostIP: '2001:db8:ffff::2' },
      { ...mapping, hostPort: 8082, hostIP: '0.0.0.0' },
    ];
    const more = { firewall, runtimeConfig: { portMappings } };
    const result = await add({ ...six, ...more }, { id: 'a', netns: a });
    const line = "exec ip netns exec a busybox httpd -f -p '[::]:80' -h /run";
    const serve = spawn('sh', ['-c', line]);
    const get = async (at: string) =>
      (await sh(['timeout', '3', 'busybox', 'wget', '-q', '-O', '-', `http://${at}/page`])).out;
    try {
      await until(async () => (await get('[fd00:99::2]')) === 'here');
      const urls = ['[2001:db8:ffff::2]:8080', '127.0.0.1:8080', '[2001:db8:ffff::2]:8081'];
      for (const at of [...urls, '198.51.100.2:8082'])
        expect([at, await get(at)]).toEqual([at, 'here']);
      for (const at of ['198.51.100.2:8081', '[2001:db8:ffff::2]:8082']) {
        expect([at, await get(at)]).toEqual([at, '']);
      }
      const check = { ...six, ...more, prevResult: result };
      expect((await call('CHECK', check, { id: 'a', netns: a })).json).toEqual({});
      await del({ ...six, ...more }, { id: 'a', netns: a });
      await add({ ...base, ...more }, { id: 'a', netns: a });
      expect([await get('127.0.0.1:8080'), await get('[2001:db8:ffff::2]:8081')]).toEqual([
        'here',
        '',
      ]);
      await del({ ...base, ...more }, { id: 'a', netns: a });
    } finally {
      serve.kill();
      await shell('rm /run/page');
    }
  },
);

test('host-local gives both addresses and a route of IPv6, and gets both leases back', async () => {
  const a = await namespace('a');
  const dataDir = `${folder}/leases6`;
  const ipam = {
    ...{ type: 'host-local', dataDir },
    ranges: [[{ subnet: '10.99.0.0/24' }], [{ subnet: 'fd00:99::/64' }]],
    routes: [{ dst: '2001:db8:7::/48' }],
  };
  const config = { ...base, name: 'local', ipam };
  const leases = () => readdirSync(`${dataDir}/local`).filter((one) => /^[0-9a-f]+[.:]/.test(one));
  const result = await add(config, { id: 'a', netns: a });
  expect(result.ips).toEqual([
    { address: '10.99.0.2/24', gateway: '10.99.0.1', interface: 2 },
    { address: 'fd00:99::2/64', gateway: 'fd00:99::1', interface: 2 },
  ]);
  expect(result.routes?.map(({ dst }) => dst)).toEqual(['0.0.0.0/0', '::/0', '2001:db8:7::/48']);
  expect((await inside('a', 'ip', '-6', 'route')).out).toContain('2001:db8:7::/48 via fd00:99::1');
  expect(leases().length).toBe(2);
  await pings('a', world6, 'fd00:99::1');
  expect(
    (await call('CHECK', { ...config, prevResult: result }, { id: 'a', netns: a })).json,
  ).toEqual({});
  await del(config, { id: 'a', netns: a });
  expect(leases()).toEqual([]);
});

test('two interfaces of one container, and two containers whose ids begin alike', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const [one, other] = ['0123456789abcdef', '0123456789abcdee'];
  const second = { ...base, name: 'second', bridge: 'cni1', ipam: { subnet: '10.98.0.0/24' } };
  const outers = [
    await add(base, { id: one, netns: a }),
    await add(base, { id: other, netns: b }),
    await add(second, { id: one, netns: a, ifname: 'eth1' }),
    await add(base, { id: one, netns: a, ifname: 'eth2' }),
  ].map(({ interfaces }) => interfaces?.[1]?.name);
  expect(new Set(outers).size).toBe(4);
  // The default route that is there stays.
  expect((await inside('a', 'ip', 'route', 'show', 'default')).out).toContain('dev eth0');
  await del(base, { id: one, netns: a });
  expect((await inside('a', 'ip', '-br', 'link')).out).toMatch(/eth1.*\n.*eth2|eth2.*\n.*eth1/);
  await del(second, { id: one, netns: a, ifname: 'eth1' });
  await del(base, { id: one, netns: a, ifname: 'eth2' });
  await del(base, { id: other, netns: b });
});

test('a chain: prevResult comes out again, with ours after it', async () => {
  const a = await namespace('a');
  const prevResult = {
    cniVersion: '1.0.0',
    interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox: a }],
    ips: [{ address: '127.0.0.1/8', interface: 0 }],
    routes: [{ dst: '198.51.100.0/24' }],
    dns: { domain: 'example' },
  };
  const config = { ...base, prevResult };
  const result = await add(config, { id: 'a', netns: a });
  expect(
    result.interfaces?.map(({ name }) => name).filter((name) => !name.startsWith('veth')),
  ).toEqual(['lo', 'cni0', 'eth0']);
  expect(result.ips?.map(({ interface: at }) => at)).toEqual([0, 3]);
  expect(result.routes?.map(({ dst }) => dst)).toEqual(['198.51.100.0/24', '0.0.0.0/0']);
  expect(result.dns).toEqual({ domain: 'example' });
  await del({ ...config, prevResult: result }, { id: 'a', netns: a });
});

test('an interface of that name is refused and left alone', async () => {
  const a = await namespace('a');
  await shell('ip -n a link add name eth0 type veth peer name other');
  const refused = await call('ADD', base, { id: 'a', netns: a });
  expect(refused.code).toBe(1);
  expect(refused.json?.code).toBeGreaterThanOrEqual(100);
  expect((await inside('a', 'ip', 'link', 'show', 'eth0')).code).toBe(0);
  await del(base, { id: 'a', netns: a });
  expect((await inside('a', 'ip', 'link', 'show', 'eth0')).code).toBe(0);
});

test('a second ADD of an attachment is refused, and the first stays', async () => {
  const a = await namespace('a');
  const result = await add(base, { id: 'a', netns: a });
  const again = await call('ADD', base, { id: 'a', netns: a });
  expect(again.json?.code).toBe(100);
  expect((await call('CHECK', { ...base, prevResult: result }, { id: 'a', netns: a })).code).toBe(
    0,
  );
  await del(base, { id: 'a', netns: a });
});

test.each<[what: string, code: number, config: unknown, parameters: Parameters, said: string]>([
  ['not JSON', 6, '{', {}, 'JSON'],
  ['no object', 6, '[]', {}, 'object'],
  ['a version of the past', 1, { ...base, cniVersion: '0.1.0' }, {}, '0.1.0'],
  ['a version of the future', 1, { ...base, cniVersion: '9.0.0' }, {}, '9.0.0'],
  ['no name', 7, { ...base, name: undefined }, {}, 'name'],
  ['a name with a slash', 7, { ...base, name: 'a/b' }, {}, 'name'],
  ['a VLAN', 2, { ...base, vlan: 5 }, {}, 'vlan'],
  [
    'a bandwidth',
    2,
    { ...base, runtimeConfig: { bandwidth: { IngressRate: 8 } } },
    {},
    'bandwidth',
  ],
  [
    'a port of a protocol that nobody has',
    7,
    {
      ...base,
      runtimeConfig: { portMappings: [{ HostPort: 8080, ContainerPort: 80, Protocol: 'dccp' }] },
    },
    {},
    'dccp',
  ],
  ['another firewall', 7, { ...base, firewall: 'pf' }, {}, 'nftables'],
  ['an IPv6 subnet alone', 2, { ...base, ipam: { subnet: 'fd00::/64' } }, {}, 'fd00::/64'],
  ['no pool', 7, { ...base, ipam: {} }, {}, 'ipam.subnet'],
  ['an unknown delegate', 7, { ...base, ipam: { type: 'nowhere' } }, {}, 'nowhere'],
  ['a delegate with a path', 7, { ...base, ipam: { type: '../sh' } }, {}, '../sh'],
  ['no container id', 4, base, { id: '' }, 'CNI_CONTAINERID'],
  ['a container id with a slash', 4, base, { id: 'a/b' }, 'CNI_CONTAINERID'],
  ['no interface name', 4, base, { ifname: '' }, 'CNI_IFNAME'],
  ['an interface name of 16 bytes', 4, base, { ifname: 'abcdefghijklmnop' }, 'CNI_IFNAME'],
  ['an interface name that the kernel expands', 4, base, { ifname: 'eth%d' }, 'CNI_IFNAME'],
  ['no namespace', 4, base, { netns: '' }, 'CNI_NETNS'],
  ['a namespace that is none', 4, base, { netns: '/run/netns/none' }, '/run/netns/none'],
  ['a file that is no namespace', 4, base, { netns: '/etc/hostname' }, '/etc/hostname'],
  ['the host’s own namespace', 4, base, { netns: '/proc/self/ns/net' }, '/proc/self/ns/net'],
])(
  'ADD with %s is refused with code %s, and DEL works',
  async (_, code, config, parameters, said) => {
    const a = await namespace('a');
    const all = { id: 'a', netns: a, ...parameters };
    const refused = await call('ADD', config, all);
    expect([refused.code, refused.json?.code]).toEqual([1, code]);
    expect(`${refused.json?.msg} ${refused.json?.details}`).toContain(said);
    expect(refused.json?.msg).not.toMatch(/\s$/);
    // Engines call DEL after a failed ADD: one that fails would leave the container behind for ever.
    const named =
      typeof config === 'object' &&
      !Array.isArray(config) &&
      (code === 2 || said === '/etc/hostname');
    if (named) await del(config as Config, all);
  },
);

test('an unknown or missing CNI_COMMAND is code 4', async () => {
  for (const command of ['', 'add', 'PATCH']) {
    const refused = await call(command, base, { id: 'a' });
    expect([refused.code, refused.json?.code, refused.json?.msg]).toEqual([
      1,
      4,
      expect.stringContaining('CNI_COMMAND'),
    ]);
  }
});

test('VERSION answers in the question’s version, with and without Node', async () => {
  const supportedVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];
  for (const [asked, said] of [
    ['1.0.0', '1.0.0'],
    ['0.4.0', '0.4.0'],
    ['1.1.0', '1.1.0'],
    ['7.7.7', '1.1.0'],
  ]) {
    const podman = { netns: 'dummy', ifname: 'dummy', more: { CNI_PATH: 'dummy' } };
    for (const enter of [[], [process.execPath, ctrPath]]) {
      const question = JSON.stringify({ cniVersion: asked });
      const answer =
        enter.length === 0
          ? await callPlugin(plugin, 'VERSION', question, podman)
          : await callPlugin(enter[1] ?? '', 'VERSION', question, podman, [process.execPath]);
      expect(answer.json).toEqual({ cniVersion: said, supportedVersions });
    }
  }
  // An engine's daemon asks before each ADD and DEL, and Node would take most of the time.
  expect(
    (await callPlugin(withoutNode(), 'VERSION', '{\n "cniVersion" : "0.4.0"\n}')).json?.cniVersion,
  ).toBe('0.4.0');
});

// ── DEL

test('DEL beside an attachment that shares the rest takes the link without Node', async () => {
  const [a, b, c] = [await namespace('a'), await namespace('b'), await namespace('c')];
  const wrapper = withoutNode();
  const bare = async (id: string, config: Config = base) =>
    (await callPlugin(wrapper, 'DEL', config, { id, netns: `/run/netns/${id}`, ifname: 'eth0' }))
      .code;
  const routed = { ...base, name: 'routed', ipMasq: false };
  await add(routed, { id: 'c', netns: c });
  await add(base, { id: 'a', netns: a });
  // It shares less: without Node nobody would remove the rule.
  expect(await bare('a')).toBe(withoutNodeCode);
  await del(base, { id: 'a', netns: a });
  expect((await sh(['iptables-save', '-t', 'nat'])).out).not.toContain('MASQUERADE');

  await add(base, { id: 'a', netns: a });
  await add(base, { id: 'b', netns: b });
  // Of another network: not this attachment, even where a name further inside is its network's.
  expect(await bare('a', { args: { name: base.name }, ...routed })).toBe(withoutNodeCode);
  expect(await bare('a', routed)).toBe(withoutNodeCode);
  // In other whitespace, with the keys in libcni's order.
  const { name, ...rest } = base;
  const sorted = JSON.stringify({ ...rest, name, prevResult: { name: 'x' } }, null, 2);
  const answer = await callPlugin(wrapper, 'DEL', sorted, { id: 'a', netns: a, ifname: 'eth0' });
  expect([answer.code, answer.out]).toEqual([0, '']);
  expect(answer.err).toBe('ctr-cni: ip link del dev veth-ca  # undo: done\nctr-cni: deleted\n');
  expect((await attachments()).map(({ container }) => container).sort()).toEqual(['b', 'c']);
  expect((await inside('b', 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  const log = (await ctr(['cni', 'log', 'a'])).out;
  expect(log).toContain('ip link del dev veth-ca');
  expect(log.trimEnd().split('\n').at(-1)).toContain('deleted');
  // Whoever is last takes the rest, and that needs its plan.
  expect(await bare('b')).toBe(withoutNodeCode);
  await del(base, { id: 'b', netns: b });
  await del(routed, { id: 'c', netns: c });
});

test('DEL without Node takes no other attachment, whatever the names, and is quick about a long configuration', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  const wrapper = withoutNode();
  const bare = async (id: string, ifname: string, config: Config = base) =>
    (await callPlugin(wrapper, 'DEL', config, { id, ifname })).code;
  await add(base, { id: 'b', netns: b });
  await add(base, { id: 'a.b', netns: a, ifname: 'c' });
  expect(await bare('a', 'b.c')).toBe(withoutNodeCode);
  expect((await inside('a', 'ip', 'link', 'show', 'c')).code).toBe(0);
  // The name comes late: the shell must not search for it byte by byte.
  const args = Array.from({ length: 1000 }, (_, index) => ({
    key: `key ${index}`,
    value: 'value',
  }));
  const began = Date.now();
  expect(await bare('a.b', 'c', { args, ...base })).toBe(withoutNodeCode);
  expect(Date.now() - began).toBeLessThan(2000);
  // Nobody reads standard error any more.
  const env = environmentOf('DEL', { id: 'a.b', ifname: 'c' });
  const unheard = spawn(wrapper, [], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  unheard.stderr.destroy();
  unheard.stdin.end(JSON.stringify(base));
  expect(await once(unheard, 'exit')).toEqual([0, null]);
  // The log is JSON.
  await add(base, { id: 'a', netns: a, ifname: 'e"\\c' });
  await del(base, { id: 'a', netns: a, ifname: 'e"\\c' });
  expect((await ctr(['cni', 'log', 'a'])).out.trimEnd()).toMatch(/deleted$/);
  await del(base, { id: 'b', netns: b });
});

test('DEL without Node keeps a record whose link is there again when it has the lock', async () => {
  const [a, b] = [await namespace('a'), await namespace('b')];
  await add(base, { id: 'a', netns: a });
  await add(base, { id: 'b', netns: b });
  const lock = spawn('flock', ['/run/ctr/lock', 'sh', '-c', 'echo; read _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(lock.stdout, 'data');
  const answer = callPlugin(withoutNode(), 'DEL', base, { id: 'a', ifname: 'eth0' });
  await until(async () => (await sh(['ip', 'link', 'show', 'veth-ca'])).code !== 0);
  await shell('ip link add veth-ca type veth peer name other');
  lock.stdin.end('\n');
  expect((await answer).code).toBe(withoutNodeCode);
  await shell('ip link del veth-ca');
  await del(base, { id: 'a', netns: a });
  await del(base, { id: 'b', netns: b });
});

test('a DEL without Node, killed at random instants: the next DEL leaves nothing', async () => {
  const seed = Date.now() % 100_000;
  const rolled = dice(seed);
  const b = await namespace('b');
  await add(base, { id: 'b', netns: b });
  const beside = await snapshot();
  for (let round = 0; round < kills; round += 1) {
    const a = await namespace('a');
    await add(base, { id: 'a', netns: a });
    await startAndKill('a', a, rolled.below(40), 'DEL');
    await del(base, { id: 'a', netns: a });
    await shell('ip netns del a');
    expect([seed, round, await snapshot()]).toEqual([seed, round, beside]);
  }
  namespaces.delete('a');
  await del(base, { id: 'b', netns: b });
});

test('DEL: twice, with an empty namespace, with one that is gone, and without any ADD', async () => {
  const a = await namespace('a');
  const result = await add(base, { id: 'a', netns: a });
  // CRI: at Stop with prevResult, at Remove with an empty CNI_NETNS and without it.
  await del({ ...base, prevResult: result }, { id: 'a', netns: a });
  await del(base, { id: 'a', netns: '' });
  await del(base, { id: 'a', netns: '' });
  await add(base, { id: 'a', netns: a });
  await shell('ip netns del a');
  namespaces.delete('a');
  await del(base, { id: 'a', netns: a });
  await del(base, { id: 'never', netns: '/run/netns/never' });
});

test('DEL with an empty namespace while it still exists removes the interface too', async () => {
  const a = await namespace('a');
  await add(base, { id: 'a', netns: a });
  await del(base, { id: 'a', netns: '' });
  expect((await inside('a', 'ip', '-br', 'link')).out).not.toContain('eth0');
});

test('DEL after somebody removed the interface, the bridge or the rules by hand', async () => {
  for (const line of [
    'ip -n a link del eth0',
    'ip link del cni0',
    'iptables -t nat -F; iptables -F',
  ]) {
    const a = await namespace('a');
    await add(base, { id: 'a', netns: a });
    await shell(line);
    await del(base, { id: 'a', netns: a });
    await shell('ip netns del a');
  }
});

test('DEL never takes an interface of that name that is another’s', async () => {
  const a = await namespace('a');
  await add(base, { id: 'a', netns: a });
  await shell('ip -n a link del eth0', 'ip -n a link add name eth0 type veth peer name other');
  await del(base, { id: 'a', netns: a });
  expect((await inside('a', 'ip', 'link', 'show', 'eth0')).code).toBe(0);
});

test('DEL with a configuration that ADD would refuse', async () => {
  const a = await namespace('a');
  await add(base, { id: 'a', netns: a });
  await del(
    {
      ...base,
      vlan: 'x',
      mtu: -1,
      ipam: { subnet: 'nonsense', ranges: 7 },
      runtimeConfig: { portMappings: [{ HostPort: -5 }] },
      prevResult: 'nonsense',
    },
    { id: 'a', netns: a },
  );
});

test('published ports lead to the container, from the host and from itself', async () => {
  const a = await namespace('a');
  const config = {
    ...base,
    runtimeConfig: {
      portMappings: [{ HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '' }],
    },
  };
  const result = await add(config, { id: 'a', netns: a });
  const server = spawn('sh', [
    '-c',
    'exec nsenter "$@"',
    'sh',
    `--net=${a}`,
    process.execPath,
    '-e',
    "require('node:net').createServer((one) => one.end('hello')).listen(80, () => console.log('up'))",
  ]);
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const get = (from: readonly string[], to: string) =>
      sh([
        ...from,
        process.execPath,
        '-e',
        `require('node:net').connect(8080, '${to}').on('data', (text) => console.log(String(text)))`,
      ]);
    for (const to of ['127.0.0.1', '198.51.100.2']) {
      expect((await get([], to)).out).toContain('hello');
    }
    expect((await get(['nsenter', `--net=${a}`], '198.51.100.2')).out).toContain('hello');
    const check = { ...config, prevResult: result };
    expect((await call('CHECK', check, { id: 'a', netns: a })).json).toEqual({});
  } finally {
    server.kill('SIGKILL');
  }
  await del(config, { id: 'a', netns: a });
});

test('DEL without the record removes what the marks name', async () => {
  const a = await namespace('a');
  await add(base, { id: 'a', netns: a });
  const [{ name = '' } = {}] = await attachments();
  rmSync(`/run/ctr/${name}`, { recursive: true });
  await del(base, { id: 'a', netns: a });
  // Only the record knew what they were before.
  await shell('sysctl -qw net.ipv4.conf.wan0.forwarding=0');
});

/** Changes a record as a reboot does: its boot is another one, and nothing of it exists. */
function reboot(): void {
  for (const name of readdirSync('/run/ctr').filter((one) => one.startsWith('cni-'))) {
    const record = stateDirectory('/run/ctr').load(name);
    if (record === undefined) throw new Error(`no record of ${name}`);
    stateDirectory('/run/ctr').save({
      ...record,
      bootId: '00000000-0000-4000-8000-000000000000',
    });
  }
}

test('after a reboot: the address is free, ADD works, and DEL of the old one succeeds', async () => {
  const a = await namespace('a');
  const pool = { ...base, ipam: { subnet: '10.99.0.0/30' } };
  await add(pool, { id: 'old', netns: a });
  const saved = readdirSync('/run/ctr').filter((one) => one.startsWith('cni-'));
  await shell(`cp -r /run/ctr/${saved[0]} /run/saved`);
  await del(pool, { id: 'old', netns: a });
  await shell(`mkdir -p /run/ctr`, `mv /run/saved /run/ctr/${saved[0]}`);
  reboot();
  const { ips } = await add(pool, { id: 'new', netns: a });
  expect(ips?.[0]?.address).toBe('10.99.0.2/30');
  await del(pool, { id: 'old', netns: '' });
  expect((await inside('a', 'ping', '-c1', '-W2', '10.99.0.1')).code).toBe(0);
  await del(pool, { id: 'new', netns: a });
});

// ── CHECK

test('CHECK finds what is wrong, and tolerates what is the container’s own', async () => {
  const a = await namespace('a');
  const prevResult = await add(base, { id: 'a', netns: a });
  const check = async (config: Config = { ...base, prevResult }) =>
    await call('CHECK', config, { id: 'a', netns: a });
  expect((await check()).out).toBe('');
  await shell(
    'ip -n a addr add 10.99.0.200/24 dev eth0',
    'ip -n a route add 10.1.0.0/16 via 10.99.0.1',
  );
  expect((await check()).out).toBe('');
  const outer = prevResult.interfaces?.[1]?.name;
  const faults: readonly [broken: string, mended: string, said: string][] = [
    [
      'ip -n a addr del 10.99.0.2/24 dev eth0',
      'ip -n a addr add 10.99.0.2/24 dev eth0; ip -n a route replace default via 10.99.0.1',
      'lacks the address 10.99.0.2/24',
    ],
    ['ip -n a route del default', 'ip -n a route add default via 10.99.0.1', 'route to 0.0.0.0/0'],
    [
      'ip -n a link set eth0 down',
      'ip -n a link set eth0 up; ip -n a route replace default via 10.99.0.1',
      'is down',
    ],
    [`ip link set ${outer} nomaster`, `ip link set ${outer} master cni0`, 'cni0'],
    ['ip addr del 10.99.0.1/24 dev cni0', 'ip addr add 10.99.0.1/24 dev cni0', '10.99.0.1'],
    [
      'iptables-save -t nat > /run/kept; iptables -t nat -F',
      'iptables-restore /run/kept; rm /run/kept',
      'MASQUERADE',
    ],
    [
      'sysctl -qw net.ipv4.conf.cni0.forwarding=0',
      'sysctl -qw net.ipv4.conf.cni0.forwarding=1',
      'forwarding',
    ],
  ];
  for (const [broken, mended, said] of faults) {
    await shell(broken);
    const found = await check();
    expect([broken, found.code, found.json?.code]).toEqual([broken, 1, 103]);
    expect(`${broken}: ${found.json?.msg}`).toContain(said);
    await shell(mended);
    expect([mended, (await check()).json?.msg]).toEqual([mended, undefined]);
  }
  const mac = '0a:00:00:00:00:07';
  await shell(`ip -n a link set eth0 address ${mac}`);
  expect((await check()).json?.msg).toContain(mac);
  const interfaces = prevResult.interfaces?.map((one) =>
    one.name === 'eth0' ? { ...one, mac } : one,
  );
  expect((await check({ ...base, prevResult: { ...prevResult, interfaces } })).out).toBe('');
  expect((await check(base)).json?.code).toBe(7);
  expect((await check({ ...base, cniVersion: '0.3.1', prevResult })).json?.code).toBe(1);
  await del(base, { id: 'a', netns: a });
  expect((await check()).json?.code).toBe(3);
});

// ── delegated IPAM

test('host-local gives the address, keeps the lease until DEL, and gets it back when our ADD fails', async () => {
  const a = await namespace('a');
  const dataDir = `${folder}/leases`;
  const config = {
    ...base,
    name: 'local',
    ipam: { type: 'host-local', subnet: '10.99.0.0/24', dataDir, routes: [{ dst: '10.2.0.0/16' }] },
  };
  const leases = () => readdirSync(`${dataDir}/local`).filter((one) => one.startsWith('10.'));
  const result = await add(config, { id: 'a', netns: a });
  expect(result.ips?.[0]).toMatchObject({ address: '10.99.0.2/24', gateway: '10.99.0.1' });
  expect(result.routes?.map(({ dst }) => dst).sort()).toEqual(['0.0.0.0/0', '10.2.0.0/16']);
  expect((await inside('a', 'ip', 'route')).out).toContain('10.2.0.0/16 via 10.99.0.1');
  expect(leases()).toEqual(['10.99.0.2']);
  const again = { ...config, prevResult: result };
  expect((await call('CHECK', again, { id: 'a', netns: a })).json).toEqual({});
  rmSync(`${dataDir}/local/10.99.0.2`);
  expect((await call('CHECK', again, { id: 'a', netns: a })).code).toBe(1);
  writeFileSync(`${dataDir}/local/10.99.0.2`, 'a\r\neth0');
  await del(config, { id: 'a', netns: a });
  expect(leases()).toEqual([]);
  await shell('ip -n a link add name eth0 type veth peer name other');
  expect((await call('ADD', config, { id: 'a', netns: a })).code).toBe(1);
  expect(leases()).toEqual([]);
});

test('a delegate’s own error is handed on, with its code', async () => {
  const a = await namespace('a');
  const dataDir = `${folder}/full`;
  const ipam = { type: 'host-local', subnet: '10.99.0.0/30', dataDir };
  const config = { ...base, ipam };
  await add(config, { id: 'a', netns: a });
  const b = await namespace('b');
  const full = await call('ADD', config, { id: 'b', netns: b });
  expect([full.code, full.json?.msg]).toEqual([
    1,
    expect.stringContaining('no IP addresses available'),
  ]);
  await del(config, { id: 'a', netns: a });
});

test('static gives what it is told', async () => {
  const a = await namespace('a');
  const ipam = {
    type: 'static',
    addresses: [{ address: '10.99.0.40/24', gateway: '10.99.0.1' }],
    routes: [{ dst: '0.0.0.0/0' }],
    dns: { nameservers: ['9.9.9.9'] },
  };
  const config = { ...base, ipam };
  const result = await add(config, { id: 'a', netns: a });
  expect(result.ips?.[0]?.address).toBe('10.99.0.40/24');
  expect(result.dns).toEqual({ nameservers: ['9.9.9.9'] });
  expect((await inside('a', 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  await del(config, { id: 'a', netns: a });
});

test('a delegate gets every variable, the whole configuration, and its stderr is passed through', async () => {
  const a = await namespace('a');
  const seen = `${folder}/seen`;
  writeFileSync(
    `${folder}/bin/spy`,
    `#!/bin/sh\n{ env; cat; } >>${seen}\necho spoken >&2\n[ "$CNI_COMMAND" != ADD ] || echo '{"cniVersion":"1.0.0","ips":[{"address":"10.99.0.50/24","gateway":"10.99.0.1"}]}'\n`,
    { mode: 0o755 },
  );
  const config = { ...base, ipam: { type: 'spy', own: 'key' }, more: 'kept' };
  const parameters = {
    id: 'a',
    netns: a,
    args: 'K=V',
    more: { CNI_PATH: `/nowhere:${folder}/bin`, OTHER: 'variable' },
  };
  const added = await call('ADD', config, parameters);
  expect([added.code, added.err]).toEqual([0, expect.stringContaining('spoken')]);
  for (const word of [
    'CNI_COMMAND=ADD',
    'CNI_ARGS=K=V',
    'OTHER=variable',
    '"own":"key"',
    '"more":"kept"',
  ]) {
    expect(readFileSync(seen, 'utf8')).toContain(word);
  }
  await del(config, parameters);
  expect(readFileSync(seen, 'utf8')).toContain('CNI_COMMAND=DEL');
});

// ── STATUS and GC

test('STATUS: an ADD would work, or 50 with the reason', async () => {
  const config = { ...base, cniVersion: '1.1.0', ipam: { subnet: '10.99.0.0/30' } };
  expect((await call('STATUS', config)).out).toBe('');
  const a = await namespace('a');
  await add(config, { id: 'a', netns: a });
  const full = await call('STATUS', config);
  expect([full.json?.code, full.json?.msg]).toEqual([
    50,
    expect.stringContaining('no free address'),
  ]);
  await del(config, { id: 'a', netns: a });
  // An engine's PATH may have none of the tools.
  expect((await call('STATUS', config, { more: { PATH: '/nowhere' } })).out).toBe('');
  const bare = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
  const powerless = await callPlugin(plugin, 'STATUS', config, {}, bare);
  expect([powerless.json?.code, powerless.json?.msg]).toEqual([
    50,
    expect.stringContaining('CAP_NET_ADMIN'),
  ]);
});

test('GC removes what no valid attachment names, in this network only', async () => {
  const [a, b, c] = [await namespace('a'), await namespace('b'), await namespace('c')];
  const other = { ...base, name: 'other' };
  await add(base, { id: 'a', netns: a });
  await add(base, { id: 'b', netns: b });
  await add(other, { id: 'c', netns: c });
  const valid = (...ids: string[]) => ({
    ...base,
    cniVersion: '1.1.0',
    'cni.dev/valid-attachments': ids.map((containerID) => ({ containerID, ifname: 'eth0' })),
  });
  expect((await call('GC', valid('a'))).out).toBe('');
  expect((await attachments()).map(({ container }) => container).sort()).toEqual(['a', 'c']);
  const refused = await call('GC', { ...base, cniVersion: '1.1.0' });
  expect(refused.json?.code).toBe(7);
  expect((await call('GC', valid())).out).toBe('');
  await del(other, { id: 'c', netns: c });
});

// ── ctr's own verbs

test('ps, gc, down, up and recovery leave an attachment alone', async () => {
  const a = await namespace('a');
  const prevResult = await add(base, { id: 'a', netns: a });
  const whole = async () =>
    expect((await call('CHECK', { ...base, prevResult }, { id: 'a', netns: a })).json).toEqual({});
  expect(await ctr(['gc'])).toMatchObject({ code: 0 });
  await whole();
  const [{ name = '' } = {}] = await attachments();
  const refused = await ctr(['down', name]);
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('its engine')]);
  expect((await ctr(['--lang', 'zh', 'down', name])).err).toContain('引擎');
  await whole();
  const all = await ctr(['down', '--all']);
  expect([all.code, all.err]).toEqual([0, expect.not.stringContaining(name)]);
  await whole();
  const shop = await workshop();
  const file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
  expect((await ctr(['up', '-d', file])).code).toBe(0);
  await whole();
  expect((await ctr(['down', lab])).code).toBe(0);
  await whole();
  shop.remove();
  expect((await ctr(['check', name])).code).toBe(0);
  await del(base, { id: 'a', netns: a });
  rmSync('/run/ctr/.ended', { recursive: true, force: true });
});

test('an ADD and a run share a bridge; the last one takes it', async () => {
  const a = await namespace('a');
  const shop = await workshop();
  const file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
  expect((await ctr(['up', '-d', file])).code).toBe(0);
  const config = {
    ...base,
    bridge: 'ctr0',
    ipam: { subnet: '192.168.0.0/16', rangeStart: '192.168.9.0', gateway: '192.168.0.1' },
  };
  await add(config, { id: 'a', netns: a });
  expect((await ctr(['down', lab])).code).toBe(0);
  expect((await inside('a', 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  await del(config, { id: 'a', netns: a });
  shop.remove();
  rmSync('/run/ctr/.ended', { recursive: true, force: true });
});

test('gc removes an ADD that died, and logs an hour after their last line', async () => {
  const a = await namespace('a');
  const config = { ...base, bridge: 'cni1' };
  await add(config, { id: 'b', netns: a });
  await del(config, { id: 'b', netns: a });
  const dead = await startAndKill('a', a, 'ready');
  expect(dead).toBe(true);
  const swept = await ctr(['gc']);
  expect(swept.code).toBe(0);
  expect(await attachments()).toEqual([]);
  expect((await inside('a', 'ip', '-br', 'link')).out).not.toContain('eth0');
  const logs = readdirSync('/run/ctr/.cni');
  expect(logs.length).toBeGreaterThan(0);
  const long = Date.now() / 1000 - 3700;
  for (const log of logs) utimesSync(`/run/ctr/.cni/${log}`, long, long);
  await ctr(['gc']);
  expect(existsSync('/run/ctr/.cni')).toBe(false);
});

test('ctr cni log shows the commands of an attachment, and "log" gets them too', async () => {
  const a = await namespace('a');
  const log = `${folder}/commands.log`;
  const config = { ...base, log };
  await add(config, { id: 'logged', netns: a });
  await del(config, { id: 'logged', netns: a });
  const shown = await ctr(['cni', 'log', 'logged']);
  for (const word of ['ADD logged eth0 net', 'ip link add', 'DEL logged eth0 net', 'deleted']) {
    expect(shown.out).toContain(word);
  }
  expect(readFileSync(log, 'utf8')).toContain('"result":"added"');
  const { lines } = JSON.parse((await ctr(['cni', 'log', 'logged', '--json'])).out);
  expect(lines.every(({ container }: { container: string }) => container === 'logged')).toBe(true);
});

test('cni install keeps a foreign file, remove takes only its own', async () => {
  const [bin, net] = [`${folder}/other/bin`, `${folder}/other/net`];
  const flags = [bin, '--net-dir', net];
  expect((await ctr(['cni', 'install', ...flags])).out).toBe(
    `${bin}/ctr\n${net}/10-ctr.conflist\n`,
  );
  const list = JSON.parse(readFileSync(`${net}/10-ctr.conflist`, 'utf8'));
  expect(list).toMatchObject({ cniVersion: '1.0.0', cniVersions: ['0.4.0', '1.0.0', '1.1.0'] });
  writeFileSync(`${net}/10-ctr.conflist`, '{}');
  const again = await ctr(['cni', 'install', ...flags]);
  expect([again.code, again.err]).toEqual([0, expect.stringContaining('kept')]);
  const removed = await ctr(['cni', 'remove', ...flags]);
  expect([removed.code, removed.out]).toEqual([0, `${bin}/ctr\n`]);
  expect(readFileSync(`${net}/10-ctr.conflist`, 'utf8')).toBe('{}');
  writeFileSync(`${bin}/ctr`, 'theirs');
  const refused = await ctr(['cni', 'install', ...flags]);
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('did not write it')]);
  expect((await ctr(['cni', 'remove', ...flags])).out).toBe('');
  expect(readFileSync(`${bin}/ctr`, 'utf8')).toBe('theirs');
});

// ── death and crowds

/** Starts an ADD and kills it with all its processes. @param when milliseconds, or that it is about to be whole. @returns whether it was killed before its end. */
async function startAndKill(
  id: string,
  netns: string,
  when: number | 'ready',
  command = 'ADD',
): Promise<boolean> {
  const child = spawn(plugin, [], {
    env: environmentOf(command, { id, netns, ifname: 'eth0' }),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      ended = code !== null;
      resolve();
    });
  });
  child.stdin?.end(JSON.stringify(base));
  if (when === 'ready') {
    await until(() => readFileSync('/proc/net/dev', 'latin1').includes('cni0:'));
  } else await Promise.race([sleep(when), end]);
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // It has ended.
  }
  await end;
  return !ended;
}

test('an engine that dies during its ADD leaves nothing: nobody would ask for DEL', async () => {
  const a = await namespace('a');
  const child = spawn(plugin, [], {
    env: environmentOf('ADD', { id: 'a', netns: a, ifname: 'eth0' }),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(JSON.stringify(base));
  child.stdout.destroy();
  await new Promise((resolve) => child.on('exit', resolve));
  expect(await attachments()).toEqual([]);
  expect((await ctr(['cni', 'log', 'a'])).out).toContain('deleted');
});

test('an ADD killed at random instants: DEL leaves nothing', async () => {
  const seed = Date.now() % 100_000;
  const rolled = dice(seed);
  const first = await namespace('a');
  const began = performance.now();
  await add(base, { id: 'a', netns: first });
  const whole = Math.round(performance.now() - began);
  await del(base, { id: 'a', netns: first });
  await shell('ip netns del a');
  let killed = 0;
  for (let round = 0; round < kills; round += 1) {
    const a = await namespace('a');
    if (await startAndKill('a', a, rolled.below(whole))) killed += 1;
    await del(base, { id: 'a', netns: a });
    await shell('ip netns del a');
    expect([seed, round, await snapshot()]).toEqual([seed, round, before]);
  }
  namespaces.clear();
  expect(killed).toBeGreaterThan(kills / 5);
});

test(`${crowd} ADDs at once, CHECK each, DEL half, GC with the other half valid`, async () => {
  const ids = Array.from({ length: crowd }, (_, index) => `pod${index}`);
  const netns = new Map<string, string>();
  for (const id of ids) netns.set(id, await namespace(id));
  const results = await Promise.all(ids.map((id) => add(base, { id, netns: netns.get(id) ?? '' })));
  const addresses = results.map(({ ips }) => ips?.[0]?.address);
  expect(new Set(addresses).size).toBe(crowd);
  expect(await attachments()).toHaveLength(crowd);
  const at = (index: number) => ({
    id: ids[index] ?? '',
    netns: netns.get(ids[index] ?? '') ?? '',
  });
  const checked = await Promise.all(
    results.map((prevResult, index) => call('CHECK', { ...base, prevResult }, at(index))),
  );
  expect(checked.map(({ json }) => json?.msg).filter((msg) => msg !== undefined)).toEqual([]);
  await Promise.all(ids.slice(0, crowd / 2).map((_, index) => del(base, at(index))));
  const gc = {
    ...base,
    cniVersion: '1.1.0',
    'cni.dev/valid-attachments': ids
      .slice(crowd / 2)
      .map((containerID) => ({ containerID, ifname: 'eth0' })),
  };
  expect((await call('GC', gc)).out).toBe('');
  expect((await attachments()).map(({ container }) => container).sort()).toEqual(
    ids.slice(crowd / 2).sort(),
  );
  expect((await inside(`pod${crowd - 1}`, 'ping', '-c1', '-W2', '203.0.113.10')).code).toBe(0);
  await Promise.all(ids.slice(crowd / 2).map((_, index) => del(base, at(index + crowd / 2))));
});
