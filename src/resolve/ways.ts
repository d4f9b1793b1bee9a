import type { HostView } from '../facts/index.ts';
import { isOurGroup, plainInterfaceName } from '../model/names.ts';

type Routed = Pick<HostView, 'links' | 'routes'>;

/** The interfaces of the default routes in all tables. */
export function defaultDevices({ routes }: Pick<HostView, 'routes'>): readonly string[] {
  const found = routes.filter(({ to, type }) => to === 'default' && type === undefined);
  return [...new Set(found.flatMap(({ dev }) => dev ?? []))];
}

/**
 * The interfaces through which packets can leave the host: those of the routes in all tables, except lo, those without
 * a carrier, and the bridges of this lab and of other runs.
 */
export function waysOut({ links, routes }: Routed, bridges: readonly string[]): readonly string[] {
  const inner = new Set(['lo', ...bridges]);
  for (const { name, group } of links) if (isOurGroup(group)) inner.add(name);
  const ways = routes.flatMap(({ dev, type, down }) =>
    dev === undefined || type !== undefined || down || inner.has(dev) ? [] : dev,
  );
  // Interfaces with a default route first: they carry most packets.
  const first = defaultDevices({ routes }).filter((dev) => ways.includes(dev));
  return [...new Set([...first, ...ways])];
}

/** The usable interfaces to the outside for IPv6. */
export function uplinks6Of(
  { links, ipv6 }: Pick<HostView, 'links' | 'ipv6'>,
  bridges: readonly string[],
): readonly string[] {
  return uplinksOf({ links, routes: ipv6?.routes ?? [] }, bridges);
}

/** The usable uplinks. The kernel allows almost any interface name; ctr puts only plain ones into commands. */
export function uplinksOf(host: Routed, bridges: readonly string[]): readonly string[] {
  return waysOut(host, bridges).filter((name) => plainInterfaceName.test(name));
}
