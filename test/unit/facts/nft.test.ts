import { expect, test } from '@jest/globals';
import { parseRuleset, withDevices } from '../../../src/facts/nft.ts';

const chain = (name: string, hook: string, more = {}) => ({
  chain: { family: 'netdev', table: 't', name, type: 'filter', hook, prio: 0, ...more },
});
const devicesOf = ({ chains }: ReturnType<typeof parseRuleset>) =>
  Object.fromEntries(chains.map(({ name, base }) => [name, base?.devices]));

test('nft 1.0 prints the interfaces of netdev chains only as text', () => {
  const chains = [chain('one', 'ingress'), chain('two', 'egress'), chain('none', 'ingress')];
  const read = parseRuleset(JSON.stringify({ nftables: chains }));
  expect(devicesOf(read)).toEqual({});
  const listed = [
    'table netdev t {',
    '\tchain one {',
    '\t\ttype filter hook ingress device "br-front" priority filter; policy accept;',
    '\t}',
    '\tchain two {',
    '\t\ttype filter hook egress devices = { lo, wan0 } priority filter; policy accept;',
    '\t}',
    '\tchain none {',
    '\t\ttype filter hook ingress priority filter; policy accept;',
    '\t}',
    '}',
    'table ip t {',
    '\tchain one {',
    '\t\ttype filter hook forward priority filter; policy accept;',
    '\t}',
    '}',
  ].join('\n');
  expect(devicesOf(withDevices(read, listed))).toEqual({ one: ['br-front'], two: ['lo', 'wan0'] });
});

test('later releases print them as JSON', () => {
  const chains = [
    chain('one', 'ingress', { dev: 'a' }),
    chain('two', 'egress', { dev: ['a', 'b'] }),
  ];
  const read = parseRuleset(JSON.stringify({ nftables: chains }));
  expect(devicesOf(read)).toEqual({ one: ['a'], two: ['a', 'b'] });
});
