import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { callPlugin } from '../../rig/cni.ts';
import { ctr } from '../../rig/ctr.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';

let folder: string;
const nodes: PrivateHost[] = [];
const nodeAddress = (index: number) => `192.0.2.${index + 1}`;

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-nodes-'));
  expect((await ctr(['cni', 'install', `${folder}/bin`, '--net-dir', `${folder}/net`])).code).toBe(
    0,
  );
  expect((await ctr(['cni', 'example', '--nodes', '2', `${folder}/nodes`])).code).toBe(0);
  nodes.push(await privateHost(), await privateHost());
  // A cable between the two nodes, each of which keeps its own way to the world.
  const pids = nodes.map(({ enter }) => enter[2]);
  await shell(
    'ip link add name node1 type veth peer name node2',
    ...pids.map((pid, index) => `ip link set node${index + 1} netns ${pid}`),
  );
  for (const [index, node] of nodes.entries()) {
    await node.hand(
      `ip link set node${index + 1} name lan0`,
      `ip addr add ${nodeAddress(index)}/24 dev lan0`,
      'ip link set lan0 up',
      'ip netns add pod',
    );
  }
}, 120_000);
afterAll(() => {
  for (const node of nodes) node.end();
  rmSync(folder, { recursive: true, force: true });
});

async function configOf(index: number): Promise<object> {
  const text = (await nodes[index]?.run('cat', `${folder}/nodes/node${index + 1}/10-ctr.conflist`))
    ?.out;
  const { plugins, name } = JSON.parse(text ?? '');
  return { ...plugins[0], name, cniVersion: '1.0.0' };
}

test('a container on one node reaches one on the other, which sees its own address; DEL restores both nodes', async () => {
  const before = await Promise.all(nodes.map(({ enter }) => snapshot(enter)));
  const asked = { id: 'pod', netns: '/run/netns/pod', ifname: 'eth0' };
  const addresses: string[] = [];
  for (const [index, { enter, hand }] of nodes.entries()) {
    const answer = await callPlugin(
      `${folder}/bin/ctr`,
      'ADD',
      await configOf(index),
      asked,
      enter,
    );
    expect([answer.code, answer.json?.msg]).toEqual([0, undefined]);
    addresses.push(answer.json?.ips?.[0]?.address.split('/')[0] ?? '');
    const other = index === 0 ? 2 : 1;
    await hand(
      `NODE${other}=${nodeAddress(other - 1)} sh ${folder}/nodes/node${index + 1}/routes.sh`,
    );
  }
  expect(addresses).toEqual(['10.244.1.2', '10.244.2.2']);
  const [one, two] = nodes;
  const ping = await one?.run('ip', 'netns', 'exec', 'pod', 'ping', '-c1', '-W3', '10.244.2.2');
  expect([ping?.code, ping?.out]).toEqual([0, expect.stringContaining('1 received')]);
  // The other one sees the container's own address: nobody has translated it.
  const page = `require('node:http').createServer((from, to) => to.end(from.socket.remoteAddress)).listen(80)`;
  await two?.hand(
    `ip netns exec pod ${process.execPath} -e "${page}" >/dev/null 2>&1 & echo $! >/run/page.pid`,
  );
  const fetched = await one?.run(
    'ip',
    'netns',
    'exec',
    'pod',
    process.execPath,
    '-e',
    `
    const get = (left) => fetch('http://10.244.2.2/').then((answer) => answer.text()).then(console.log, () => left > 0 && setTimeout(get, 100, left - 1));
    get(100);`,
  );
  expect(fetched?.out.trim()).toMatch(/10\.244\.1\.2$/);
  await two?.hand('kill $(cat /run/page.pid); rm /run/page.pid');
  // The world still sees the node.
  expect(
    (await one?.run('ip', 'netns', 'exec', 'pod', 'ping', '-c1', '-W3', '203.0.113.10'))?.code,
  ).toBe(0);
  for (const [index, { enter, hand }] of nodes.entries()) {
    const answer = await callPlugin(
      `${folder}/bin/ctr`,
      'DEL',
      await configOf(index),
      asked,
      enter,
    );
    expect([answer.code, answer.out]).toEqual([0, '']);
    await hand(
      `ip route del 10.244.${index === 0 ? 2 : 1}.0/24`,
      'sysctl -qw net/ipv4/conf/lan0/forwarding=0',
    );
    expect(await snapshot(enter)).toBe(before[index]);
  }
});
