import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { workshop } from '../../rig/workshop.ts';
import { results } from '../../src/json/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let host: PrivateHost;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(() => shop.remove());
beforeEach(async () => {
  host = await privateHost();
});
afterEach(() => host.end());

/** Layers over what CNI plugins and podman write to. */
const layers = [
  'for folder in etc var; do mkdir -p /run/x/$folder/upper /run/x/$folder/work',
  'mount -t overlay -o lowerdir=/$folder,upperdir=/run/x/$folder/upper,workdir=/run/x/$folder/work overlay /$folder; done',
  'mount --bind /run/resolv.conf /etc/resolv.conf',
];

interface Engine {
  readonly name: string;
  /** Words that name the container. */
  readonly words: readonly string[];
  make(): readonly string[];
  readonly bridge: string;
  readonly gateway: string;
  readonly masquerade: RegExp;
  /** The bridge port, found by the container's side. */
  readonly faults: readonly (readonly [name: string, fault: string, cause: string])[];
}

const dropAll = 'iptables -I FORWARD 1 -j DROP';
const flushed = 'iptables-save | grep -v MASQUERADE | iptables-restore';

const byHand: Engine = {
  name: 'by hand',
  words: ['--netns', 'red'],
  make: () => [
    'ip netns add red',
    'ip link add hand0 type bridge; ip addr add 10.96.0.1/24 dev hand0; ip link set hand0 up',
    'ip link add red-out type veth peer name eth0 netns red; ip link set red-out master hand0 up',
    'ip -n red link set lo up; ip -n red addr add 10.96.0.2/24 dev eth0; ip -n red link set eth0 up',
    'ip -n red route add default via 10.96.0.1',
    'echo 1 >/proc/sys/net/ipv4/ip_forward',
    "nft 'add table ip mine; add chain ip mine post { type nat hook postrouting priority srcnat; }'",
    'nft add rule ip mine post ip saddr 10.96.0.0/24 oifname wan0 masquerade',
  ],
  bridge: 'hand0',
  gateway: '10.96.0.1',
  masquerade: /ip saddr 10\.96\.0\.0\/24 oifname "wan0" masquerade/,
  faults: [
    ['its default route gone', 'ip -n red route del default', 'route-missing'],
    ['the masquerade rule gone', 'nft flush chain ip mine post', 'masquerade-missing'],
    ['the veth end of the host down', 'ip link set red-out down', 'link-end-down'],
  ],
};

const network = JSON.stringify({
  ...{ cniVersion: '0.4.0', name: 'blue', type: 'bridge', bridge: 'cni0' },
  ...{ isGateway: true, ipMasq: true },
  ipam: { type: 'host-local', subnet: '10.97.0.0/16', routes: [{ dst: '0.0.0.0/0' }] },
});

const cni: Engine = {
  name: 'the CNI bridge plugin',
  words: ['--netns', 'blue'],
  make: () => [
    ...layers,
    'ip netns add blue; ip -n blue link set lo up',
    'export CNI_COMMAND=ADD CNI_CONTAINERID=blue CNI_NETNS=/run/netns/blue CNI_IFNAME=eth0 CNI_PATH=/usr/lib/cni',
    `echo '${network}' | /usr/lib/cni/bridge >/dev/null`,
    'echo 1 >/proc/sys/net/ipv4/ip_forward',
  ],
  bridge: 'cni0',
  gateway: '10.97.0.1',
  masquerade: /! -d 224\.0\.0\.0\/4 .*-j MASQUERADE/,
  faults: [
    ['a DROP before everything else', dropAll, 'forward-rule'],
    ['forwarding off', 'echo 0 >/proc/sys/net/ipv4/ip_forward', 'forwarding-off'],
    ['the masquerade rule gone', flushed, 'masquerade-missing'],
  ],
};

const containersConf = `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
`;

const podman: Engine = {
  name: 'podman',
  words: ['--podman', 'web'],
  make: () => [
    ...layers,
    'mkdir -p /var/lib/containers /etc/containers; mount -t tmpfs tmpfs /var/lib/containers',
    // crun looks there for cgroups, although the container gets none.
    'mount -t tmpfs tmpfs /sys/fs/cgroup',
    `cat >/etc/containers/containers.conf <<'END'\n${containersConf}END`,
    `tar -C ${shop.rootfs} -c . | podman import --quiet - bench >/dev/null`,
    'podman run -d --cgroups=disabled --name web localhost/bench sleep 3600 >/dev/null',
  ],
  bridge: 'podman0',
  gateway: '10.88.0.1',
  masquerade: /! -d 224\.0\.0\.0\/4 -j MASQUERADE/,
  faults: [
    ['its port taken off the bridge', 'ip link set veth0 nomaster', 'link-unattached'],
    ['a DROP before everything else', dropAll, 'forward-rule'],
    ['the masquerade rule gone', flushed, 'masquerade-missing'],
  ],
};

/** podman wants more users than the sandbox of an ordinary user has. */
const isRoot = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[1] === '0';
const engines = isRoot ? [byHand, cni, podman] : [byHand, cni];

/** The JSON of a verb, which has its documented shape. */
async function json(verb: 'inspect' | 'why' | 'trace', ...words: readonly string[]) {
  const ran = await host.ctr('--json', verb, ...words);
  const said = JSON.parse(ran.out);
  const shape = results[verb === 'inspect' ? 'inspect --pid' : verb] as z.core.$ZodType;
  expect(z.safeParse(shape, said)).toMatchObject({ success: true });
  return { ...ran, said };
}

describe.each(engines)('a container made by $name', (engine) => {
  const { words } = engine;
  beforeEach(async () => {
    await host.hand(
      ...engine.make(),
      // A new bridge reports its state late.
      `until ip link show dev ${engine.bridge} | grep -q 'state UP'; do sleep 0.05; done`,
    );
  });

  test('is found with its cable, bridge and rules, and is well', async () => {
    const before = await snapshot(host.enter);
    const { said, code } = await json('inspect', ...words);
    expect(code).toBe(0);
    const eth0 = said.interfaces.find((one: { name: string }) => one.name === 'eth0');
    expect(eth0).toMatchObject({ bridge: engine.bridge, gateway: engine.gateway });
    const master = await host.run('ip', '-j', 'link', 'show', 'dev', eth0.peer.device);
    expect(JSON.parse(master.out)[0]).toMatchObject({ master: engine.bridge });
    expect(said.rules).toContainEqual(
      expect.objectContaining({
        does: 'masquerade',
        text: expect.stringMatching(engine.masquerade),
      }),
    );
    expect(said.fails).toBeNull();
    expect(await host.ctr('why', ...words)).toMatchObject({ code: 0, out: '', err: '' });
    const trace = await host.ctr('trace', ...words, 'world');
    expect(trace.code).toBe(0);
    expect(trace.out).toMatch(/answered in/);
    expect(trace.err).toMatch(/table of its own into nftables/);
    expect((await host.ctr('trace', ...words, 'gateway')).code).toBe(0);
    const picture = await host.ctr('graph', ...words);
    expect(picture.out).toMatch(new RegExp(`port of ${engine.bridge}`));
    expect(picture.out).toMatch(/NAT\b(.|\n)*masquerade/i);
    expect(await snapshot(host.enter)).toBe(before);
  });

  test.each(engine.faults)('%s: it is found', async (_, fault, cause) => {
    await host.hand(fault);
    const why = await json('why', ...words);
    expect(why.code).toBe(7);
    expect(why.said.findings.map((one: { cause: string }) => one.cause)).toContain(cause);
    const trace = await json('trace', ...words, 'world');
    expect(trace.code).toBe(7);
    expect(trace.said.diagnosis).toMatchObject({ kind: 'named', finding: { cause } });
    const { said } = await json('inspect', ...words);
    expect(said.fails).toMatchObject({ cause });
  });
});

test('what is not there is said, with where to look', async () => {
  await host.hand(...byHand.make());
  const says = async (...words: readonly string[]) => {
    const { code, err } = await host.ctr('inspect', ...words);
    return `${code} ${err.split('\n')[0]}`;
  };
  expect(await says('--netns', 'nobody')).toBe('2 ctr: there is no network namespace nobody');
  expect(await says('--pid', '999999999')).toBe('2 ctr: there is no process 999999999');
  expect(await says('--pid', '1')).toMatch(/^2 ctr: process 1 \(.+\) has no network namespace/);
  expect(await says('--pid', 'one')).toBe('2 ctr: one is no pid');
  expect(await says('--netns', 'red', 'lab')).toMatch(/^2 ctr: name one network/);
  expect(await says('--netns', 'red', '--pid', '7')).toMatch(/^2 ctr: name one network/);
  expect(await says()).toBe('2 ctr: the argument <name> is missing');
  const trace = await host.ctr('trace', '--netns', 'red');
  expect(trace).toMatchObject({ code: 2, err: expect.stringMatching(/<target> is missing/) });
  // Without the engine on PATH: only directories that hold no engine.
  const bare = ['env', 'PATH=/run/nothing'];
  const { code, err } = await host.run(...bare, process.execPath, ctrPath, 'why', '--docker', 'x');
  expect(`${code} ${err}`).toMatch(/^4 ctr: docker is not installed, or not on PATH/);
});

test('a container is found by the pid of any of its processes', async () => {
  await host.hand(
    ...byHand.make(),
    'ip netns exec red sleep 600 >/dev/null 2>&1 & echo $! >/run/pid',
    'until [ "$(readlink /proc/$(cat /run/pid)/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done',
  );
  const pid = (await host.run('cat', '/run/pid')).out.trim();
  const { said } = await json('inspect', '--pid', pid);
  expect(said).toMatchObject({ way: 'pid', pid: Number(pid), name: `pid-${pid}` });
  await host.hand('nft flush chain ip mine post');
  const { code, said: traced } = await json('trace', '--pid', pid, '203.0.113.80');
  expect(code).toBe(7);
  expect(traced.diagnosis.finding.cause).toBe('masquerade-missing');
});
