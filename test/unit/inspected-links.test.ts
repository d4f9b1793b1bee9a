import { expect, test } from '@jest/globals';
import type { LinkFact } from '../../src/facts/index.ts';
import { parseLinks } from '../../src/facts/links.ts';
import { type Results, results } from '../../src/json/results.ts';

type Shown = NonNullable<Results['inspect']['containers'][number]['kernel']>['links'][number];

/** `true` if both types have the same keys: neither can grow alone. */
type SameKeys<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : never;

/** A bridge with VLANs, its port, and a VLAN that somebody stacked on it, as `ip -j -d addr show` prints them. */
const shown = JSON.stringify([
  {
    ifname: 'br0',
    group: 'default',
    address: '02:00:00:00:00:01',
    mtu: 1500,
    flags: ['UP', 'NOARP'],
    linkinfo: {
      info_kind: 'bridge',
      info_data: { stp_state: 1, forward_delay: 1500, vlan_filtering: 1, vlan_default_pvid: 1 },
    },
    addr_info: [{ family: 'inet6', local: 'fd00::1', prefixlen: 64, scope: 'global' }],
  },
  {
    ifname: 'eth0',
    link_type: 'ether',
    mtu: 1500,
    flags: ['UP'],
    master: 'br0',
    linkinfo: {
      info_slave_kind: 'bridge',
      info_slave_data: {
        state: 'forwarding',
        isolated: true,
        locked: false,
        learning: false,
        flood: false,
      },
    },
  },
  { ifname: 'v7', link: 'br0', mtu: 1500, flags: [], linkinfo: { info_kind: 'vlan' } },
]);

test('everything that is known of an interface is in the JSON of inspect', () => {
  const same: SameKeys<LinkFact, Shown> = true;
  expect(same).toBe(true);
  const links = parseLinks(shown);
  const keys = new Set(links.flatMap((link) => Object.keys(link)));
  expect([...keys]).toEqual(
    expect.arrayContaining(['noArp', 'on', 'addresses6', 'bridge', 'port', 'master']),
  );
  const { kernel } = results.inspect.shape.containers.def.element.shape;
  expect(kernel.safeParse({ links, routes: [] }).error).toBeUndefined();
});
