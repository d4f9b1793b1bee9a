import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { HostView, LinkFact, RouteFact } from '../../../src/facts/index.ts';
import { builtIn, type ChainFact } from '../../../src/filter/chain.ts';
import { allLosses } from '../../../src/losses/all-losses.ts';
import { losses } from '../../../src/losses/index.ts';
import { couldLose } from '../../../src/losses/quick-look.ts';
import { groupOf } from '../../../src/model/names.ts';
import { settle } from '../../../src/resolve/lab.ts';
import { rulesOf } from '../../../src/steps/rules-of.ts';
import { projected } from './losses.ts';

const network = (bridge: string, third: number) => ({
  bridge: { name: bridge },
  subnets: [{ subnet: `10.9.${third}.0/24`, gateway: `10.9.${third}.1` }],
});
const text = JSON.stringify({
  version: 1,
  name: 'two',
  networks: { net: network('ctr0', 0), back: network('ctr1', 1) },
  containers: {
    a: { rootfs: '/srv/labex', interfaces: [{ network: 'net' }] },
    b: { rootfs: '/srv/labex', interfaces: [{ network: 'net' }] },
    c: { rootfs: '/srv/labex', interfaces: [{ network: 'back' }] },
  },
});
const { config } = parseConfig(text, 'config.json');
if (config === undefined) throw new Error('the config is not valid');
const facts = freshFacts();
const { lab } = settle(config, facts);
const planned = projected(lab, facts);
const outers = lab.containers.flatMap(({ attachments }) => attachments.map(({ outer }) => outer));

/** A value, but usually none. */
const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const present = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const devices = fc.constantFrom('ctr0', 'ctr1', 'wan0', 'eth1', ...outers);
const route = fc
  .record({
    to: fc.constantFrom(
      'default',
      '0.0.0.0/1',
      '10.0.0.0/8',
      '10.9.0.0/16',
      '10.9.0.0/24',
      '10.9.0.0/25',
      '10.9.1.2',
      '198.51.100.1',
      '203.0.113.0/24',
    ),
    dev: devices,
    type: rarely(fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw', 'local')),
    table: rarely(fc.constantFrom('52', 'local', 'default')),
    metric: rarely(fc.integer({ min: 0, max: 200 })),
    down: rarely(fc.constant(true)),
    another: rarely(fc.constant(true)),
  })
  .map((one) => present(one) as unknown as RouteFact);

const link = fc
  .record({
    name: devices,
    kind: fc.constantFrom('bridge', 'bond', 'veth', 'vrf'),
    group: fc.constantFrom(0, groupOf('two')),
    mtu: fc.constantFrom(1500, 1500, 1400),
    up: fc.constantFrom(true, true, false),
    addresses: fc.subarray(['10.9.0.1/24', '10.9.1.1/24', '10.9.0.2/32', '203.0.113.7/24']),
    master: rarely(fc.constantFrom('ctr0', 'ctr1', 'wan0', 'eth1')),
    noArp: rarely(fc.constant(true)),
    bridge: rarely(
      fc.record({
        stp: fc.constantFrom('off', 'kernel', 'daemon'),
        forwardDelay: fc.constant(15),
        vlan: fc.constantFrom(0, 1),
      }),
    ),
    port: rarely(
      fc.record({
        state: fc.constantFrom('forwarding', 'learning'),
        isolated: fc.boolean(),
        locked: fc.boolean(),
        blind: fc.constantFrom(undefined, true),
      }),
    ),
  })
  .map((one) => present({ ...one, mac: '02:00:00:00:00:01', altnames: [] }) as unknown as LinkFact);

const chain = fc
  .record({
    tool: fc.constantFrom('iptables', 'iptables-legacy'),
    place: fc.constantFrom(
      ['filter', 'FORWARD'],
      ['filter', 'INPUT'],
      ['nat', 'POSTROUTING'],
      ['raw', 'PREROUTING'],
    ),
    policy: fc.constantFrom('ACCEPT', 'ACCEPT', 'DROP'),
    rules: fc.array(
      fc.constantFrom(
        '-i ctr0 -m comment --comment "ctr:ctr0 outward" -j ACCEPT',
        '-s 10.9.1.0/24 ! -o ctr1 -m comment --comment "ctr:ctr1 masquerade" -j MASQUERADE',
        '-i ctr0 -j DROP',
        '-o eth1 -j REJECT',
        '-j CT --notrack',
        '-m comment --comment "ctr:ctr0 looks like ours" -j DROP',
        '-j ACCEPT',
      ),
      { maxLength: 2 },
    ),
  })
  .map(({ tool, place: [table = '', name = ''], policy, rules }): ChainFact => {
    const base = builtIn(table, name, policy);
    return {
      tool,
      family: 'ip',
      table,
      name,
      rules,
      ...(base === undefined ? {} : { base }),
    } as const;
  });

/** The host after the plan, with a few random changes. */
const hosts = fc
  .record({
    links: fc.array(link, { maxLength: 2 }),
    without: rarely(fc.nat()),
    routes: fc.array(route, { maxLength: 2 }),
    first: fc.boolean(),
    missing: rarely(fc.nat()),
    rules: rarely(fc.constant([{ priority: 9, iif: 'ctr0', action: 'blackhole' } as const])),
    off: rarely(devices),
    chains: fc.oneof(fc.constant([]), fc.array(chain, { maxLength: 2 })),
    unread: rarely(fc.constant(['nft -j list ruleset'])),
  })
  .map((change): HostView => {
    const names = new Set(change.links.map(({ name }) => name));
    const links = [...planned.links.filter(({ name }) => !names.has(name)), ...change.links];
    const routes = planned.routes.filter(
      (_, index) =>
        change.missing === undefined || index !== change.missing % planned.routes.length,
    );
    return {
      links: links.filter(
        (_, index) => change.without === undefined || index !== change.without % links.length,
      ),
      routes: change.first ? [...change.routes, ...routes] : [...routes, ...change.routes],
      ...(change.rules === undefined ? {} : { rules: change.rules }),
      sysctls: {
        ...planned.sysctls,
        ...(change.off === undefined ? {} : { [`net/ipv4/conf/${change.off}/forwarding`]: '0' }),
      },
      firewall: {
        ...planned.firewall,
        chains: [...planned.firewall.chains, ...change.chains],
        unread: change.unread ?? [],
      },
    };
  });

test('the quick look never misses a loss that allLosses finds', () => {
  let [lost, spared] = [0, 0];
  fc.assert(
    fc.property(hosts, (host) => {
      const found = allLosses(lab, host, rulesOf(lab, facts));
      const could = couldLose(lab, host);
      lost += found.length > 0 ? 1 : 0;
      spared += could ? 0 : 1;
      expect({ could, found }).toEqual({ could: could || found.length > 0, found });
    }),
    { numRuns: 1000 },
  );
  // The sample must contain hosts with losses and without.
  expect(lost).toBeGreaterThan(200);
  expect(spared).toBeGreaterThan(10);
});

test('isolated ports require allLosses', () => {
  const port = { state: 'forwarding', isolated: true, locked: false };
  const ports = outers.slice(0, 2).map(
    (name): LinkFact => ({
      name,
      kind: 'veth',
      group: groupOf('two'),
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      up: true,
      master: 'ctr0',
      addresses: [],
      altnames: [],
      port,
    }),
  );
  const host = { ...planned, links: [...planned.links, ...ports] };
  expect(allLosses(lab, host, rulesOf(lab, facts)).map(({ code }) => code)).toEqual(['W137']);
  expect(couldLose(lab, host)).toBe(true);
});

test('a host without anything foreign does not load allLosses', async () => {
  expect(couldLose(lab, planned)).toBe(false);
  expect(await losses(lab, planned, [])).toEqual([]);
});
