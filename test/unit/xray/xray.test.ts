import { expect, test } from '@jest/globals';
import type { NamespaceReading, Reading } from '../../../src/diagnosis/reading.ts';
import type { Outcome, Runner } from '../../../src/exec/runner.ts';
import type { LinkFact } from '../../../src/facts/index.ts';
import type { ChainFact } from '../../../src/filter/chain.ts';
import { gatewayOf, promisesOfStranger, worldTarget } from '../../../src/xray/promises.ts';
import { findStranger } from '../../../src/xray/stranger.ts';
import { chosenWay } from '../../../src/xray/way.ts';
import { wiringOf } from '../../../src/xray/wiring.ts';

const link = (name: string, kind: string, change: Partial<LinkFact> = {}): LinkFact => ({
  ...{ name, kind, group: 0, mac: '02:00:00:00:00:01', mtu: 1500, up: true },
  ...{ addresses: [], altnames: [] },
  ...change,
});

const status = (index: number, peer?: number) => ({
  ...{ index, state: 'UP', carrier: true, addresses: [] },
  ...(peer === undefined ? {} : { peerIndex: peer, peerNamespace: 0 }),
});

const empty: NamespaceReading = {
  ...{ links: [], routes: [], sysctls: {}, status: {}, neighbours: [], fdb: [], vlans: [] },
  ...{ queues: [], listeners: [], resolvers: [], counters: {}, missing: [] },
  firewall: {
    ...{ readable: true, forwardPolicy: 'ACCEPT', dockerUser: false, ours: [], oursBeside: {} },
    ...{ unread: [], chains: [], sets: {} },
  },
};

const postrouting: ChainFact = {
  ...{ tool: 'iptables', family: 'ip', table: 'nat', name: 'POSTROUTING' },
  base: { hook: 'postrouting', type: 'nat', priority: 100, policy: 'accept' },
  rules: ['-s 10.7.0.0/24 ! -o docker0 -j MASQUERADE'],
};
const forward: ChainFact = {
  ...{ tool: 'iptables', family: 'ip', table: 'filter', name: 'FORWARD' },
  base: { hook: 'forward', type: 'filter', priority: 0, policy: 'drop' },
  rules: [
    '-o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-i docker0 -j ACCEPT',
  ],
};
const published: ChainFact = {
  ...{ tool: 'iptables', family: 'ip', table: 'nat', name: 'DOCKER' },
  rules: [
    '! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.7.0.2:80',
    '! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 10.7.0.22:80',
  ],
};

const reading: Reading = {
  host: {
    ...empty,
    links: [
      link('docker0', 'bridge', { addresses: ['10.7.0.1/24'] }),
      link('vethab', 'veth', { master: 'docker0' }),
      link('wan', 'ether', { addresses: ['192.0.2.2/24'] }),
    ],
    status: { docker0: status(2), vethab: status(5, 4), wan: status(3) },
    routes: [
      { to: 'default', gateway: '192.0.2.1', dev: 'wan' },
      { to: '192.0.2.0/24', dev: 'wan' },
      { to: '10.7.0.0/24', dev: 'docker0' },
    ],
    sysctls: { 'net/ipv4/ip_forward': '1' },
    firewall: { ...empty.firewall, chains: [postrouting, forward, published] },
  },
  'container web': {
    ...empty,
    links: [link('lo', 'loopback'), link('eth0', 'veth', { addresses: ['10.7.0.2/24'] })],
    status: { lo: status(1), eth0: status(4, 5) },
    routes: [
      { to: 'default', gateway: '10.7.0.1', dev: 'eth0' },
      { to: '10.7.0.0/24', dev: 'eth0' },
    ],
    resolvers: ['127.0.0.11', '192.0.2.53'],
  },
};

test('the cable, the bridge and the rules of a container are found', () => {
  const { plugs, rules } = wiringOf(reading, 'container web');
  expect(plugs).toMatchObject([
    {
      ...{ device: 'eth0', gateway: '10.7.0.1', bridge: 'docker0' },
      ...{ bridgeAddresses: ['10.7.0.1/24'], peer: { place: 'host', device: 'vethab', up: true } },
    },
  ]);
  expect(rules.map(({ does, direction, chain, text }) => [does, direction, chain, text])).toEqual([
    ['accept', 'out', 'FORWARD', forward.rules[1]],
    ['masquerade', 'out', 'POSTROUTING', postrouting.rules[0]],
    ['accept', 'in', 'FORWARD', forward.rules[0]],
    // Not the one for 10.7.0.22, which has the same beginning.
    ['divert', 'in', 'DOCKER', published.rules[0]],
  ]);
});

test('an end in a namespace that was not read is beyond; an interface without one is alone', () => {
  const own = reading['container web'] as NamespaceReading;
  const far = { ...own, status: { ...own.status, eth0: status(4, 77) } };
  const away = wiringOf({ ...reading, 'container web': far }, 'container web');
  expect(away.plugs[0]).toMatchObject({ beyond: true });
  expect(away.plugs[0]).not.toHaveProperty('peer');
  const tap = { ...own, status: { ...own.status, eth0: status(4) } };
  const alone = wiringOf({ ...reading, 'container web': tap }, 'container web');
  expect(alone.plugs[0]).not.toHaveProperty('beyond');
});

test('a container is to reach its gateway, a name server that is no stub, and the world', () => {
  expect(gatewayOf(reading, 'container web')).toBe('10.7.0.1');
  expect(worldTarget(reading)).toBe('1.1.1.1');
  const promises = promisesOfStranger(reading, 'container web', 'web');
  expect(promises.map(({ what, question }) => `${what} ${question.to}`)).toEqual([
    ...['itself 127.0.0.1', 'gateway 10.7.0.1', 'names 192.0.2.53', 'world 1.1.1.1'],
  ]);
  expect(promisesOfStranger({}, 'container web', 'web')).toEqual([]);
});

test('one network is named, by one way', () => {
  expect(chosenWay({}, 'lab')).toBeUndefined();
  expect(chosenWay({}, undefined)).toBeUndefined();
  expect(chosenWay({ docker: 'web' }, undefined)).toEqual(['docker', 'web']);
  expect(() => chosenWay({ docker: 'web' }, 'lab')).toThrow(/name one network/);
  expect(() => chosenWay({ docker: 'web', pid: '7' }, undefined)).toThrow(/name one network/);
});

/** A runner whose container engine answers like this. */
function engine(answer: Partial<Outcome>): Runner {
  const outcome = { ok: true, missing: false, stdout: '', stderr: '', ...answer } as Outcome;
  return { tool: async () => outcome } as unknown as Runner;
}

test.each([
  ['that is missing', { ok: false, missing: true }, 'tool-missing'],
  [
    'that does not know it',
    { ok: false, stderr: 'Error: no such container: x\n' },
    'no-such-stranger',
  ],
  ['whose container does not run', { stdout: '0\n' }, 'no-such-stranger'],
  // This process: it has the network of the host.
  ['whose container has no network', { stdout: `${process.pid}\n` }, 'host-network'],
  ['whose process is gone', { stdout: '999999999\n' }, 'no-such-stranger'],
])('an engine %s', async (_, answer, code) => {
  await expect(findStranger(engine(answer), ['podman', 'x'], {})).rejects.toMatchObject({ code });
});
