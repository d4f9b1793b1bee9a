import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import type { RouteFact, RuleFact } from '../../../src/facts/index.ts';
import { exampleIn, type Packet, type Routing, waysOn } from '../../../src/losses/lookup.ts';
import { formatAddress, formatSubnet, parseAddress, subnetOf } from '../../../src/model/ipv4.ts';

const packet = (to: string, from = '0.0.0.0', iif = 'lo'): Packet => ({
  to: parseAddress(to),
  from: parseAddress(from),
  iif,
});
const host = (routes: readonly RouteFact[], rules?: readonly RuleFact[]): Routing => ({
  links: freshFacts().links,
  routes,
  ...(rules === undefined ? {} : { rules }),
});
/** The interface that a packet leaves by, or what happens to it instead. */
function goes(routing: Routing, one: Packet): string {
  const answer = waysOn(routing)(one).at(-1);
  return answer?.routes.map(({ dev }) => dev).join('|') || (answer?.does ?? '');
}

/** Few networks, so that prefixes of all lengths overlap. */
const subnet = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 32 }))
  .map(([low, prefix]) =>
    subnetOf({ address: parseAddress('10.0.0.0') + low * 0x10101, prefix: Math.max(prefix, 4) }),
  );
const someRoutes = fc.array(
  fc.tuple(subnet, fc.integer({ min: 0, max: 3 })).map(([to, metric]) => ({ to, metric })),
  { maxLength: 12 },
);

test('the longest prefix wins, then the lowest metric, then the first route', () => {
  fc.assert(
    fc.property(someRoutes, subnet, (list, { base }) => {
      const routes = list.map(
        ({ to, metric }, index): RouteFact => ({ to: formatSubnet(to), metric, dev: `d${index}` }),
      );
      const bits = (address: number, prefix: number) =>
        address.toString(2).padStart(32, '0').slice(0, prefix);
      const fitting = list
        .map(({ to, metric }, index) => ({ ...to, metric, index }))
        .filter((one) => bits(one.base, one.prefix) === bits(base, one.prefix));
      const best = fitting.find(
        (one) =>
          !fitting.some(
            (other) =>
              other.prefix > one.prefix ||
              (other.prefix === one.prefix && other.metric < one.metric),
          ),
      );
      const wanted = best === undefined ? 'none' : `d${best.index}`;
      expect(goes(host(routes), packet(formatAddress(base)))).toBe(wanted);
    }),
  );
});

test('an example address is in the subnet and in none that is narrower', () => {
  fc.assert(
    fc.property(subnet, fc.array(subnet, { maxLength: 6 }), (wide, others) => {
      const example = exampleIn(wide, others);
      if (example === undefined) return;
      const inside = (one: typeof wide) =>
        subnetOf({ address: example, prefix: one.prefix }).base === one.base;
      expect(inside(wide)).toBe(true);
      expect(others.some((one) => one.prefix > wide.prefix && inside(one))).toBe(false);
    }),
  );
});

const main: readonly RouteFact[] = [
  { to: 'default', dev: 'wan0', gateway: '198.51.100.1' },
  { to: '192.168.0.0/24', dev: 'ctr0' },
];
const usual: readonly RuleFact[] = [
  { priority: 32766, table: 'main' },
  { priority: 32767, table: 'default' },
];

test('tables are looked up in the order of the rules, until one has a route', () => {
  const vpn: RouteFact = { to: '192.168.0.0/16', dev: 'tun0', table: '52' };
  const rules: readonly RuleFact[] = [
    { priority: 0, table: 'local' },
    { priority: 5270, table: '52' },
    ...usual,
  ];
  const routing = host([...main, vpn], rules);
  expect(goes(routing, packet('192.168.0.100'))).toBe('tun0');
  expect(goes(routing, packet('203.0.113.1'))).toBe('wan0');
  expect(goes(host([...main, vpn]), packet('192.168.0.100'))).toBe('ctr0');
  // The table `local` comes first, so the host keeps packets for its own address.
  expect(goes(routing, packet('198.51.100.2'))).toBe('wan0');
  expect(waysOn(routing)(packet('198.51.100.2')).at(-1)?.does).toBe('deliver');
});

test('a further next hop is not a separate route', () => {
  const routes: readonly RouteFact[] = [
    { to: 'default', dev: 'a' },
    { to: 'default', dev: 'b', another: true },
    { to: 'default', dev: 'c', metric: 5 },
  ];
  expect(goes(host(routes), packet('9.9.9.9'))).toBe('a|b');
});

const cases: readonly (readonly [
  what: string,
  rule: Omit<RuleFact, 'priority'>,
  answer: string,
])[] = [
  ['an action ends the search', { action: 'prohibit' }, 'prohibit'],
  ['a source that fits', { from: '10.0.0.0/8', action: 'prohibit' }, 'prohibit'],
  ['a source that does not', { from: '11.0.0.0/8', action: 'prohibit' }, 'wan0'],
  ['an interface that does not', { iif: 'eth9', action: 'prohibit' }, 'wan0'],
  ['all but those that fit', { not: true, from: '10.0.0.0/8', action: 'prohibit' }, 'wan0'],
  ['a mark that a packet does not have', { mark: 1, mask: 15, action: 'prohibit' }, 'wan0'],
  ['a mark whose mask leaves nothing', { mark: 16, mask: 15, action: 'prohibit' }, 'prohibit'],
  ['all but those with a mark', { not: true, mark: 0xca6c, action: 'prohibit' }, 'prohibit'],
  ['a socket bound to an interface', { oif: 'wan0', action: 'prohibit' }, 'wan0'],
  ['throw', { table: '78' }, 'wan0'],
  ['an unreachable default', { table: '77' }, 'unreachable'],
  ['a default that is too short to count', { table: 'main', suppress: 0 }, 'wan0'],
  ['one that leads nowhere, which is never too short', { table: '77', suppress: 0 }, 'unreachable'],
  ['goto over the tables', { action: 'goto', target: 32767 }, 'none'],
  ['nothing', { action: 'nop' }, 'wan0'],
  ['a table without routes', { table: '79' }, 'wan0'],
];

test.each(cases)('a policy rule before main, %s', (_, rule, answer) => {
  const routes: readonly RouteFact[] = [
    ...main,
    { to: 'default', type: 'unreachable', table: '77' },
    { to: 'default', type: 'throw', table: '78' },
  ];
  const routing = host(routes, [{ priority: 100, ...rule }, ...usual]);
  const way = waysOn(routing)(packet('203.0.113.1', '10.1.2.3', 'ctr0')).at(-1);
  expect(way?.does === 'send' ? way.routes[0]?.dev : way?.does).toBe(answer);
});

test('a rule for some packets is listed together with the result for all others', () => {
  const routing = host(main, [{ priority: 100, partly: true, action: 'prohibit' }, ...usual]);
  expect(waysOn(routing)(packet('203.0.113.1')).map(({ does, partly }) => [does, partly])).toEqual([
    ['prohibit', true],
    ['send', false],
  ]);
});
