import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { callCri, fieldOf, type Message } from '../../rig/cri.ts';
import { type EngineHost, engineHost, startContainerd } from '../../rig/engine-host.ts';
import { snapshot } from '../../rig/snapshot.ts';

let folder: string;
let engine: EngineHost;
let before: string;
let end: () => Promise<void> = async () => undefined;
/** containerd's socket is a path of the private host, so its process's root leads there. */
let socket: string;

/** What the sandbox host cannot do, and paths of its own. */
const settings = `
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
`;

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-engines-'));
  engine = await engineHost(folder);
  const examples = `${process.cwd()}/examples/cni/containerd`;
  await engine.host.hand(
    'mkdir -p /etc/containerd',
    `{ cat ${examples}/config.toml; cat <<'END'\n${settings}\nEND\n} >/etc/containerd/config.toml`,
    `cp ${examples}/10-ctr.conflist /etc/cni/net.d/`,
    'cp /usr/lib/cni/loopback /opt/cni/bin/',
    `sh ${process.cwd()}/rig/oci-archive.sh ${engine.rootfs} localhost/pause:1 /run/pause.tar`,
  );
  end = await startContainerd(engine, `ctr-engines-${process.pid}`);
  const imported = await engine.line('ctr -n k8s.io images import /run/pause.tar');
  expect([imported.code, imported.err]).toEqual([0, '']);
  socket = `/proc/${engine.host.enter[2]}/root/run/containerd/containerd.sock`;
  before = await hostNow();
}, 300_000);
afterAll(async () => {
  await end();
  engine?.host.end();
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

const cri = async (method: string, request: Message) => await callCri(socket, method, request);

function pod(name: string): Message {
  return { 1: { 1: { 1: name, 2: `${name}-uid`, 3: 'default' }, 2: name, 4: {}, 8: {} } };
}

test('CRI, as a kubelet asks: two pods reach gateway, outside and each other; Stop and Remove', async () => {
  const ids: string[] = [];
  const addresses: string[] = [];
  for (const name of ['one', 'two']) {
    const id = String(fieldOf(await cri('RunPodSandbox', pod(name)), 1) ?? '');
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    ids.push(id);
    const status = fieldOf(await cri('PodSandboxStatus', { 1: id }), 1) ?? Buffer.alloc(0);
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
    await cri('StopPodSandbox', { 1: id });
    // Its DEL comes a second time, with an empty CNI_NETNS.
    await cri('RemovePodSandbox', { 1: id });
  }
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

test('CRI: a pod that ADD refuses can be removed, and the reason reaches the caller', async () => {
  await engine.host.hand(
    `sed -i 's/"mtu": [0-9]*,//; s/"bridge": "cni-ctr0"/"bridge": "cni-ctr0", "vlan": 5/' /etc/cni/net.d/10-ctr.conflist`,
    'sleep 1',
  );
  await expect(cri('RunPodSandbox', pod('refused'))).rejects.toThrow('vlan 5 is not supported');
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});
