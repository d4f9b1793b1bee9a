import { freshFacts } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Marks } from '../../src/graph/assemble.ts';
import { topologyOfPlan } from '../../src/graph/of-plan.ts';
import { topologyOfSnapshot } from '../../src/graph/of-snapshot.ts';
import type { Topology } from '../../src/graph/topology.ts';
import { makePlan } from '../../src/plan.ts';
import type { LinkState, NetworkState, RouteState, Snapshot } from '../../src/snapshot/snapshot.ts';

export function configOf(containers: Readonly<Record<string, readonly string[]>>): string {
  const networks = [...new Set(Object.values(containers).flat())];
  return JSON.stringify({
    version: 1,
    name: 'lab',
    networks: Object.fromEntries(
      networks.map((name, at) => [
        name,
        {
          bridge: { name: `br${at}` },
          subnets: [{ subnet: `192.168.${10 + at}.0/24`, gateway: `192.168.${10 + at}.1` }],
        },
      ]),
    ),
    containers: Object.fromEntries(
      Object.entries(containers).map(([name, nets]) => [
        name,
        {
          rootfs: '/srv/labex',
          command: ['/bin/sh'],
          interfaces: nets.map((network, at) => ({
            network,
            ...(at > 0 ? { gateway: false } : {}),
          })),
        },
      ]),
    ),
  });
}

export function plannedTopology(text: string): Topology {
  const { config, problems } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(JSON.stringify(problems));
  const facts = freshFacts();
  return topologyOfPlan(makePlan(config, facts), facts);
}

/** So many containers on one bridge. */
export function containersOnOneBridge(count: number): Topology {
  const names = Array.from({ length: count }, (_, at) => `web${at + 1}`);
  return plannedTopology(configOf(Object.fromEntries(names.map((name) => [name, ['net']]))));
}

const marks: Marks = {
  name: 'lab',
  containers: ['web'],
  bridges: ['br0'],
  uplinks: ['wan0'],
  pairs: [{ outer: 'veth-web', inner: 'veth-webc' }],
};

const noNetwork: NetworkState = {
  links: [],
  routes: [],
  rules: [],
  neighbours: [],
  fdb: [],
  firewall: [],
  sysctls: {},
};

function link(
  name: string,
  index: number,
  kind: string,
  mac: string,
  change: Partial<LinkState> = {},
): LinkState {
  const state = { up: true, carrier: true, state: 'UP' };
  return {
    ...{ name, index, kind, mac, group: 0, mtu: 1500, altnames: [], addresses: [] },
    ...state,
    ...change,
  };
}

function route(to: string, dev: string, via?: string): RouteState {
  return {
    ...{ to, dev, table: 'main', type: 'unicast' },
    ...(via === undefined ? { protocol: 'kernel' } : { via, protocol: 'boot' }),
  };
}

const off = { up: false, carrier: false, state: 'DOWN' };
const lower = { carrier: false, state: 'LOWERLAYERDOWN' };
const address = (text: string, scope = 'global') => ({ address: text, scope });

const loopback = link('lo', 1, 'loopback', '00:00:00:00:00:00', {
  state: 'UNKNOWN',
  addresses: [address('127.0.0.1/8', 'host'), address('::1/128', 'host')],
});
const wan = link('wan0', 2, 'veth', '02:57:41:4e:00:02', {
  peer: 2,
  addresses: [address('198.51.100.2/24'), address('fe80::57:41ff:fe4e:2/64', 'link')],
});
const bridge = (change: Partial<LinkState>) =>
  link('br0', 3, 'bridge', '02:00:00:00:0b:01', {
    addresses: [address('192.168.10.1/24')],
    ...change,
  });
const outer = (change: Partial<LinkState>) =>
  link('veth-web', 5, 'veth', 'fe:16:3e:00:00:0a', { peer: 'veth-webc', ...change });
const inner = (change: Partial<LinkState>) =>
  link('eth0', 4, 'veth', '02:42:c0:a8:0a:0a', { peer: 5, ...change });

const waysOut = [route('default', 'wan0', '198.51.100.1'), route('198.51.100.0/24', 'wan0')];
const policy = {
  tool: 'iptables',
  table: 'filter',
  chain: 'FORWARD',
  text: 'policy ACCEPT',
} as const;
const firewall: NetworkState['firewall'] = [
  policy,
  ...['-i br0 -o br0', '-i br0 ! -o br0', '-o br0 -m conntrack --ctstate RELATED,ESTABLISHED'].map(
    (match) => ({
      ...policy,
      text: `-A FORWARD ${match} -m comment --comment ctr:br0 -j ACCEPT`,
    }),
  ),
  {
    tool: 'iptables',
    table: 'nat',
    chain: 'POSTROUTING',
    text: '-A POSTROUTING -s 192.168.10.0/24 ! -o br0 -m comment --comment ctr:br0 -j MASQUERADE',
  },
  {
    tool: 'iptables',
    table: 'nat',
    chain: 'POSTROUTING',
    text: '-A POSTROUTING -j SNAT',
  },
];

function at(host: Partial<NetworkState>, inside?: Partial<NetworkState>): Snapshot {
  const process = { pid: 24117, start: '1', command: ['/bin/sh'], hostname: 'web', mounts: [] };
  return {
    version: 1,
    host: { ...noNetwork, routes: waysOut, firewall: [policy], ...host },
    containers: inside === undefined ? {} : { web: { ...noNetwork, ...inside, process } },
    world: noNetwork,
  };
}

const connected = route('192.168.10.0/24', 'br0');
const inMoved = [loopback, inner({ ...off })];
const forwarding = { 'net/ipv4/conf/br0/forwarding': '1', 'net/ipv4/conf/wan0/forwarding': '1' };
const allUp = {
  links: [loopback, wan, bridge({}), outer({ peer: 4, master: 'br0' })],
  routes: [...waysOut, connected],
};
const insideUp = {
  links: [loopback, inner({ addresses: [address('192.168.10.10/24')] })],
  routes: [route('default', 'eth0', '192.168.10.1'), route('192.168.10.0/24', 'eth0')],
};

/** What the kernel has after each step of a lab that is built by hand. */
export const stages: readonly Snapshot[] = [
  at({ links: [loopback, wan] }),
  at({
    links: [loopback, wan, bridge({ carrier: false, state: 'DOWN' })],
    routes: [...waysOut, connected],
  }),
  at({
    links: [
      ...[loopback, wan, bridge({ carrier: false, state: 'DOWN' }), outer(off)],
      link('veth-webc', 4, 'veth', '02:42:c0:a8:0a:0a', { ...off, peer: 'veth-web' }),
    ],
    routes: [...waysOut, connected],
  }),
  at({
    links: [
      ...[loopback, wan, bridge({ carrier: false, state: 'DOWN' })],
      outer({ ...lower, master: 'br0' }),
      link('veth-webc', 4, 'veth', '02:42:c0:a8:0a:0a', { ...off, peer: 'veth-web' }),
    ],
    routes: [...waysOut, connected],
  }),
  at(
    {
      links: [
        ...[loopback, wan, bridge({ carrier: false, state: 'DOWN' })],
        outer({ ...lower, peer: 4, master: 'br0' }),
      ],
      routes: [...waysOut, connected],
    },
    { links: inMoved },
  ),
  at(allUp, insideUp),
  at({ ...allUp, firewall, sysctls: forwarding }, insideUp),
];

/** The topology of each of `stages`. */
export const stageTopologies: readonly Topology[] = stages.map((snapshot, step) =>
  topologyOfSnapshot(snapshot, marks, { from: 'recording', step }),
);

/** A container on two networks between two that are on one each, and one with no network at all. */
export const twoNetworks: Topology = plannedTopology(
  configOf({ web: ['front'], router: ['front', 'back'], store: ['back'] }),
);

/** What a name or a path may hold to break out of a format. */
export const hostileWords: readonly string[] = [
  '"><script>alert(1)</script>',
  `'" onload="alert(1)" x='`,
  ']]> --> */ </style></svg>',
  '"]; end }} %%{init: {}}%% click x href "javascript:alert(1)"',
  '\\N \\" \\\\ \\x',
  '&lt;&#60;#60;#quot;',
  'a\nb\r\n\u001b[2J\u0007\u202e\u2028',
  '网桥'.repeat(30),
  '- + * 1. # | ` ~~~ $x$',
  '\ud800 lone \uffff',
];

const twoContainers = JSON.stringify(containersOnOneBridge(2));

/** Two containers whose names, addresses and routes all begin with this word. */
export function hostileTopology(word: string): Topology {
  const fields = ['name', 'dev', 'bridge', 'to', 'via', 'address', 'mac', 'value'];
  return JSON.parse(twoContainers, (key, value: unknown) =>
    typeof value === 'string' && fields.includes(key) ? word + value : value,
  ) as Topology;
}
