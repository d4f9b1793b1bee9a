import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compare } from '../../../src/snapshot/index.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import {
  containerState,
  linkState,
  loopback,
  routeState,
  snapshotOf,
} from '../../support/snapshots.ts';

const name = fc.constantFrom('eth0', 'br0', 'veth-web', 'veth-db');
const link = fc
  .record({
    name,
    kind: fc.constantFrom('veth', 'bridge'),
    up: fc.boolean(),
    state: fc.constantFrom('UP', 'DOWN', 'LOWERLAYERDOWN'),
    carrier: fc.boolean(),
    index: fc.integer({ min: 2, max: 5 }),
    address: fc.constantFrom('10.0.0.1/24', '10.0.0.2/24'),
  })
  .map(({ address, ...rest }) =>
    linkState({
      ...rest,
      mac: `02:00:00:00:00:0${rest.index}`,
      addresses: [{ address, scope: 'global' }],
    }),
  );
const route = fc
  .record({
    to: fc.constantFrom('default', '10.0.0.0/24'),
    dev: name,
    via: fc.constant('10.0.0.9'),
  })
  .map(routeState);
const rule = fc
  .record({ chain: fc.constantFrom('FORWARD', 'INPUT'), text: fc.constantFrom('-A X', '-A Y') })
  .map((one) => ({ tool: 'iptables' as const, table: 'filter', ...one }));
const unique = { selector: (one: { readonly name: string }) => one.name };
const network = fc
  .record({
    links: fc
      .uniqueArray(link, unique)
      .map((links) => [
        loopback,
        ...links.filter(({ mac }, at) => links.findIndex((one) => one.mac === mac) === at),
      ]),
    routes: fc.uniqueArray(route, { selector: ({ to, dev }) => `${to} ${dev}` }),
    firewall: fc.array(rule, { maxLength: 6 }),
    sysctls: fc.dictionary(fc.constantFrom('net/a', 'net/b'), fc.constantFrom('0', '1')),
  })
  // A route goes with its interface.
  .map(({ links, routes, ...rest }) => ({
    ...rest,
    links,
    routes: routes.filter(({ dev }) => links.some((one) => one.name === dev)),
  }));
const snapshot: fc.Arbitrary<Snapshot> = fc
  .record({ host: network, web: fc.option(network) })
  .map(({ host, web }) => snapshotOf(host, web === null ? {} : { web: containerState(web) }));

describe('compare', () => {
  test('finds nothing between a state and itself', () => {
    fc.assert(fc.property(snapshot, (one) => expect(compare(one, one)).toEqual([])));
  });

  test('finds something wherever more than an order or a number differs', () => {
    const bare = ({ host }: Snapshot) =>
      [host.links, host.routes].map((all) =>
        all.map((one) => JSON.stringify({ ...one, index: 0 })).sort(),
      );
    fc.assert(
      fc.property(snapshot, snapshot, (one, other) => {
        if (compare(one, other).length === 0) expect(bare(one)).toEqual(bare(other));
      }),
      { numRuns: 300 },
    );
  });

  test('what comes one way goes the other way', () => {
    const count = (one: Snapshot, other: Snapshot, op: string) =>
      compare(one, other).filter(
        (change) =>
          change.op === op && change.object !== 'namespace' && change.object !== 'process',
      ).length;
    fc.assert(
      fc.property(fc.tuple(network, network), ([one, other]) => {
        const [was, is] = [snapshotOf(one), snapshotOf(other)];
        expect(count(was, is, 'added')).toBe(count(is, was, 'removed'));
        expect(count(was, is, 'changed')).toBe(count(is, was, 'changed'));
      }),
    );
  });

  test('an interface that is in another place has moved, with what changed of it', () => {
    const outside = linkState({ name: 'veth-c', index: 4, up: true });
    const inside = { ...outside, name: 'eth0', up: false };
    const changes = compare(
      snapshotOf({ links: [loopback, outside] }, { web: containerState() }),
      snapshotOf({}, { web: containerState({ links: [loopback, inside] }) }),
    );
    expect(changes).toEqual([
      { place: 'web', object: 'link', of: 'eth0', kind: 'veth', op: 'moved', from: 'host' },
      expect.objectContaining({ of: 'eth0', field: 'name', from: 'veth-c', to: 'eth0' }),
      expect.objectContaining({ of: 'eth0', field: 'up', from: 'up', to: 'down' }),
    ]);
  });

  test('a new name is one change; what belongs to the interface keeps belonging to it', () => {
    const old = linkState({ addresses: [{ address: '10.0.0.1/24', scope: 'global' }] });
    const before = { links: [old], routes: [routeState({ dev: 'veth0' })] };
    const after = { links: [{ ...old, name: 'eth0' }], routes: [routeState({ dev: 'eth0' })] };
    const sysctls = (dev: string) => ({ [`net/ipv4/conf/${dev}/forwarding`]: '1' });
    const changes = compare(
      snapshotOf({ ...before, sysctls: sysctls('veth0') }),
      snapshotOf({ ...after, sysctls: sysctls('eth0') }),
    );
    expect(changes).toEqual([
      expect.objectContaining({ of: 'eth0', field: 'name', from: 'veth0', to: 'eth0' }),
    ]);
  });

  test('the same rule twice is one rule more', () => {
    const masquerade = {
      tool: 'iptables',
      table: 'nat',
      chain: 'POSTROUTING',
      text: '-A POSTROUTING -j MASQUERADE',
    } as const;
    expect(
      compare(
        snapshotOf({ firewall: [masquerade] }),
        snapshotOf({ firewall: [masquerade, masquerade] }),
      ),
    ).toEqual([
      expect.objectContaining({
        op: 'added',
        of: '-t nat -A POSTROUTING -j MASQUERADE',
        kind: 'rule',
      }),
    ]);
  });

  test('a container that begins is told by its namespaces and what else is in them', () => {
    const web = containerState({
      links: [{ ...loopback, up: true, state: 'UNKNOWN', carrier: true }],
    });
    expect(
      compare(snapshotOf(), snapshotOf({}, { web })).map(({ op, object, of }) => [op, object, of]),
    ).toEqual([
      ['added', 'namespace', 'namespaces'],
      ['added', 'process', 'process 1'],
      ['changed', 'link', 'lo'],
      ['changed', 'link', 'lo'],
      ['changed', 'link', 'lo'],
    ]);
    expect(
      compare(snapshotOf({}, { web }), snapshotOf()).map(({ op, object }) => [op, object]),
    ).toEqual([
      ['removed', 'process'],
      ['removed', 'namespace'],
    ]);
  });
});
