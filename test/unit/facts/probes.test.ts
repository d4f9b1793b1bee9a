import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSaved } from '../../../src/facts/firewall.ts';
import { parseHelper } from '../../../src/facts/helper.ts';
import { parseLinks } from '../../../src/facts/links.ts';
import { parseNetwork } from '../../../src/facts/network.ts';
import { parseResolvers } from '../../../src/facts/resolvers.ts';
import { parseRoutes } from '../../../src/facts/routes.ts';
import { sharedGroup } from '../../../src/names.ts';

const captured = (path: string) =>
  readFileSync(new URL(`../../probes/${path}`, import.meta.url), 'utf8');

test('links of iproute2 6.1 are read, also beside one whose name holds an escape sequence', () => {
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

test('one ip tells both, a line each', () => {
  const [links, routes] = ['addr', 'route'].map((what) => captured(`iproute2-6.1.0/${what}.json`));
  const told = `${[links, routes].map((text) => text?.replaceAll('\n', '')).join('\n')}\n`;
  expect(parseNetwork(told)).toEqual({
    links: parseLinks(links ?? ''),
    routes: parseRoutes(routes ?? ''),
  });
  expect(parseNetwork(told).routes).toHaveLength(3);
});

test('iptables-save of 1.8.9 tells the policy, Docker’s chain and our four rules', () => {
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

test('a table that iptables-save cannot show is named, and is not taken for an empty one', () => {
  const text = "# Table `nat' is incompatible, use 'nft' tool.\n";
  expect(parseSaved(text)).toMatchObject({ readable: true, incompatible: ['nat'], ours: [] });
});

test('ldd of glibc 2.36 tells the libraries and the loader', () => {
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

test('nothing that a tool may print makes a parser throw, but what is not JSON from ip -j', () => {
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
    }),
  );
});
