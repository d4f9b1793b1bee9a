import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { callPlugin } from '../../rig/cni.ts';
import { ctr } from '../../rig/ctr.ts';
import { type Frr, frr, withoutFrr } from '../../rig/frr.ts';
import { layCable } from '../../rig/lay-cable.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { environment, type Ran } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';

interface Node {
  readonly host: PrivateHost;
  readonly number: number;
  /** The snapshot before a test. */
  before: string;
}

let folder: string;
let nodes: readonly Node[] = [];
/** A process in each container's network, as this machine counts it. */
const inside: ChildProcess[] = [];

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-nodes-'));
  expect((await ctr(['cni', 'install', `${folder}/bin`, '--net-dir', `${folder}/net`])).code).toBe(
    0,
  );
  expect((await ctr(['cni', 'example', '--nodes', '2', `${folder}/nodes`])).code).toBe(0);
  nodes = (await Promise.all([privateHost(), privateHost()])).map((host, index) => ({
    ...{ host, number: index + 1, before: '' },
  }));
  await layCable(nodes.map(({ host }) => host));
  for (const { host } of nodes) {
    await host.hand('ip netns add pod');
    const [enter = '', ...words] = ['nsenter', '--target', host.enter[2] ?? '', '--net', '--mount'];
    words.push(...['ip', 'netns', 'exec', 'pod', 'sleep', '3600']);
    inside.push(spawn(enter, words, { env: environment }));
  }
}, 120_000);
afterAll(() => {
  for (const one of inside) one.kill();
  for (const { host } of nodes) host.end();
  rmSync(folder, { recursive: true, force: true });
});

type Way = 'routes' | 'bgp' | 'evpn';
const filesOf = (way: Way, { number }: Node) => `${folder}/nodes/${way}/node${number}`;
const attachment = { id: 'pod', netns: '/run/netns/pod', ifname: 'eth0' };

async function call(command: 'ADD' | 'DEL', way: Way, node: Node) {
  const list = JSON.parse(readFileSync(`${filesOf(way, node)}/10-ctr.conflist`, 'utf8'));
  const config = { ...list.plugins[0], name: list.name, cniVersion: '1.0.0' };
  return await callPlugin(`${folder}/bin/ctr`, command, config, attachment, node.host.enter);
}

async function inPod({ host }: Node, ...argv: readonly string[]): Promise<Ran> {
  return await host.run('ip', 'netns', 'exec', 'pod', ...argv);
}

const ping = async (node: Node, target: string) =>
  await inPod(node, 'ping', '-c1', '-W1', '-n', target);

/** Without the files of FRR. */
async function stateOf({ host }: Node): Promise<string> {
  const lines = (await snapshot(host.enter)).split('\n');
  return lines.filter((line) => !line.includes('/run/frr')).join('\n');
}

/** Prepares both nodes, starts their daemons, and connects a container on each. */
async function up(way: Way, daemons: readonly Frr[] = []): Promise<readonly [Node, Node]> {
  const [one, two] = nodes;
  if (one === undefined || two === undefined) throw new Error('two nodes');
  for (const node of nodes) {
    node.before = await stateOf(node);
    await node.host.hand(`sh ${filesOf(way, node)}/node.sh`);
  }
  for (const daemon of daemons) await daemon.start();
  for (const node of nodes) {
    const answer = await call('ADD', way, node);
    expect([answer.code, answer.json?.msg]).toEqual([0, undefined]);
    expect(answer.json?.ips?.[0]?.address).toBe(`10.244.${node.number}.2/24`);
  }
  return [one, two];
}

/** Disconnects both and undoes what was prepared: both nodes are what they were. */
async function down(way: Way, daemons: readonly Frr[] = []): Promise<void> {
  for (const node of nodes) {
    const answer = await call('DEL', way, node);
    expect([answer.code, answer.out]).toEqual([0, '']);
  }
  for (const daemon of daemons) await daemon.stop();
  for (const node of nodes) {
    await node.host.hand(`sh ${filesOf(way, node)}/node.sh undo`);
    expect(await stateOf(node)).toBe(node.before);
  }
}

/** Whether a node knows the way to the containers of the other one. */
const knows = async ({ host, number }: Node) =>
  (await host.run('ip', 'route', 'show', `10.244.${3 - number}.0/24`)).out.trim() !== '';
const allKnow = async () =>
  await until(async () => (await Promise.all(nodes.map(knows))).every(Boolean), 20_000);

/** Both directions, and a page whose server sees the address of the container that asks. */
async function expectAcross(one: Node, two: Node): Promise<void> {
  for (const [from, to] of [
    [one, '10.244.2.2'],
    [two, '10.244.1.2'],
  ] as const) {
    const answer = await ping(from, to);
    expect([to, answer.code, answer.out]).toEqual([to, 0, expect.stringContaining('1 received')]);
  }
  const page = `require('node:http').createServer((from, to) => to.end(from.socket.remoteAddress)).listen(80, () => console.log('up'))`;
  await two.host.hand(
    `ip netns exec pod ${process.execPath} -e "${page}" >/run/page.out 2>&1 & echo $! >/run/page.pid`,
  );
  await until(async () => (await two.host.run('cat', '/run/page.out')).out.includes('up'));
  const script = `fetch('http://10.244.2.2/').then((answer) => answer.text()).then(console.log)`;
  const fetched = await inPod(one, process.execPath, '-e', script);
  await two.host.hand('kill $(cat /run/page.pid); rm /run/page.pid /run/page.out');
  expect([fetched.err, fetched.out.trim()]).toEqual(['', expect.stringMatching(/10\.244\.1\.2$/)]);
}

/** `ctr trace` from the container on node 1 to the one on node 2, on the machine where both nodes are processes. */
async function traceAcross(code = 0) {
  const [one, two] = nodes.map(({ host, number }) => `${number}=${host.enter[2]}`);
  const words = ['trace', '--pid', String(inside[0]?.pid), '10.244.2.2'];
  const others = [`--node=node${one}`, `--node=node${two}`, `--node=pod2=${inside[1]?.pid}`];
  const answer = await ctr([...words, ...others, '--json']);
  expect([answer.code, answer.err]).toEqual([code, expect.not.stringContaining('Error')]);
  const { walk } = JSON.parse(answer.out);
  const shown = await ctr([...words, ...others]);
  return { walk, text: shown.out, places: placesOf(walk.hops) };
}

interface SeenHop {
  readonly place: string;
  readonly direction: string;
  readonly hook: string;
  readonly in?: string;
  readonly out?: string;
  readonly beyond?: true;
}

/** The places in the order of the way, each named once where the packet stays there. */
function placesOf(hops: readonly SeenHop[]): readonly string[] {
  const all = hops.map(
    ({ place, direction }) => `${direction} ${place.replace(/pid-\d+/, 'pod1')}`,
  );
  return all.filter((one, at) => one !== all[at - 1]);
}

const wayAcross = [
  ...['there container pod1', 'there node node1', 'there node node2', 'there node pod2'],
  ...['back node pod2', 'back node node2', 'back node node1', 'back container pod1'],
];

/** A node that is away: the other one says so at once, and sends nothing to the world instead. */
async function expectAway(one: Node): Promise<void> {
  await until(async () => !(await knows(one)), 15_000);
  const answer = await ping(one, '10.244.2.2');
  expect([answer.code, answer.out]).toEqual([1, expect.stringContaining('Unreachable')]);
  expect((await ping(one, '203.0.113.10')).code).toBe(0);
}

test('by routes: containers of two nodes reach each other, a node leaves and comes back, all is undone', async () => {
  const [one, two] = await up('routes');
  // As on many hosts, for instance those with Docker.
  for (const { host } of nodes) await host.hand('iptables -P FORWARD DROP');
  await expectAcross(one, two);
  const { places, text } = await traceAcross();
  expect(places).toEqual(wayAcross);
  expect(text).toContain('route: via 192.0.2.2 dev lan0; next hop');
  // A rule of the other node that drops it is found and named.
  await two.host.hand('iptables -I FORWARD -d 10.244.2.2 -j DROP');
  const dropped = await traceAcross(7);
  expect(dropped.places.at(-1)).toBe('there node node2');
  expect(dropped.text.replaceAll(/\s+/g, ' ')).toContain(
    '✘ node node2 dropped it (forward, lan0): -A FORWARD -d 10.244.2.2/32 -j DROP',
  );
  await two.host.hand('iptables -D FORWARD -d 10.244.2.2 -j DROP');
  // On node 1 alone, the other one cannot be watched, and that is said.
  const alone = await one.host.ctr('trace', '--netns', 'pod', '10.244.2.2', '--json');
  const { walk } = JSON.parse(alone.out);
  expect(alone.code).toBe(0);
  expect(walk.hops.filter((hop: SeenHop) => hop.beyond)).toMatchObject([
    { place: 'host', hook: 'egress', out: 'lan0', direction: 'there' },
  ]);
  const shown = await one.host.ctr('trace', '--netns', 'pod', '10.244.2.2');
  expect(shown.out).toContain('here it leaves what ctr can watch');
  await one.host.hand('ip route del 10.244.2.0/24');
  await expectAway(one);
  await one.host.hand(`sh ${filesOf('routes', one)}/node.sh`);
  expect((await ping(one, '10.244.2.2')).code).toBe(0);
  for (const { host } of nodes) await host.hand('iptables -P FORWARD ACCEPT');
  await down('routes');
});

/** FRR on both nodes, while the work is done. */
async function withFrr(way: Way, work: (daemons: readonly Frr[]) => Promise<void>): Promise<void> {
  const daemons = await Promise.all(
    nodes.map((node) => frr(node.host, `${filesOf(way, node)}/frr.conf`)),
  );
  try {
    await work(daemons);
  } catch (error) {
    const logs = await Promise.all(daemons.map((one) => one.log()));
    throw new Error(`${error instanceof Error ? error.stack : error}\n${logs.join('\n')}`);
  }
  for (const { host } of nodes) await withoutFrr(host);
}

test('by BGP: the ranges are announced, withdrawn with the daemons of a node and with its last container', async () => {
  await withFrr('bgp', async (daemons) => {
    const [one, two] = await up('bgp', daemons);
    await allKnow();
    const route = (await one.host.run('ip', 'route', 'show', '10.244.2.0/24')).out;
    expect(route).toMatch(/via 192\.0\.2\.2 dev lan0 proto bgp/);
    await expectAcross(one, two);
    await daemons[1]?.stop();
    await expectAway(one);
    await daemons[1]?.start();
    await allKnow();
    await expectAcross(one, two);
    expect((await call('DEL', 'bgp', two)).code).toBe(0);
    await expectAway(one);
    await down('bgp', daemons);
  });
});

test('by EVPN: the ranges are reached through VXLAN; a node loses its link and comes back', async () => {
  await withFrr('evpn', async (daemons) => {
    const [one, two] = await up('evpn', daemons);
    await allKnow();
    const route = (await one.host.run('ip', 'route', 'show', '10.244.2.0/24')).out;
    expect(route).toMatch(/via 192\.0\.2\.2 dev ctr-evpn proto bgp .*onlink/);
    await expectAcross(one, two);
    // The largest packet that a container sends fits into the tunnel.
    const large = await inPod(one, 'ping', '-c1', '-W1', '-M', 'do', '-s', '1422', '10.244.2.2');
    expect([large.code, large.err]).toEqual([0, '']);
    const { places, walk, text } = await traceAcross();
    expect(places).toEqual(wayAcross);
    expect(walk.decisions).toContainEqual(
      expect.objectContaining({
        place: 'node node1',
        out: 'ctr-evpn',
        port: 'vxlan100',
        tunnel: { device: 'vxlan100', vni: 100, local: '192.0.2.1', remote: '192.0.2.2' },
      }),
    );
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'vxlan100 puts it into VXLAN 100, from VTEP 192.0.2.1 to VTEP 192.0.2.2',
    );
    const alone = await one.host.ctr('trace', '--netns', 'pod', '10.244.2.2', '--json');
    expect(JSON.parse(alone.out).walk.hops.filter((hop: SeenHop) => hop.beyond)).toMatchObject([
      { place: 'host', hook: 'egress', out: 'vxlan100', direction: 'there' },
    ]);
    await two.host.hand('ip link set lan0 down');
    await expectAway(one);
    await two.host.hand('ip link set lan0 up');
    await allKnow();
    await expectAcross(one, two);
    await down('evpn', daemons);
  });
});
