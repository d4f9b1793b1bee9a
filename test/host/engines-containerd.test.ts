import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { callPlugin } from '../../rig/cni.ts';
import { type ContainerdHost, containerdHost, podConfig } from '../../rig/containerd-host.ts';
import { fieldOf, fieldsOf, type Message } from '../../rig/cri.ts';
import { dice } from '../../rig/dice.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';

let folder: string;
let engine: ContainerdHost['engine'];
let before: string;
let node: ContainerdHost;

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-engines-'));
  node = await containerdHost(folder, `ctr-engines-${process.pid}`);
  engine = node.engine;
  before = await hostNow();
}, 300_000);
afterAll(async () => {
  await node?.containerd.end();
  node?.engine.host.end();
  rmSync(folder, { recursive: true, force: true });
});

async function hostNow(): Promise<string> {
  return (await snapshot(engine.host.enter))
    .split('\n')
    .filter((line) => !/\/run\/(?:containerd|netns|runc)|\/var\/lib|cgroup/.test(line))
    .join('\n');
}

async function attached(): Promise<number> {
  return JSON.parse((await engine.host.ctr('ps', '--json')).out).containers.length;
}

test('ctr run --cni, of containerd: up, outside, removed', async () => {
  const ran = await engine.line(
    `ctr run --rm --cni --rootfs ${engine.rootfs} one /bin/sh -c 'export PATH=/bin:/sbin; ip route; ping -c1 -W2 203.0.113.10'`,
  );
  expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('1 packets received')]);
  // It shows the user what the plugin prints on its standard error: each command.
  expect(ran.err).toContain('ctr-cni: ip link add');
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

function pod(name: string): Message {
  return { 1: podConfig(name) };
}

test('CRI, as a kubelet asks: two pods reach gateway, outside and each other; Stop and Remove', async () => {
  const ids: string[] = [];
  const addresses: string[] = [];
  for (const name of ['one', 'two']) {
    const id = String(fieldOf(await node.cri('RunPodSandbox', pod(name)), 1) ?? '');
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    ids.push(id);
    const status = fieldOf(await node.cri('PodSandboxStatus', { 1: id }), 1) ?? Buffer.alloc(0);
    addresses.push(String(fieldOf(fieldOf(status, 5) ?? Buffer.alloc(0), 1) ?? ''));
  }
  expect(addresses.every((one) => one.startsWith('10.99.'))).toBe(true);
  expect(await attached()).toBe(2);
  for (const target of ['10.99.0.1', '203.0.113.10', addresses[1]]) {
    const ping = await engine.line(
      `pid=$(ctr -n k8s.io tasks ls | awk '$1 == "${ids[0]}" { print $2 }'); nsenter --net=/proc/$pid/ns/net ping -c1 -W2 ${target}`,
    );
    expect([target, ping.code, ping.err]).toEqual([target, 0, '']);
  }
  for (const id of ids) {
    await node.cri('StopPodSandbox', { 1: id });
    // Its DEL comes a second time, with an empty CNI_NETNS.
    await node.cri('RemovePodSandbox', { 1: id });
  }
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

test('CRI: a published port, from the host, from another pod and from its own; containers see each other and resolve names', async () => {
  // PortMapping: protocol 0 is TCP; the port of the container, that of the host.
  const web = podConfig('web', { 5: { 1: 0, 2: 80, 3: 8080 } });
  const other = podConfig('other');
  const ids: string[] = [];
  for (const config of [web, other]) {
    ids.push(String(fieldOf(await node.cri('RunPodSandbox', { 1: config }), 1)));
  }
  const [webId = '', otherId = ''] = ids;
  const serve = 'mkdir /tmp/www; echo hello >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www';
  const inWeb = await node.startIn(webId, web, 'server', serve);
  const inOther = await node.startIn(otherId, other, 'client', 'exec sleep 3600');
  const status = fieldOf(await node.cri('PodSandboxStatus', { 1: webId }), 1) ?? Buffer.alloc(0);
  const address = String(fieldOf(fieldOf(status, 5) ?? Buffer.alloc(0), 1));
  const own = "ip -4 -o addr show dev wan0 | sed 's/.*inet //; s,/.*,,'";
  const hostAddress = (await engine.host.run('sh', '-c', own)).out.trim();
  const get = (url: string) =>
    `for i in 1 2 3 4 5 6 7 8 9; do wget -qO- ${url} && break; sleep 0.2; done`;
  const published = `http://${hostAddress}:8080/`;
  expect(await inOther(get(`http://${address}/`))).toBe('hello');
  expect(await inOther(get(published))).toBe('hello');
  // The container reaches its own published port (hairpin).
  expect(await inWeb(get(published))).toBe('hello');
  for (const url of [published, 'http://127.0.0.1:8080/']) {
    const script = `fetch('${url}').then((page) => page.text()).then(console.log)`;
    const page = await engine.host.run(process.execPath, '-e', script);
    expect([url, page.out.trim(), page.err]).toEqual([url, 'hello', '']);
  }
  expect(await inOther(get('http://www.example/whoami'))).toMatch(/\d+\.\d+\.\d+\.\d+/);
  // Another pod cannot have the same port, and the reason reaches the caller.
  const rival = podConfig('rival', { 5: { 1: 0, 2: 80, 3: 8080 } });
  await expect(node.cri('RunPodSandbox', { 1: rival })).rejects.toThrow('8080');
  for (const id of ids) await node.stop(id);
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

/** As a kubelet cleans up after a crash: what the engine still knows is stopped and removed, the rest by its own client. */
async function cleanUp(): Promise<void> {
  for (const item of fieldsOf(await node.cri('ListPodSandbox', {}), 1)) {
    await node.stop(String(fieldOf(item, 1)));
  }
  await engine.line(`for id in $(ctr -n k8s.io tasks ls -q); do ctr -n k8s.io tasks kill -s KILL $id; ctr -n k8s.io tasks rm -f $id; done
for id in $(ctr -n k8s.io containers ls -q); do ctr -n k8s.io containers rm $id; done`);
  await engine.host.ctr('gc');
  // An engine that knows no container asks for GC so (CNI 1.1.0, "GC").
  const config = {
    ...{ cniVersion: '1.1.0', name: 'ctr', type: 'ctr', ipam: { subnet: '10.99.0.0/16' } },
    'cni.dev/valid-attachments': [],
  };
  const answer = await callPlugin('/opt/cni/bin/ctr', 'GC', config, {}, engine.host.enter);
  expect([answer.code, answer.out]).toEqual([0, '']);
}

test('containerd killed while it makes a pod: its own cleanup, ctr gc and GC leave nothing of ctr', async () => {
  const seed = Date.now() % 100_000;
  const rolled = dice(seed);
  const records = `/proc/${engine.host.enter[2]}/root/run/ctr`;
  const seen = { asked: 0, added: 0, done: 0 };
  for (let round = 0; round < 6; round += 1) {
    let isDone = false;
    const asked = node.cri('RunPodSandbox', pod(`killed-${round}`)).then(
      () => {
        isDone = true;
      },
      () => undefined,
    );
    // At any time, and in every second round while ctr's ADD is at work: its record is there.
    if (round % 2 === 0) await sleep(rolled.below(300));
    else await until(() => isDone || readdirSync(records).some((name) => /^cni-/.test(name)));
    await node.containerd.kill();
    await asked;
    const left = await attached();
    seen[isDone ? 'done' : left > 0 ? 'added' : 'asked'] += 1;
    await node.containerd.start();
    await cleanUp();
    expect([seed, round, await attached()]).toEqual([seed, round, 0]);
    expect([seed, round, await hostNow()]).toEqual([seed, round, before]);
  }
  console.log(`killed: ${JSON.stringify(seen)}`);
  expect(seen.asked + seen.added).toBeGreaterThan(0);
}, 120_000);

test('CRI: a pod that ADD refuses can be removed, and the reason reaches the caller', async () => {
  await engine.host.hand(
    `sed -i 's/"mtu": [0-9]*,//; s/"bridge": "cni-ctr0"/"bridge": "cni-ctr0", "vlan": 5/' /etc/cni/net.d/10-ctr.conflist`,
    'sleep 1',
  );
  await expect(node.cri('RunPodSandbox', pod('refused'))).rejects.toThrow(
    'vlan 5 is not supported',
  );
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});
