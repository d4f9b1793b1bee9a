import { isIPv6 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { parseSaved } from '../../src/facts/firewall.ts';
import type { Facts } from '../../src/facts/index.ts';
import { parseRoutes6 } from '../../src/facts/routes6.ts';
import { compact } from '../../src/fast/compact.ts';
import {
  contains6,
  formatAddress6,
  isAddress6,
  isCidr6,
  overlaps6,
  parseAddress6,
  parseCidr6,
  subnet6Of,
  unusable6,
} from '../../src/model/ipv6.ts';
import { madeBy } from '../../src/model/step.ts';
import { makePlan, plannedResources, wayBack } from '../../src/plan.ts';
import { settle } from '../../src/resolve/lab.ts';
import { ipv6Findings } from '../../src/resolve/preflight/ipv6.ts';

const words = fc.stringMatching(/^[0-9a-fA-F:]{0,12}(?:::)?[0-9a-f:.]{0,12}$/);

describe('addresses', () => {
  test('what is an IPv6 address is what Node takes for one, without dots and zones', () => {
    fc.assert(
      fc.property(fc.oneof(words, fc.ipV6()), (text) => {
        fc.pre(!/[.%]/.test(text));
        expect([text, isAddress6(text)]).toEqual([text, isIPv6(text)]);
      }),
      { numRuns: 3000 },
    );
  });

  test('a printed address is read as the same number, and is the shortest text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (address) => {
        const text = formatAddress6(address);
        expect(parseAddress6(text)).toBe(address);
        // The URL standard prints addresses as RFC 5952 says.
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
    );
  });

  test.each([
    ['FD00:0:0:0::1', 'fd00::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['1::', '1::'],
  ])('%s is printed as %s (RFC 5952)', (given, printed) => {
    expect(formatAddress6(parseAddress6(given))).toBe(printed);
  });

  test.each([
    'fd00::/129',
    'fd00::/064',
    'fd00::',
    'fd00::1/',
    '::ffff:1.2.3.4/96',
    'fe80::1%eth0/64',
  ])('%s is no address with a prefix', (text) => {
    expect(isCidr6(text)).toBe(false);
  });

  test('subnets', () => {
    const subnet = subnet6Of(parseCidr6('fd00:1:2:3:4::5/64'));
    expect(subnet).toEqual({ base: parseAddress6('fd00:1:2:3::'), prefix: 64 });
    expect(contains6(subnet, parseAddress6('fd00:1:2:3:ffff::'))).toBe(true);
    expect(contains6(subnet, parseAddress6('fd00:1:2:4::'))).toBe(false);
    expect(overlaps6(subnet, subnet6Of(parseCidr6('fd00::/8')))).toBe(true);
    expect(unusable6(subnet.base, subnet)).toBe('anycast');
    expect(unusable6(parseAddress6('ff02::1'))).toBe('multicast');
    expect(unusable6(parseAddress6('::1'))).toBe('loopback');
    expect(unusable6(parseAddress6('fe80::1'))).toBe('link-local');
    expect(unusable6(subnet.base + 1n, subnet)).toBeNull();
  });
});

const fresh: Facts = {
  ...withRootfs(freshFacts(), '/srv/labex'),
  ipv6: {
    present: true,
    routes: [{ to: 'default', dev: 'wan0', gateway: '2001:db8:ffff::1' }],
    ours: [],
  },
};

function configOf(network: object = {}, one: object = {}, count = 1) {
  const container = { rootfs: '/srv/labex', interfaces: [{ network: 'front', ...one }] };
  const { config, problems } = parseConfig(
    JSON.stringify({
      version: 1,
      name: 'lab',
      networks: {
        front: {
          bridge: { name: 'ctr1' },
          subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
          subnet6: 'auto',
          ...network,
        },
      },
      containers: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`c${index}`, container]),
      ),
    }),
    'f.json',
  );
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

const subnetIn = (facts: Facts, network: object = {}) =>
  settle(configOf(network), facts).lab.networks[0]?.ipv6?.subnet ?? '';

describe('auto', () => {
  test('is a unique local /64 (RFC 4193), the same for the same config', () => {
    const subnet = subnetIn(fresh);
    expect(subnet).toMatch(/^fd[0-9a-f:]+::\/64$/);
    expect(subnetIn(fresh)).toBe(subnet);
    expect(subnetIn(fresh, { bridge: { name: 'ctr2' } })).not.toBe(subnet);
  });

  test('is another one where the host reaches the first elsewhere', () => {
    const subnet = subnetIn(fresh);
    const routed = {
      ...fresh,
      ipv6: { present: true, routes: [{ to: subnet, dev: 'wan0' }], ours: [] },
    };
    const other = subnetIn(routed);
    expect(other).toMatch(/^fd[0-9a-f:]+::\/64$/);
    expect(other).not.toBe(subnet);
    expect(subnetIn(routed)).toBe(other);
  });

  test('is that of the bridge where there is one', () => {
    const link = {
      ...{ name: 'ctr1', kind: 'bridge', group: 0, mac: '02:00:00:00:00:01', mtu: 1500, up: true },
      ...{ addresses: ['10.88.0.1/24'], addresses6: ['fd07::9/72'], altnames: [] },
    };
    const { lab } = settle(configOf(), { ...fresh, links: [...fresh.links, link] });
    expect(lab.networks[0]?.ipv6).toMatchObject({ subnet: 'fd07::/72', gateway: 'fd07::9' });
    expect(lab.containers[0]?.attachments[0]?.ipv6).toEqual({
      address: 'fd07::1',
      gateway: 'fd07::9',
    });
  });
});

test('addresses are given out in order, none twice, and none that a run holds', () => {
  const facts = { ...fresh, reserved: { ctr1: ['10.88.0.2', 'fd07::3'] } };
  const { lab } = settle(configOf({ subnet6: 'fd07::/64' }, {}, 4), facts);
  const given = lab.containers.flatMap(({ attachments }) => attachments.map(({ ipv6 }) => ipv6));
  expect(given.map((one) => one?.address)).toEqual(['fd07::2', 'fd07::4', 'fd07::5', 'fd07::6']);
});

test('on a bridge with ports of others, an address that answers is not given out', () => {
  const link = { group: 0, mac: '02:00:00:00:00:01', mtu: 1500, up: true, altnames: [] };
  const facts: Facts = {
    ...fresh,
    links: [
      ...fresh.links,
      {
        ...link,
        name: 'ctr1',
        kind: 'bridge',
        addresses: ['10.88.0.1/24'],
        addresses6: ['fd07::1/64'],
      },
      { ...link, name: 'p0', kind: 'veth', master: 'ctr1', addresses: [] },
    ],
    ipv6: {
      present: true,
      routes: [],
      ours: [],
      neighbours: [{ address: 'fd07::2', dev: 'ctr1', mac: '02:00:00:00:00:09' }],
    },
  };
  const given = (one: object) => {
    const { lab } = settle(configOf({ subnet6: 'fd07::/64' }, one), facts);
    const { problems } = ipv6Findings(lab, facts);
    return [lab.containers[0]?.attachments[0]?.ipv6?.address, ...problems.map(({ code }) => code)];
  };
  expect(given({})).toEqual(['fd07::3']);
  expect(given({ address6: 'fd07::2' })).toEqual(['fd07::2', 'H022']);
});

test('a subnet without a free address is a problem, not an address outside', () => {
  const { problems } = settle(configOf({ subnet6: 'fd07::/126' }, {}, 4), fresh);
  expect(problems.map(({ code }) => code)).toEqual(['E027', 'E027']);
});

describe('the host', () => {
  const codes = (facts: Facts, network: object = {}, one: object = {}) => {
    const { lab } = settle(configOf(network, one), facts);
    const { problems, warnings } = ipv6Findings(lab, facts);
    return [...problems, ...warnings].map(({ code }) => code);
  };
  const off = (name: string) => ({
    ...fresh,
    sysctls: { ...fresh.sysctls, [`net/ipv6/conf/${name}/disable_ipv6`]: '1' },
  });
  const advertised = (accept: string, more: Facts['sysctls'] = {}): Facts => ({
    ...fresh,
    sysctls: { ...fresh.sysctls, 'net/ipv6/conf/wan0/accept_ra': accept, ...more },
    ipv6: { present: true, ours: [], routes: [{ to: 'default', dev: 'wan0', advertised: true }] },
  });
  test.each<[string, Facts, object, object, string[]]>([
    ['nothing is wrong', fresh, {}, {}, []],
    ['no IPv6', { ...fresh, ipv6: { present: false, routes: [], ours: [] } }, {}, {}, ['H015']],
    ['IPv6 disabled everywhere', off('all'), {}, {}, ['H015']],
    ['IPv6 disabled on new interfaces', off('default'), {}, {}, ['H015']],
    [
      'an address of the host',
      {
        ...fresh,
        links: fresh.links.map((link) =>
          link.name === 'wan0' ? { ...link, addresses6: ['fd07::7/128'] } : link,
        ),
      },
      { subnet6: 'fd07::/64' },
      { address6: 'fd07::7' },
      ['H005', 'H021'],
    ],
    [
      'an address of a run',
      { ...fresh, reserved: { ctr1: ['fd07::7'] } },
      { subnet6: 'fd07::/64' },
      { address6: 'fd07::7' },
      ['H006'],
    ],
    [
      'a subnet that is routed elsewhere',
      { ...fresh, ipv6: { present: true, ours: [], routes: [{ to: 'fd07::/64', dev: 'wan0' }] } },
      { subnet6: 'fd07::/64' },
      {},
      ['H005'],
    ],
    [
      'a wider route around the subnet',
      { ...fresh, ipv6: { present: true, ours: [], routes: [{ to: 'fd00::/8', dev: 'wan0' }] } },
      { subnet6: 'fd07::/64' },
      {},
      [],
    ],
    ['a default route by advertisements', advertised('1'), {}, {}, ['W150']],
    ['one that forwarding leaves alone', advertised('2'), {}, {}, []],
    [
      'a kernel that forwards on single interfaces',
      advertised('1', { 'net/ipv6/conf/default/force_forwarding': '0' }),
      {},
      {},
      [],
    ],
    [
      'a host that forwards already',
      advertised('1', { 'net/ipv6/conf/all/forwarding': '1' }),
      {},
      {},
      [],
    ],
  ])('%s', (_, facts, network, one, expected) => {
    expect(codes(facts, network, one)).toEqual(expected);
  });

  test('facts that say nothing of IPv6 are refused', () => {
    const { ipv6: _, ...older } = fresh;
    expect(codes(older)).toEqual(['E054']);
  });
});

test('what others have set is left alone: forwarding, and a rule that is there', () => {
  const on = { ...fresh, sysctls: { ...fresh.sysctls, 'net/ipv6/conf/all/forwarding': '1' } };
  const rule = makePlan(configOf(), fresh)
    .steps.flatMap(({ commands }) => commands.map(({ argv }) => argv.join(' ')))
    .find((line) => line.startsWith('ip6tables -w 5 -t filter'));
  const spec = rule?.replace('ip6tables -w 5 -t filter -I ', '-A ') ?? '';
  const { ours } = parseSaved(`*filter\n:FORWARD ACCEPT [0:0]\n${spec}\nCOMMIT\n`);
  expect(ours).toHaveLength(1);
  const plan = makePlan(configOf(), { ...on, ipv6: { present: true, routes: [], ours } });
  const lines = plan.steps.flatMap(({ commands }) => commands.map(({ argv }) => argv.join(' ')));
  expect(lines.filter((line) => /ipv6\S*forwarding/.test(line))).toEqual([]);
  expect(lines).not.toContain(rule);
  // The same text of the other family is another rule.
  expect(lines).toContain(rule?.replace('ip6tables', 'iptables'));
});

test('the fast plan makes the same, with one process more for each table of IPv6', () => {
  const plan = makePlan(configOf({}, {}, 2), fresh);
  const fast = compact(plan);
  const all = (one: typeof plan) =>
    one.steps
      .flatMap(({ commands }) => commands.flatMap(madeBy))
      .filter(({ kind }) => kind !== 'peer')
      .map((made) => JSON.stringify(made))
      .toSorted();
  expect(all(fast)).toEqual(all(plan));
  const programs = fast.steps.flatMap(({ commands }) => commands.map(({ argv }) => argv[0]));
  expect(programs.filter((name) => name === 'ip6tables-restore')).toHaveLength(1);
});

test('the way back removes the rules of each family in a transaction of its own', () => {
  const plan = makePlan(configOf(), fresh);
  const removed = wayBack(plan).flatMap(({ commands }) => commands.map(({ argv }) => argv[0]));
  expect(removed.filter((name) => String(name).includes('tables'))).toEqual([
    'iptables-restore',
    'ip6tables-restore',
  ]);
  const rules = plannedResources(plan).filter(({ kind }) => kind === 'firewall-rule');
  expect(rules).toHaveLength(8);
});

test('routes of ip -6: those of every link are left out, and advertised ones are known', () => {
  const text = JSON.stringify([
    { dst: 'fe80::/64', dev: 'wan0', protocol: 'kernel' },
    { dst: '2001:db8::/64', dev: 'wan0', protocol: 'kernel' },
    { dst: 'default', gateway: 'fe80::1', dev: 'wan0', protocol: 'ra' },
    { type: 'unreachable', dst: 'fd00::/8', dev: 'lo' },
    { dst: 'default', nexthops: [{ gateway: 'fe80::2', dev: 'a0', flags: ['linkdown'] }] },
  ]);
  expect(parseRoutes6(text)).toEqual([
    { to: '2001:db8::/64', dev: 'wan0' },
    { to: 'default', dev: 'wan0', gateway: 'fe80::1', advertised: true },
    { to: 'default', dev: 'a0', gateway: 'fe80::2', down: true },
  ]);
});
