import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Finding } from '../../../src/diagnosis/cause.ts';
import { forward } from '../../../src/diagnosis/causes/forward.ts';
import { ingress } from '../../../src/diagnosis/causes/ingress.ts';
import { name } from '../../../src/diagnosis/causes/name.ts';
import { reply } from '../../../src/diagnosis/causes/reply.ts';
import { routing } from '../../../src/diagnosis/causes/routing.ts';
import { target } from '../../../src/diagnosis/causes/target.ts';
import { translation } from '../../../src/diagnosis/causes/translation.ts';
import { uplink } from '../../../src/diagnosis/causes/uplink.ts';
import type { Evidence, Question } from '../../../src/diagnosis/evidence.ts';
import { pathOf } from '../../../src/diagnosis/path.ts';
import type { NamespaceReading, Reading } from '../../../src/diagnosis/reading.ts';
import type { RouteFact, RuleFact } from '../../../src/facts/index.ts';
import type { ChainFact } from '../../../src/filter/chain.ts';
import { builtIn } from '../../../src/filter/chain.ts';
import { shellLine } from '../../../src/model/command.ts';
import type { Lab } from '../../../src/model/lab.ts';
import type { Place } from '../../../src/model/place.ts';
import type { Hop, Walk } from '../../../src/trace/walk.ts';
import { expectGolden } from '../../support/golden.ts';

const golden = new URL('../../golden/diagnosis', import.meta.url).pathname;
const recorded = readFileSync(join(golden, 'healthy.json'), 'utf8');
/** Read in a sandbox by test/host/causes.test.ts: web and db on front0, api on back0, and the world behind wan0. */
const { lab, reading: healthy } = JSON.parse(recorded) as { lab: Lab; reading: Reading };

const causes = [
  ...name,
  ...ingress,
  ...routing,
  ...forward,
  ...translation,
  ...uplink,
  ...target,
  ...reply,
];

type Edit = (reading: Reading) => Reading;
type Namespace = (one: NamespaceReading) => NamespaceReading;

const [web, db, api] = ['10.88.0.2', '10.88.0.3', '10.89.0.2'];
const outside = '203.0.113.80';
const uplinkAddress = '198.51.100.2';
const inWeb: Place = 'container web';
const inDb: Place = 'container db';

function at(place: Place, ...edits: readonly Namespace[]): Edit {
  return (reading) => {
    const here = reading[place];
    if (here === undefined) throw new Error(`no ${place}`);
    return { ...reading, [place]: edits.reduce((one, edit) => edit(one), here) };
  };
}

function without(place: Place): Edit {
  return (reading) => Object.fromEntries(Object.entries(reading).filter(([key]) => key !== place));
}

function sysctl(key: string, value: string): Namespace {
  return (one) => ({ ...one, sysctls: { ...one.sysctls, [key]: value } });
}

/** Forwarding as `sysctl -w net.ipv4.ip_forward` sets it. */
function forwards(value: '0' | '1'): Namespace {
  return (one) => {
    const keys = Object.keys(one.sysctls).filter((key) => /^net\/ipv4\/.*forward/.test(key));
    return keys.reduce((now, key) => sysctl(key, value)(now), one);
  };
}

function routes(edit: (routes: readonly RouteFact[]) => readonly RouteFact[]): Namespace {
  return (one) => ({ ...one, routes: edit(one.routes) });
}

const addRoute = (route: RouteFact) => routes((all) => [...all, route]);
const noRoute = (to: string) => routes((all) => all.filter((route) => route.to !== to));

function rule(fact: RuleFact): Namespace {
  const usual = (priority: number, table: string) => ({ priority, table });
  const others = [usual(32766, 'main'), usual(32767, 'default')];
  return (one) => ({ ...one, rules: [usual(0, 'local'), fact, ...others] });
}

function link(dev: string, change: Partial<NamespaceReading['links'][number]>): Namespace {
  return (one) => ({
    ...one,
    links: one.links.map((found) => (found.name === dev ? { ...found, ...change } : found)),
  });
}

function carrier(dev: string, value: boolean): Namespace {
  return (one) => {
    const status = one.status[dev];
    if (status === undefined) throw new Error(`no ${dev}`);
    return { ...one, status: { ...one.status, [dev]: { ...status, carrier: value } } };
  };
}

/** A further interface of the host. */
function more(dev: string, ...addresses: readonly string[]): Namespace {
  const fact = { name: dev, kind: 'tun', group: 0, mac: '', mtu: 1500, up: true, altnames: [] };
  const status = { index: 99, state: 'UNKNOWN', carrier: true, addresses: [] };
  return (one) => ({
    ...one,
    links: [...one.links, { ...fact, addresses }],
    status: { ...one.status, [dev]: status },
  });
}

function chains(edit: (chains: readonly ChainFact[]) => readonly ChainFact[]): Namespace {
  return (one) => ({ ...one, firewall: { ...one.firewall, chains: edit(one.firewall.chains) } });
}

/** `iptables -t TABLE -I CHAIN RULE…`, or its policy. */
function iptables(table: string, chain: string, rules: readonly string[], policy = ''): Namespace {
  return chains((all) => {
    const known = all.find((one) => one.table === table && one.name === chain);
    const base = builtIn(table, chain, policy || known?.base?.policy.toUpperCase() || 'ACCEPT');
    const made: ChainFact = {
      ...{ tool: 'iptables', family: 'ip', table, name: chain },
      ...(base === undefined ? {} : { base }),
      rules: [...rules, ...(known?.rules ?? [])],
    };
    return [...all.filter((one) => one !== known), made];
  });
}

function flush(table: string, chain: string): Namespace {
  return chains((all) =>
    all.map((one) => (one.table === table && one.name === chain ? { ...one, rules: [] } : one)),
  );
}

/** None of ctr's rules is left. */
const noneOfOurs: Namespace = (one) => ({ ...one, firewall: { ...one.firewall, ours: [] } });

function nft(chain: Partial<ChainFact> & Pick<ChainFact, 'base'>): Namespace {
  const table = { tool: 'nft', family: 'inet', table: 'guard', name: 'pass', rules: [] } as const;
  return chains((all) => [...all, { ...table, ...chain }]);
}

function counters(values: Readonly<Record<string, number>>): Namespace {
  return (one) => ({ ...one, counters: { ...one.counters, ...values } });
}

function listens(protocol: 'tcp' | 'udp', address: string, port: number): Namespace {
  return (one) => ({ ...one, listeners: [...one.listeners, { protocol, address, port }] });
}

const servers = (...resolvers: readonly string[]): Edit =>
  at(inWeb, (one) => ({ ...one, resolvers }));

const noWalk: Omit<Walk, 'probe' | 'outcome'> = {
  ...{ hops: [], watched: [], blind: [], arp: [], copies: [], decisions: [], counters: {} },
};

interface Row {
  readonly id: string;
  readonly title?: string;
  readonly edits: readonly Edit[];
  readonly asks?: Partial<Question>;
  /** Counters that have grown since, on the host or another place. */
  readonly grown?: readonly Edit[];
  readonly walk?: Partial<Walk>;
  readonly size?: number;
  readonly lab?: Lab | null;
}

const host = (...edits: readonly Namespace[]) => at('host', ...edits);
const world = (...edits: readonly Namespace[]) => at('world', ...edits);
const db80 = 'DNAT --to-destination 10.88.0.3:80';
const publish = iptables('nat', 'PREROUTING', [
  `-d ${uplinkAddress}/32 -p tcp -m tcp --dport 8080 -j ${db80}`,
]);
const toPort = (to: string, port: number): Partial<Question> => ({ to, protocol: 'tcp', port });
const fromWorld: Partial<Question> = { from: 'world', ...toPort(uplinkAddress, 8080) };
const unresolved = (server: string, said: string): Partial<Question> => ({
  ...{ to: server, protocol: 'udp', port: 53 },
  unresolved: { name: 'www.example', said },
});

const dropped: Hop = {
  ...{ place: 'host', direction: 'there', layer: 'ip', hook: 'forward', in: 'front0', out: 'wan0' },
  header: { source: web, destination: outside, ttl: 63, id: 1, length: 84 },
  rules: [],
  dropped: {
    ...{ family: 'inet', table: 'guard', chain: 'pass', handle: 7 },
    ...{ text: 'meta mark 0x00000007 drop', verdict: 'drop' },
  },
};

const { dropped: _, ...passed } = dropped;
const left: Hop = { ...passed, layer: 'netdev', hook: 'egress' };

const rows: readonly Row[] = [
  {
    id: 'name-no-resolver',
    edits: [servers()],
    asks: unresolved('127.0.0.1', 'queryA ECONNREFUSED www.example'),
  },
  {
    id: 'name-loopback-stub',
    edits: [servers('127.0.0.53'), host(listens('udp', '127.0.0.53', 53))],
    asks: unresolved('127.0.0.53', 'queryA ECONNREFUSED www.example'),
  },
  {
    id: 'name-refused',
    edits: [servers(db)],
    asks: unresolved(db, 'queryA ECONNREFUSED www.example'),
  },
  {
    id: 'name-timeout',
    edits: [servers('203.0.113.99')],
    asks: unresolved('203.0.113.99', 'queryA ETIMEOUT www.example'),
  },
  {
    id: 'name-unknown',
    edits: [],
    asks: unresolved('198.51.100.1', 'queryA ENOTFOUND www.example'),
  },
  {
    id: 'ingress-filter',
    edits: [host(iptables('raw', 'PREROUTING', ['-i front0 -p icmp -j DROP']))],
  },
  {
    id: 'ingress-filter',
    title: 'a chain of a device that nft did not tell',
    edits: [
      host(
        nft({
          ...{ family: 'netdev', name: 'in' },
          base: { hook: 'ingress', type: 'filter', priority: 0, policy: 'drop' },
        }),
      ),
    ],
  },
  {
    id: 'reverse-path',
    edits: [host(sysctl('net/ipv4/conf/all/rp_filter', '1'), addRoute({ to: web, dev: 'wan0' }))],
    grown: [host(counters({ TcpExtIPReversePathFilter: 1 }))],
  },
  {
    id: 'reverse-path',
    title: 'loose, without any route back',
    edits: [
      host(
        sysctl('net/ipv4/conf/front0/rp_filter', '2'),
        noRoute('10.88.0.0/24'),
        noRoute('default'),
        addRoute({ to: outside, gateway: '198.51.100.1', dev: 'wan0' }),
      ),
    ],
  },
  { id: 'martian-source', edits: [host(more('dup0', `${web}/32`))] },
  {
    id: 'forwarding-off',
    edits: [host(forwards('0'))],
    grown: [host(counters({ IpInAddrErrors: 1 }))],
  },
  {
    id: 'forwarding-off-interface',
    edits: [host(forwards('1'), sysctl('net/ipv4/conf/front0/forwarding', '0'))],
  },
  {
    id: 'forwarding-off-interface',
    title: 'for answers, ip_forward 0 as ctr leaves it',
    edits: [host(sysctl('net/ipv4/ip_forward', '0'), sysctl('net/ipv4/conf/wan0/forwarding', '0'))],
  },
  {
    id: 'host-policy',
    edits: [
      host(
        addRoute({ to: 'default', table: '99', type: 'blackhole' }),
        rule({ priority: 100, table: '99' }),
      ),
    ],
  },
  {
    id: 'host-policy',
    title: 'the rule itself refuses',
    edits: [host(rule({ priority: 50, action: 'prohibit', from: '10.88.0.0/24' }))],
  },
  { id: 'host-route-blocked', edits: [host(addRoute({ to: outside, type: 'unreachable' }))] },
  {
    id: 'subnet-taken',
    title: 'by a VPN that has an address of it',
    edits: [host(more('tun0', '10.88.0.5/25'), addRoute({ to: '10.88.0.0/25', dev: 'tun0' }))],
  },
  {
    id: 'subnet-taken',
    title: 'by a route of a VPN',
    edits: [host(more('tun0', '172.30.0.2/32'), addRoute({ to: '10.88.0.0/25', dev: 'tun0' }))],
  },
  {
    id: 'host-route-elsewhere',
    title: 'the default route goes by another interface',
    edits: [host(more('tun0'), noRoute('default'), addRoute({ to: 'default', dev: 'tun0' }))],
    walk: {},
  },
  {
    id: 'host-route-elsewhere',
    title: 'a host route for answers',
    edits: [host(addRoute({ to: web, dev: 'wan0' }))],
  },
  {
    id: 'host-route-missing',
    edits: [host(noRoute('default'))],
    grown: [host(counters({ IpExtInNoRoutes: 1, IcmpOutDestUnreachs: 1 }))],
  },
  { id: 'host-route-missing', title: 'to the containers', edits: [host(noRoute('10.88.0.0/24'))] },
  {
    id: 'forward-table',
    title: 'a policy',
    edits: [host(nft({ base: { hook: 'forward', type: 'filter', priority: 10, policy: 'drop' } }))],
  },
  {
    id: 'forward-table',
    title: 'a rule that only the trace saw',
    edits: [],
    walk: { hops: [dropped] },
  },
  {
    id: 'forward-policy',
    edits: [host(flush('filter', 'FORWARD'), iptables('filter', 'FORWARD', [], 'DROP'))],
  },
  {
    id: 'forward-reject',
    edits: [
      host(
        iptables('filter', 'FORWARD', ['-p icmp -j REJECT --reject-with icmp-port-unreachable']),
      ),
    ],
  },
  { id: 'forward-rule', edits: [host(iptables('filter', 'FORWARD', ['-i front0 -j DROP']))] },
  {
    id: 'forward-rule',
    title: 'that may match',
    edits: [host(iptables('filter', 'FORWARD', ['-i front0 -m recent --rcheck -j DROP']))],
  },
  {
    id: 'forward-rule',
    title: 'that hands it to a program, and the trace saw it vanish',
    edits: [host(iptables('filter', 'FORWARD', ['-i front0 -j NFQUEUE --queue-num 5']))],
    walk: { hops: [{ ...passed, lost: true }] },
  },
  {
    id: 'published-port-filter',
    edits: [
      host(
        publish,
        iptables('filter', 'INPUT', ['-p tcp -m tcp --dport 8080 -j ACCEPT']),
        iptables('filter', 'FORWARD', [`-d ${db}/32 -p tcp -m tcp --dport 80 -j DROP`]),
      ),
      at(inDb, listens('tcp', '0.0.0.0', 80)),
    ],
    asks: fromWorld,
  },
  {
    id: 'chain-flushed',
    edits: [host(flush('filter', 'FORWARD'), flush('nat', 'POSTROUTING'), noneOfOurs)],
  },
  {
    id: 'chain-flushed',
    title: 'and the policy drops',
    edits: [
      host(
        flush('filter', 'FORWARD'),
        iptables('filter', 'FORWARD', [], 'DROP'),
        flush('nat', 'POSTROUTING'),
        noneOfOurs,
      ),
    ],
  },
  {
    id: 'diverted',
    edits: [
      host(iptables('nat', 'PREROUTING', [`-d ${outside}/32 -j DNAT --to-destination 192.0.2.1`])),
    ],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a rule before it',
    edits: [host(iptables('nat', 'POSTROUTING', [`-s ${web}/32 -j ACCEPT`]))],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a wrong address',
    edits: [host(iptables('nat', 'POSTROUTING', [`-s ${web}/32 -j SNAT --to-source 192.0.2.9`]))],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a range of wrong addresses',
    edits: [
      host(
        iptables('nat', 'POSTROUTING', ['-o wan0 -j SNAT --to-source 198.51.100.50-198.51.100.60']),
      ),
    ],
  },
  {
    id: 'redirected',
    edits: [
      host(
        iptables('nat', 'PREROUTING', [
          '-i front0 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128',
        ]),
      ),
    ],
    asks: toPort(outside, 80),
  },
  {
    id: 'masquerade-missing',
    edits: [host(flush('nat', 'POSTROUTING'))],
    grown: [world(counters({ IcmpInEchos: 1, IcmpOutEchoReps: 0 }))],
  },
  {
    id: 'masquerade-missing',
    title: 'for a container that ctr did not make',
    edits: [host(flush('nat', 'POSTROUTING'))],
    lab: null,
  },
  {
    id: 'not-tracked',
    edits: [host(iptables('raw', 'PREROUTING', [`-s ${web}/32 -j CT --notrack`]))],
  },
  {
    id: 'conntrack-full',
    edits: [host((one) => ({ ...one, conntrack: { count: 65_536, max: 65_536, entries: null } }))],
    grown: [host(counters({ 'conntrack/drop': 1 }))],
  },
  {
    id: 'conntrack-stale',
    edits: [
      host((one) => ({
        ...one,
        conntrack: {
          ...{ count: 1, max: 262_144 },
          entries: [
            {
              ...{ protocol: 'icmp', state: null, source: web, destination: outside },
              ...{ replies_to: web, unreplied: true, id: '56' },
            },
          ],
        },
      })),
    ],
    walk: {
      hops: [left],
    },
  },
  {
    id: 'uplink-down',
    edits: [
      host(
        link('wan0', { up: false }),
        carrier('wan0', false),
        routes((all) => all.filter(({ dev }) => dev !== 'wan0')),
      ),
    ],
  },
  {
    id: 'uplink-down',
    title: 'the other end is off',
    edits: [host(carrier('wan0', false)), world(link('eth0', { up: false }))],
  },
  {
    id: 'uplink-down',
    title: 'on a host of which nothing outside was read',
    edits: [without('world'), host(carrier('wan0', false))],
  },
  {
    id: 'uplink-neighbour',
    edits: [
      without('world'),
      host((one) => ({
        ...one,
        neighbours: [{ address: '198.51.100.1', dev: 'wan0', state: 'FAILED' }],
      })),
    ],
    grown: [],
  },
  { id: 'mtu-exceeded', edits: [host(link('wan0', { mtu: 1300 }))], size: 1400 },
  {
    id: 'mtu-black-hole',
    edits: [world(link('eth0', { mtu: 1300 }))],
    size: 1400,
    grown: [world(counters({ 'eth0/rx_dropped': 1 }))],
  },
  { id: 'mtu-black-hole', title: 'no size was asked', edits: [world(link('eth0', { mtu: 1300 }))] },
  { id: 'target-absent', edits: [], asks: { to: '203.0.113.99' } },
  { id: 'target-absent', title: 'beyond the host', edits: [], asks: { to: '10.89.0.77' } },
  {
    id: 'target-absent',
    title: 'its container has ended',
    edits: [without('container api')],
    asks: { to: api },
  },
  {
    id: 'target-filter',
    edits: [at(inDb, iptables('filter', 'INPUT', ['-p icmp -j DROP']))],
    asks: { to: db },
  },
  {
    id: 'target-loopback-only',
    edits: [at(inDb, listens('tcp', '127.0.0.1', 5432))],
    asks: toPort(db, 5432),
  },
  {
    id: 'target-loopback-only',
    title: "the host's 127.0.0.1",
    edits: [host(listens('tcp', '127.0.0.1', 5432))],
    asks: toPort('127.0.0.1', 5432),
  },
  {
    id: 'target-closed',
    edits: [],
    asks: toPort(db, 81),
    grown: [at(inDb, counters({ TcpOutRsts: 1 }))],
  },
  {
    id: 'target-closed',
    title: 'it listens at another address',
    edits: [host(listens('udp', '198.51.100.2', 5000))],
    asks: { to: '10.88.0.1', protocol: 'udp', port: 5000 },
  },
  {
    id: 'target-silent',
    edits: [at(inDb, sysctl('net/ipv4/icmp_echo_ignore_all', '1'))],
    asks: { to: db },
  },
  {
    id: 'reply-route',
    edits: [host(publish), at(inDb, noRoute('default'), listens('tcp', '0.0.0.0', 80))],
    asks: fromWorld,
  },
  { id: 'reply-filter', edits: [host(iptables('filter', 'FORWARD', [`-d ${web}/32 -j DROP`]))] },
  {
    id: 'reply-hairpin',
    edits: [
      host(publish, sysctl('net/bridge/bridge-nf-call-iptables', '0')),
      at(inDb, listens('tcp', '0.0.0.0', 80)),
    ],
    asks: toPort(uplinkAddress, 8080),
  },
  {
    id: 'reply-hairpin',
    title: 'to itself, by the same port of the bridge',
    edits: [
      host(
        iptables('nat', 'PREROUTING', [
          `-d ${uplinkAddress}/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${web}:80`,
        ]),
      ),
      at(inWeb, listens('tcp', '0.0.0.0', 80)),
    ],
    asks: toPort(uplinkAddress, 8080),
  },
];

function evidenceOf({ edits, asks = {}, grown, walk, size, lab: own = lab }: Row): Evidence {
  const question: Question = { from: inWeb, to: outside, protocol: 'icmp', ...asks };
  const reading = edits.reduce((now, edit) => edit(now), healthy);
  const zero = Object.fromEntries(
    Object.entries(grown?.reduce((now, edit) => edit(now), reading) ?? {}).map(([place, one]) => {
      const names = Object.keys(one?.counters ?? {});
      return [place, Object.fromEntries(names.map((key) => [key, 0]))];
    }),
  );
  const before = Object.fromEntries(
    Object.entries(reading).map(([place, one]) => [place, { ...one, counters: zero[place] ?? {} }]),
  ) as Reading;
  const after = grown?.reduce((now, edit) => edit(now), reading);
  const { from, to, protocol } = question;
  const probe = { from, to, protocol, ...(size === undefined ? {} : { size }) };
  const sent = walk !== undefined || size !== undefined || grown !== undefined;
  return {
    question,
    reading: before,
    ...(own === null ? {} : { lab: own }),
    ...(after === undefined ? {} : { after }),
    ...(sent ? { walk: { ...noWalk, probe, outcome: { kind: 'silent' }, ...walk } } : {}),
  };
}

function judged(evidence: Evidence): readonly Finding[] {
  const path = pathOf(evidence.question, evidence.reading);
  return causes.flatMap(({ id, stage, judge }) =>
    judge(evidence, path).map((found) => ({ cause: id, stage, ...found })),
  );
}

const first = (row: Row) => judged(evidenceOf(row)).filter(({ cause }) => cause === row.id);

function titled({ id, title }: Row): string {
  return title === undefined ? id : `${id}: ${title}`;
}

/** All that a finding says, in both languages. */
function told(row: Row): string {
  const shown = first(row).map((found) => {
    const { direction, place, at: positions, certain, says, evidence, check, fix } = found;
    const where = positions.map((one) => `${one.direction} ${one.place} ${one.point}`).join(', ');
    return [
      `${certain ? 'certain' : 'not certain'}, ${direction}, ${place}; lost at: ${where}`,
      says.en,
      says.zh,
      ...evidence.flatMap(({ en, zh }) => (en === zh ? [`  - ${en}`] : [`  - ${en}`, `  - ${zh}`])),
      ...check.map((one) => `  ? ${one.place}: ${shellLine(one.argv)}`),
      ...(fix === undefined ? [] : [`  ! ${fix.place}: ${shellLine(fix.argv)}`]),
    ].join('\n');
  });
  return [`## ${titled(row)}`, ...shown].join('\n');
}

test('a healthy lab has none of these causes', () => {
  const questions: readonly Partial<Question>[] = [
    {},
    { to: db },
    { to: api },
    { to: '10.88.0.1' },
    { from: 'host', to: web },
    { from: 'host', to: outside },
    { from: 'container api', to: outside, protocol: 'tcp', port: 80 },
    { to: '198.51.100.1', protocol: 'udp', port: 53 },
  ];
  for (const asks of questions) {
    expect([asks, judged(evidenceOf({ id: '', edits: [], asks }))]).toEqual([asks, []]);
  }
});

test.each(rows.map((row) => [titled(row), row] as const))('%s', (_, row) => {
  expect(first(row).length).toBeGreaterThan(0);
});

test('every cause of these stages has a row', () => {
  const covered = new Set(rows.map(({ id }) => id));
  expect(causes.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
});

test('no sentence says more or less than the golden file', () => {
  const path = join(golden, 'causes.txt');
  const text = `${rows.map(told).join('\n\n')}\n`;
  if (process.env.CTR_GOLDEN === 'write' && process.env.CI === undefined) writeFileSync(path, text);
  expectGolden(text, path);
});
