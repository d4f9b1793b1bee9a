import type { Facts, RouteFact } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import { contains, formatSubnet, parseCidr, type Subnet, subnetOf } from '../model/ipv4.ts';

/** How a route stands to a subnet: inside it, the same, or around it. */
export function standing(route: RouteFact, subnet: Subnet): 'inside' | 'same' | 'around' | 'apart' {
  const to = subnetTo(route);
  if (to.prefix > subnet.prefix) return contains(subnet, to.base) ? 'inside' : 'apart';
  if (!contains(to, subnet.base)) return 'apart';
  return to.prefix === subnet.prefix ? 'same' : 'around';
}

/** Routes that stand beside the one to this bridge's subnet; what is local comes before all of them. */
export function besides(bridge: string, { routes }: Pick<Facts, 'routes'>): readonly RouteFact[] {
  return routes.filter(
    ({ table, type, dev }) =>
      (table === undefined || type === 'local') && type !== 'throw' && dev !== bridge,
  );
}

/** The host's addresses on other interfaces, as the kernel keeps them: subnets of one address. */
export function ownAddresses(
  bridge: string,
  { links }: Pick<Facts, 'links'>,
): readonly { readonly dev: string; readonly address: number; readonly prefix: number }[] {
  return links.flatMap(({ name, addresses }) =>
    name === bridge ? [] : addresses.map((text) => ({ dev: name, ...parseCidr(text) })),
  );
}

/** Parts of a network's own subnet that are not on its bridge, since a longer prefix leads to them (ip-route(8)). */
export function elsewhereIn(subnet: Subnet, bridge: string, facts: Facts): readonly Subnet[] {
  return besides(bridge, facts)
    .filter((route) => standing(route, subnet) === 'inside')
    .map(subnetTo);
}

/** Those of them that the host passes packets on to. */
export function reachedElsewhere(subnet: Subnet, bridge: string, facts: Facts): readonly string[] {
  const passed = besides(bridge, facts).filter(
    (route) => route.type === undefined && standing(route, subnet) === 'inside',
  );
  // ip-route(8) prints the route to one address without a prefix.
  return [...new Set(passed.map((route) => formatSubnet(subnetTo(route)).replace('/32', '')))];
}

/** Addresses that no container on this bridge is given unasked. */
export function spokenFor(
  { subnet, bridge }: { readonly subnet: string; readonly bridge: string },
  facts: Facts,
): readonly Subnet[] {
  const own = ownAddresses(bridge, facts).map(({ address }) => ({ base: address, prefix: 32 }));
  return [...elsewhereIn(subnetOf(parseCidr(subnet)), bridge, facts), ...own];
}
