import type { HostView } from '../facts/index.ts';
import { isOurGroup, plainInterfaceName } from '../model/names.ts';

type Routed = Pick<HostView, 'links' | 'routes'>;

/** The interfaces that a default route of any table leaves by. */
export function defaultDevices({ routes }: Pick<HostView, 'routes'>): readonly string[] {
  const found = routes.filter(({ to, type }) => to === 'default' && type === undefined);
  return [...new Set(found.flatMap(({ dev }) => dev ?? []))];
}

/**
 * Every interface by which a packet can leave the host: those that a route of any table names, but for lo,
 * those without a carrier, and the bridges of this lab and of other runs.
 */
export function waysOut({ links, routes }: Routed, bridges: readonly string[]): readonly string[] {
  const inner = new Set(['lo', ...bridges]);
  for (const { name, group } of links) if (isOurGroup(group)) inner.add(name);
  const ways = routes.flatMap(({ dev, type, down }) =>
    dev === undefined || type !== undefined || down || inner.has(dev) ? [] : dev,
  );
  // Those with a default route come first: by them most packets leave.
  const first = defaultDevices({ routes }).filter((dev) => ways.includes(dev));
  return [...new Set([...first, ...ways])];
}

/** The kernel takes almost any name for an interface; one that is not plain goes into no command. */
export function uplinksOf(host: Routed, bridges: readonly string[]): readonly string[] {
  return waysOut(host, bridges).filter((name) => plainInterfaceName.test(name));
}
