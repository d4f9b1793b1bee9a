import type { Facts, RouteFact } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import { contains, formatSubnet, parseCidr, type Subnet, subnetOf } from '../model/ipv4.ts';

/** The relation of a route's destination to a subnet: inside it, the same, around it, or apart from it. */
export function standing(route: RouteFact, subnet: Subnet): 'inside' | 'same' | 'around' | 'apart' {
  const to = subnetTo(route);
  if (to.prefix > subnet.prefix) return contains(subnet, to.base) ? 'inside' : 'apart';
  if (!contains(to, subnet.base)) return 'apart';
  return to.prefix === subnet.prefix ? 'same' : 'around';
}

/**
 * Routes that compete with the one to this bridge's subnet. Routes in other tables count only if they are local, since
 * the local table precedes all others.
 */
export function besides(bridge: string, { routes }: Pick<Facts, 'routes'>): readonly RouteFact[] {
  return routes.filter(
    ({ table, type, dev }) =>
      (table === undefined || type === 'local') && type !== 'throw' && dev !== bridge,
  );
}

/** The host's addresses on other interfaces. */
export function ownAddresses(
  bridge: string,
  { links }: Pick<Facts, 'links'>,
): readonly { readonly dev: string; readonly address: number; readonly prefix: number }[] {
  return links.flatMap(({ name, addresses }) =>
    name === bridge ? [] : addresses.map((text) => ({ dev: name, ...parseCidr(text) })),
  );
}

/**
 * Parts of a network's subnet that are not on its bridge, since a more specific route leads elsewhere (ip-route(8)).
 */
export function elsewhereIn(subnet: Subnet, bridge: string, facts: Facts): readonly Subnet[] {
  return besides(bridge, facts)
    .filter((route) => standing(route, subnet) === 'inside')
    .map(subnetTo);
}

/** The parts of these to which the host forwards packets. */
export function reachedElsewhere(subnet: Subnet, bridge: string, facts: Facts): readonly string[] {
  const passed = besides(bridge, facts).filter(
    (route) => route.type === undefined && standing(route, subnet) === 'inside',
  );
  // ip-route(8) prints a route to a single address without a prefix.
  return [...new Set(passed.map((route) => formatSubnet(subnetTo(route)).replace('/32', '')))];
}

/** Addresses that no container on this bridge gets automatically. */
export function spokenFor(
  { subnet, bridge }: { readonly subnet: string; readonly bridge: string },
  facts: Facts,
): readonly Subnet[] {
  const own = ownAddresses(bridge, facts).map(({ address }) => ({ base: address, prefix: 32 }));
  return [...elsewhereIn(subnetOf(parseCidr(subnet)), bridge, facts), ...own];
}
