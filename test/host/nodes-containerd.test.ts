import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import {
  type ContainerdHost,
  containerdHost,
  type Inside,
  podConfig,
} from '../../rig/containerd-host.ts';
import { fieldOf } from '../../rig/cri.ts';
import { ctr } from '../../rig/ctr.ts';
import { type Frr, frr, withoutFrr } from '../../rig/frr.ts';
import { layCable } from '../../rig/lay-cable.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';

type Way = 'routes' | 'evpn';

interface Node extends ContainerdHost {
  readonly number: 1 | 2;
}

let folder: string;
let nodes: readonly Node[] = [];

const filesOf = (way: Way, number: number) => `${folder}/nodes/${way}/node${number}`;

async function nodeOf(number: 1 | 2): Promise<Node> {
  const network = `${filesOf('routes', number)}/10-ctr.conflist`;
  const own = `${folder}/${number}`;
  const node = await containerdHost(own, `ctr-node${number}-${process.pid}`, network);
  return { ...node, number };
}

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-nodes-'));
  expect((await ctr(['cni', 'example', '--nodes', '2', `${folder}/nodes`])).code).toBe(0);
  nodes = await Promise.all([nodeOf(1), nodeOf(2)]);
  await layCable(nodes.map(({ engine }) => engine.host));
}, 120_000);
afterAll(async () => {
  await Promise.all(nodes.map(({ containerd }) => containerd.end()));
  for (const { engine } of nodes) engine.host.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Without what containerd keeps, for itself, of containers that are gone. */
async function stateOf({ engine }: Node): Promise<string> {
  return (await snapshot(engine.host.enter))
    .split('\n')
    .filter((line) => !/\/run\/(?:containerd|netns|runc|frr)|\/var\/lib|cgroup/.test(line))
    .join('\n');
}

async function prepare(way: Way): Promise<readonly string[]> {
  const before = await Promise.all(nodes.map(stateOf));
  for (const { engine, number } of nodes) {
    await engine.host.hand(
      `cp ${filesOf(way, number)}/10-ctr.conflist /etc/cni/net.d/`,
      `sh ${filesOf(way, number)}/node.sh`,
    );
  }
  return before;
}

/** Every container is gone: ctr has nothing of them, and each node is what it was. */
async function undo(way: Way, before: readonly string[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const { host } = node.engine;
    expect(JSON.parse((await host.ctr('ps', '--json')).out).containers).toEqual([]);
    await host.hand(`sh ${filesOf(way, node.number)}/node.sh undo`);
    expect(await stateOf(node)).toBe(before[index]);
  }
}

/** Says its node, and the address that asks. */
const server = (number: number) =>
  `mkdir -p /tmp/www/cgi-bin; printf '#!/bin/sh\\necho; echo node ${number} sees $REMOTE_ADDR\\n' >/tmp/www/cgi-bin/who; chmod +x /tmp/www/cgi-bin/who; exec httpd -f -p 80 -h /tmp/www`;

/** Both directions: a ping, and a page whose server sees the address of the container that asks. */
async function expectAcross(containers: readonly Inside[]): Promise<void> {
  const own = "ip -4 addr show dev eth0 | sed -n 's,.*inet \\([^/]*\\)/24 .*,\\1,p'";
  const addresses = await Promise.all(containers.map(async (inside) => await inside(own)));
  for (const inside of containers) {
    await until(async () => /^node/.test(await inside('wget -qO- http://127.0.0.1/cgi-bin/who')));
  }
  for (const [index, inside] of containers.entries()) {
    const [here, there] = [index + 1, 2 - index];
    expect(addresses[index]).toMatch(new RegExp(`^10\\.244\\.${here}\\.\\d+$`));
    const address = addresses[there - 1];
    expect(await inside(`ping -c1 -W2 ${address}`)).toContain('1 packets received');
    expect(await inside(`wget -qO- http://${address}/cgi-bin/who`)).toBe(
      `node ${there} sees [::ffff:${addresses[index]}]`,
    );
    expect(await inside('ping -c1 -W2 203.0.113.10')).toContain('1 packets received');
  }
}

test('by routes: containers of containerd’s own client, one on each node', async () => {
  const before = await prepare('routes');
  const containers: Inside[] = [];
  for (const { engine, inside, number } of nodes) {
    // In the foreground, since only then it asks for DEL when the container ends.
    const run = `ctr run --rm --cni --rootfs ${engine.rootfs} pod /bin/sh -c`;
    const command = `export PATH=/bin:/sbin; ${server(number)}`;
    await engine.host.hand(`cat >/run/pod.sh <<'END'\n${command}\nEND`);
    await engine.line(
      `${run} "$(cat /run/pod.sh)" </dev/null >/run/pod.log 2>&1 & echo $! >/run/pod.pid`,
    );
    await until(async () => /^pod .* RUNNING/m.test((await engine.line('ctr tasks ls')).out));
    containers.push(await inside('default', 'pod'));
  }
  await expectAcross(containers);
  for (const { engine } of nodes) {
    const ended = await engine.line(
      'ctr tasks kill -s KILL pod; while kill -0 $(cat /run/pod.pid) 2>/dev/null; do sleep 0.05; done; rm /run/pod.*; ctr containers ls -q',
    );
    expect([ended.code, ended.out, ended.err]).toEqual([0, '', '']);
  }
  await undo('routes', before);
});

test('by EVPN: pods of CRI, one on each node; each node learns the other’s range from FRR', async () => {
  const daemons: readonly Frr[] = await Promise.all(
    nodes.map(({ engine, number }) => frr(engine.host, `${filesOf('evpn', number)}/frr.conf`)),
  );
  const before = await prepare('evpn');
  for (const daemon of daemons) await daemon.start();
  const containers: Inside[] = [];
  const pods: string[] = [];
  for (const { cri, startIn, number } of nodes) {
    const config = podConfig('pod');
    const pod = String(fieldOf(await cri('RunPodSandbox', { 1: config }), 1));
    pods.push(pod);
    containers.push(await startIn(pod, config, 'server', server(number)));
  }
  for (const { engine, number } of nodes) {
    const route = ['ip', 'route', 'show', `10.244.${3 - number}.0/24`];
    await until(async () => (await engine.host.run(...route)).out.includes('dev ctr-evpn'), 20_000);
  }
  await expectAcross(containers);
  for (const [index, { stop }] of nodes.entries()) await stop(pods[index] ?? '');
  for (const daemon of daemons) await daemon.stop();
  await undo('evpn', before);
  for (const { engine } of nodes) await withoutFrr(engine.host);
});
