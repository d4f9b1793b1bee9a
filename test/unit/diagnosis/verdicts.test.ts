import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Stage } from '../../../src/diagnosis/cause.ts';
import { causes } from '../../../src/diagnosis/causes/index.ts';
import { diagnose } from '../../../src/diagnosis/diagnose.ts';
import type { Question } from '../../../src/diagnosis/evidence.ts';
import { languages } from '../../../src/model/text.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { diagnosisLines } from '../../../src/render/diagnosis.ts';
import { expectGolden } from '../../support/golden.ts';
import {
  all,
  at,
  db,
  type Edit,
  evidenceOf,
  healthy,
  link,
  outside,
  web,
} from '../../support/readings.ts';

interface Case {
  readonly edit: Edit;
  readonly asks?: Partial<Question>;
  /** The state alone does not say it surely. */
  readonly unsure?: true;
}

const ours = new Set<Stage>(['source', 'route', 'output', 'neighbour', 'link', 'bridge']);
const toDb = { to: '10.88.0.11' };
const macOf = (place: 'host' | typeof web | typeof db, dev: string) =>
  healthy.reading[place]?.links.find(({ name }) => name === dev)?.mac ?? '';

/** Without the routes of an interface. */
const withoutRoutes = at(web, () => ({ routes: [] }));
const chain = (family: 'ip' | 'inet' | 'bridge' | 'arp', hook: string, ...rules: string[]): Edit =>
  at(family === 'inet' || family === 'arp' ? web : 'host', ({ firewall }) => ({
    firewall: {
      ...firewall,
      chains: [
        ...firewall.chains,
        {
          tool: 'nft',
          ...{ family, table: 'mine', name: hook },
          base: { hook, type: 'filter', priority: 0, policy: rules.length > 0 ? 'accept' : 'drop' },
          rules,
        },
      ],
    },
  }));
const dropsWeb = JSON.stringify([
  {
    match: {
      op: '==',
      left: { payload: { protocol: 'ip', field: 'saddr' } },
      right: '10.88.0.10',
    },
  },
  { drop: null },
]);
const neighbour = (place: 'host' | typeof web, address: string, dev: string, mac: string): Edit =>
  at(place, ({ neighbours }) => ({
    neighbours: [
      ...neighbours.filter((one) => one.address !== address),
      { address, dev, mac, state: 'PERMANENT' },
    ],
  }));
const port = { state: 'forwarding', isolated: false, locked: false };
const vlan = (dev: string, first: number) => ({
  ...{ dev, first, last: first, pvid: true, untagged: true },
});
const queue = (kind: string, options: string): Edit =>
  at('host', () => ({ queues: [{ dev: 'veth-web', kind, options }] }));
const sysctl = (place: 'host' | typeof web, key: string, value: string): Edit =>
  at(place, ({ sysctls }) => ({ sysctls: { ...sysctls, [key]: value } }));
const fdbWithout = (mac: string): Edit =>
  at('host', ({ fdb }) => ({ fdb: fdb.filter((one) => one.mac !== mac) }));

/** Each id with what makes it so; `id (more)` for a second way. */
const cases: Readonly<Record<string, Case>> = {
  'source-no-interface': {
    edit: all(
      at(web, ({ links }) => ({ links: links.filter(({ name }) => name === 'lo'), routes: [] })),
      at('host', ({ links }) => ({ links: links.filter(({ name }) => name !== 'veth-web') })),
    ),
  },
  'source-down': { edit: all(link(web, 'eth0', { up: false }), withoutRoutes) },
  'source-no-address': { edit: all(link(web, 'eth0', { addresses: [] }), withoutRoutes) },
  'source-loopback-down': { edit: link(web, 'lo', { up: false }), asks: { to: '127.0.0.1' } },
  'ipv6-disabled': {
    edit: sysctl(web, 'net/ipv6/conf/all/disable_ipv6', '1'),
    asks: { to: '2001:db8::1' },
  },
  'route-missing': {
    edit: at(web, ({ routes }) => ({ routes: routes.filter(({ to }) => to !== 'default') })),
  },
  'route-missing (own subnet)': { edit: withoutRoutes, asks: toDb },
  'route-prefix': {
    edit: all(link(web, 'eth0', { addresses: ['10.88.0.10/32'] }), withoutRoutes),
  },
  'route-prefix (too wide)': {
    edit: all(
      link(web, 'eth0', { addresses: ['10.88.0.10/8'] }),
      at(web, () => ({
        routes: [
          { to: '10.0.0.0/8', dev: 'eth0' },
          { to: 'default', gateway: '10.88.0.1', dev: 'eth0' },
        ],
      })),
    ),
    asks: { to: '10.99.0.1' },
  },
  'route-elsewhere': {
    edit: at(web, () => ({
      routes: [
        { to: 'default', gateway: '10.88.0.11', dev: 'eth0' },
        { to: '10.88.0.0/24', dev: 'eth0' },
      ],
    })),
  },
  'route-policy': {
    edit: at(web, () => ({
      rules: [
        { priority: 0, table: 'local' },
        { priority: 100, action: 'prohibit', to: '203.0.113.0/24' },
        { priority: 32766, table: 'main' },
        { priority: 32767, table: 'default' },
      ],
    })),
  },
  'route-blocked': {
    edit: at(web, ({ routes }) => ({
      routes: [...routes, { to: '203.0.113.0/24', type: 'blackhole' }],
    })),
  },
  'output-filter': { edit: chain('inet', 'output', dropsWeb) },
  'neighbour-unowned': {
    edit: at(web, () => ({
      routes: [
        { to: 'default', gateway: '10.88.0.99', dev: 'eth0' },
        { to: '10.88.0.0/24', dev: 'eth0' },
      ],
    })),
  },
  'neighbour-unowned (target)': { edit: link(db, 'eth0', { addresses: [] }), asks: toDb },
  'neighbour-wrong': { edit: neighbour(web, '10.88.0.1', 'eth0', '02:00:00:00:00:99') },
  'neighbour-wrong (answer)': {
    edit: neighbour('host', '10.88.0.10', 'ctr1', '02:00:00:00:00:99'),
  },
  'neighbour-arp-off': { edit: link(web, 'eth0', {}, { noArp: true }) },
  'neighbour-arp-filter': { edit: sysctl('host', 'net/ipv4/conf/ctr1/arp_ignore', '8') },
  'neighbour-arp-filter (rule)': { edit: chain('arp', 'output') },
  'duplicate-address': {
    edit: link(db, 'eth0', { addresses: ['10.88.0.11/24', '10.88.0.1/24'] }),
    unsure: true,
  },
  'duplicate-mac': { edit: link(db, 'eth0', { mac: macOf(web, 'eth0') }), asks: toDb },
  'link-same-namespace': {
    edit: all(
      at(web, ({ links }) => ({ links: links.filter(({ name }) => name === 'lo'), routes: [] })),
      at('host', ({ links, status }) => ({
        links: [
          ...links,
          { ...(links.find(({ name }) => name === 'veth-db') ?? links[0]), name: 'eth0', group: 0 },
        ] as typeof links,
        status: {
          ...status,
          'veth-web': { ...status['veth-web'], peerNamespace: undefined, peerIndex: 77 },
          eth0: { ...status['veth-web'], peerNamespace: undefined, index: 77, peerIndex: 4 },
        } as unknown as typeof status,
      })),
    ),
  },
  'link-end-down': {
    edit: all(
      link('host', 'veth-web', { up: false }, { carrier: false }),
      link(web, 'eth0', {}, { carrier: false }),
    ),
  },
  'link-unattached': { edit: link('host', 'veth-web', { master: null }) },
  'link-unattached (bridge gone)': {
    edit: all(
      link('host', 'veth-web', { master: null }),
      link('host', 'veth-db', { master: null }),
      at('host', ({ links, routes }) => ({
        links: links.filter(({ name }) => name !== 'ctr1'),
        routes: routes.filter(({ dev }) => dev !== 'ctr1'),
      })),
    ),
  },
  'link-wrong-bridge': {
    edit: all(
      at('host', ({ links }) => ({
        links: links.flatMap((one) =>
          one.name === 'ctr1' ? [one, { ...one, name: 'ctr2', addresses: [] }] : [one],
        ),
      })),
      link('host', 'veth-web', { master: 'ctr2' }),
    ),
  },
  'link-bridge-down': { edit: link('host', 'ctr1', { up: false }) },
  'link-port-blocking': {
    edit: all(
      link('host', 'ctr1', { bridge: { stp: 'kernel', forwardDelay: 15 } }),
      link('host', 'veth-web', { port: { ...port, state: 'listening' } }),
    ),
  },
  'link-port-isolated': {
    edit: all(
      link('host', 'veth-web', { port: { ...port, isolated: true } }),
      link('host', 'veth-db', { port: { ...port, isolated: true } }),
    ),
    asks: toDb,
  },
  'link-port-locked': {
    edit: all(
      link('host', 'veth-web', { port: { ...port, locked: true } }),
      fdbWithout(macOf(web, 'eth0')),
    ),
  },
  'link-port-blind': {
    edit: all(
      link('host', 'veth-db', { port: { ...port, blind: true } }),
      fdbWithout(macOf(db, 'eth0')),
    ),
    asks: toDb,
  },
  'link-port-vlan': {
    edit: all(
      link('host', 'ctr1', { bridge: { stp: 'off', forwardDelay: 15, vlan: 1 } }),
      at('host', () => ({ vlans: [vlan('ctr1', 1), vlan('veth-db', 1), vlan('veth-web', 20)] })),
    ),
  },
  'link-port-vlan (none)': {
    edit: all(
      link('host', 'ctr1', { bridge: { stp: 'off', forwardDelay: 15, vlan: 1 } }),
      at('host', () => ({ vlans: [vlan('ctr1', 1), vlan('veth-db', 1)] })),
    ),
  },
  'link-queue': { edit: queue('netem', '{"limit":1000,"loss-random":{"loss":1,"correlation":0}}') },
  'link-queue (some)': {
    edit: queue('netem', '{"limit":1000,"loss-random":{"loss":0.5,"correlation":0}}'),
    unsure: true,
  },
  'link-xdp': { edit: link('host', 'veth-web', {}, { xdp: true }), unsure: true },
  'bridge-own-entry': { edit: fdbWithout(macOf('host', 'ctr1')) },
  'bridge-address': {
    edit: all(
      link('host', 'ctr1', { addresses: [] }),
      at('host', ({ routes }) => ({ routes: routes.filter(({ dev }) => dev !== 'ctr1') })),
    ),
  },
  'bridge-filter': { edit: chain('bridge', 'input', dropsWeb) },
  'bridge-filter (ARP)': { edit: chain('bridge', 'prerouting') },
  'bridge-netfilter': {
    edit: all(
      sysctl('host', 'net/bridge/bridge-nf-call-iptables', '1'),
      chain('ip', 'forward', dropsWeb),
    ),
    asks: toDb,
  },
};

test('nothing is wrong with the recorded reading', () => {
  for (const to of [outside, '10.88.0.1', '10.88.0.11', '127.0.0.1', '10.88.0.10']) {
    expect(diagnose(evidenceOf((reading) => reading, { to }))).toEqual({ kind: 'arrives' });
  }
});

test.each(Object.entries(cases))('%s', (name, { edit, asks, unsure }) => {
  const [id] = name.split(' ');
  const diagnosis = diagnose(evidenceOf(edit, asks));
  const found =
    diagnosis.kind === 'named'
      ? [diagnosis.finding.cause]
      : diagnosis.kind === 'undecided'
        ? diagnosis.between.map(({ cause }) => cause)
        : [];
  expect([diagnosis.kind, found[0]]).toEqual([unsure ? 'undecided' : 'named', id]);
  expect(found).toHaveLength(1);
});

test('every cause of these stages has a case', () => {
  const ids = causes.filter(({ stage }) => ours.has(stage)).map(({ id }) => id);
  const made = new Set(Object.keys(cases).map((name) => name.split(' ')[0]));
  expect(ids.filter((id) => !made.has(id))).toEqual([]);
});

test('ids are unique', () => {
  const ids = causes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const golden = new URL('../../golden/verdicts', import.meta.url).pathname;
const rewrite = process.env.CTR_GOLDEN === 'write' && process.env.CI === undefined;
const pids = new Map([
  [web, 52],
  [db, 53],
] as const);

test.each(languages)('the verdicts, as they are printed: %s', (language) => {
  const options = { run: 'lab', sandbox: true, pids, language, columns: 78, color: false } as const;
  const text = Object.entries(cases)
    .map(([name, { edit, asks }]) =>
      [`### ${name}`, ...diagnosisLines(diagnose(evidenceOf(edit, asks)), options), ''].join('\n'),
    )
    .join('\n');
  const path = join(golden, `${language}.txt`);
  if (rewrite) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(path, text);
  }
  expectGolden(text, path);
  for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
});
