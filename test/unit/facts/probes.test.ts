import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import { parseSaved } from '../../../src/facts/firewall.ts';
import { parseHelper } from '../../../src/facts/helper.ts';
import { parseLinks } from '../../../src/facts/links.ts';
import { parseNetwork } from '../../../src/facts/network.ts';
import { parseResolvers } from '../../../src/facts/resolvers.ts';
import { parseRoutes } from '../../../src/facts/routes.ts';
import { parseRules } from '../../../src/facts/rules.ts';
import { parseFacts } from '../../../src/facts/schema.ts';
import { sharedGroup } from '../../../src/model/names.ts';

const captured = (path: string) =>
  readFileSync(new URL(`../../probes/${path}`, import.meta.url), 'utf8');

test('the parser reads links of iproute2 6.1, also beside one whose name contains an escape sequence', () => {
  const links = parseLinks(captured('iproute2-6.1.0/addr.json'));
  expect(links.map((link) => link.name.replaceAll(/[^ -~]/g, '?'))).toContain('ctr0');
  expect(links.find((link) => link.name === 'ctr0')).toMatchObject({
    kind: 'bridge',
    group: sharedGroup,
    addresses: ['192.168.0.1/16'],
    up: true,
  });
  const cable = links.find((link) => link.name.startsWith('veth'));
  expect(cable).toMatchObject({ kind: 'veth', master: 'ctr0', altnames: ['ctr-labex-labex-eth0'] });
  expect(links.find((link) => link.name === 'lo')).toMatchObject({ group: 0, mtu: 65536 });
  expect(links.every((link) => !link.name.includes('\u001b'))).toBe(true);
});

test('routes of iproute2 6.1 are read', () => {
  expect(parseRoutes(captured('iproute2-6.1.0/route.json'))).toEqual([
    { to: 'default', dev: 'wan0', gateway: '198.51.100.1' },
    { to: '192.168.0.0/16', dev: 'ctr0' },
    { to: '198.51.100.0/24', dev: 'wan0' },
  ]);
});

describe('one ip prints links, routes, rules and neighbours, one line each', () => {
  const told = captured('iproute2-6.1.0/network.txt');
  const { links, routes, rules, neighbours } = parseNetwork(told);
  const to = (one: string) => routes.filter((route) => route.to === one);

  test('each next hop becomes a route, also those of nexthop objects', () => {
    expect(to('default').slice(0, 2)).toEqual([
      { to: 'default', dev: 'wan0', gateway: '198.51.100.1' },
      { to: 'default', dev: 'd0', gateway: '10.20.0.2', another: true },
    ]);
    expect(to('10.98.0.0/16').map(({ dev }) => dev)).toEqual(['d1', 'd0']);
    expect(to('10.99.0.0/16')).toEqual([{ to: '10.99.0.0/16', dev: 'd1', gateway: '10.21.0.2' }]);
  });

  test('routes of the table local are kept unless they follow from the host’s addresses; IPv6 routes are not', () => {
    expect(links.find(({ name }) => name === 'd0')?.addresses).toEqual(['10.20.0.1/24']);
    expect(routes.filter(({ type }) => type === 'local')).toEqual([
      { to: '10.95.0.0/16', dev: 'lo', type: 'local', table: 'local' },
    ]);
    expect(routes.some((route) => route.to.includes(':') || route.to.endsWith('.255'))).toBe(false);
  });

  test('routes without an interface, without a carrier, and for some packets only', () => {
    expect(to('10.97.0.0/16')).toEqual([{ to: '10.97.0.0/16', type: 'blackhole' }]);
    expect(to('10.96.0.0/16')).toEqual([{ to: '10.96.0.0/16', type: 'throw', table: '52' }]);
    expect(to('10.23.0.0/24')).toEqual([{ to: '10.23.0.0/24', dev: 'va', down: true }]);
    expect(to('10.93.0.0/16')).toEqual([]);
  });

  test('rules with all their selectors', () => {
    expect(rules).toEqual([
      { priority: 0, table: 'local' },
      { priority: 5270, table: '52' },
      {
        priority: 5280,
        action: 'prohibit',
        from: '192.168.0.0/16',
        to: '10.0.0.0/8',
        iif: 'ctr0',
        mark: 1,
        mask: 15,
      },
      { priority: 5281, table: '51820', mark: 0xca6c, mask: 0xffffffff, not: true },
      { priority: 5282, table: 'main', suppress: 0 },
      { priority: 5283, action: 'goto', target: 5285, partly: true },
      { priority: 5285, action: 'blackhole', oif: 'd0' },
      { priority: 5286, action: 'unreachable', from: '1.2.3.4/32', partly: true },
      { priority: 5287, action: 'nop' },
      { priority: 32766, table: 'main' },
      { priority: 32767, table: 'default' },
    ]);
    const usual = '[0,32766,32767]'
      .replace(/[0-9]+/g, (at) => `{"priority":${at},"src":"all","table":"X"}`)
      .replace('X', 'local')
      .replace('X', 'main')
      .replace('X', 'default');
    expect(parseRules(usual)).toBeUndefined();
  });

  test('neighbours with a known MAC address', () => {
    expect(neighbours).toContainEqual(expect.objectContaining({ address: '10.21.0.9', dev: 'd1' }));
    expect(neighbours?.some(({ address }) => address === '10.21.0.10')).toBe(false);
  });

  test('the schema accepts facts with all of these', () => {
    const facts = freshFacts(parseNetwork(told));
    expect(parseFacts(JSON.parse(JSON.stringify(facts)))).toEqual({ facts });
  });
});

test('iptables-save 1.8.9 prints the policy, Docker’s chain and ctr’s four rules', () => {
  const found = parseSaved(captured('iptables-1.8.9/save-nft.txt'));
  expect(found.version).toBe('v1.8.9 (nf_tables)');
  expect(found.chains).toContainEqual({
    tool: 'iptables',
    family: 'ip',
    table: 'filter',
    name: 'FORWARD',
    base: { hook: 'forward', type: 'filter', priority: 0, policy: 'drop' },
    rules: expect.any(Array),
  });
  expect(found.chains.some(({ name, base }) => name === 'DOCKER-USER' && base === undefined)).toBe(
    true,
  );
  expect(found.ours.length).toBe(4);
  expect(found.ours.at(-1)).toMatch(/^-t nat -A POSTROUTING -s 192\.168\.0\.0\/16 .*MASQUERADE$/);
});

test('a table that iptables-save cannot show is listed, and is not taken for an empty one', () => {
  const text = "# Table `nat' is incompatible, use 'nft' tool.\n";
  expect(parseSaved(text)).toMatchObject({ readable: true, incompatible: ['nat'], ours: [] });
});

test('ldd of glibc 2.36 prints the libraries and the loader', () => {
  expect(parseHelper(captured('glibc-2.36/ldd-setpriv.txt'))).toEqual([
    '/lib/x86_64-linux-gnu/libcap-ng.so.0',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});

test('a loopback stub is never taken for a resolver', () => {
  expect(
    parseResolvers('# x\nnameserver 127.0.0.53\nnameserver 9.9.9.9\nnameserver ::1\n'),
  ).toEqual(['9.9.9.9']);
});

test('no output of a tool makes a parser throw, except text from ip -j that is not JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseSaved(text);
      parseHelper(text);
      parseResolvers(text);
    }),
  );
  fc.assert(
    fc.property(fc.json(), (text) => {
      parseLinks(text);
      parseRoutes(text);
      parseRules(text);
    }),
  );
});
