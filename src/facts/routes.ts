import { parseCidr, type Subnet, subnetOf } from '../model/ipv4.ts';
import { type RouteFact, routeTypes } from './index.ts';
import { isRecord, numberOf, parseJsonArray, textOf } from './json.ts';
import type { Probe } from './probe.ts';

function wayOf(
  hop: Readonly<Record<string, unknown>>,
): Pick<RouteFact, 'dev' | 'gateway' | 'down'> {
  const dev = textOf(hop.dev);
  const gateway = textOf(hop.gateway);
  const flags = Array.isArray(hop.flags) ? hop.flags : [];
  return {
    ...(dev === undefined ? {} : { dev }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(flags.includes('linkdown') || flags.includes('dead') ? { down: true } : {}),
  };
}

/** Types of routes that unicast packets to other hosts never use. */
const passedOver = new Set<unknown>(['broadcast', 'multicast', 'anycast', 'nat']);

function routesOf(entry: unknown): readonly RouteFact[] {
  if (!isRecord(entry)) return [];
  const to = textOf(entry.dst);
  const type = routeTypes.find((one) => one === entry.type);
  // The kernel adds a local route for each address of the host.
  const implied = type === 'local' && entry.protocol === 'kernel';
  if (to === undefined || implied || passedOver.has(entry.type) || 'tos' in entry) return [];
  const table = textOf(entry.table);
  const metric = numberOf(entry.metric);
  const kind = {
    to,
    ...(table === undefined || table === 'main' ? {} : { table }),
    ...(type === undefined ? {} : { type }),
    ...(metric === undefined ? {} : { metric }),
  };
  const hops = Array.isArray(entry.nexthops) ? entry.nexthops.filter(isRecord) : [entry];
  return hops.map((hop, index) => ({
    ...kind,
    ...wayOf(hop),
    ...(index === 0 ? {} : { another: true }),
  }));
}

export function parseRoutes(stdout: string): readonly RouteFact[] {
  return parseJsonArray(stdout).flatMap(routesOf);
}

/** ip-route(8): the main table. */
export const routes: Probe<readonly RouteFact[]> = {
  argv: ['ip', '-j', '-4', 'route', 'show'],
  parse: parseRoutes,
  absent: [],
  needed: true,
};

/** The parts of a route that ctr prints. */
type ShownRoute = { readonly [K in 'type' | 'to' | 'gateway' | 'dev']?: RouteFact[K] | undefined };

/** The route as ip-route(8) prints it. */
export function routeText({ type, to, gateway, dev }: ShownRoute): string {
  const kind = type === undefined ? '' : `${type} `;
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  return `${kind}${to}${via}${dev === undefined ? '' : ` dev ${dev}`}`;
}

/** The destination of a route, as a subnet. */
export function subnetTo({ to }: Pick<RouteFact, 'to'>): Subnet {
  if (to === 'default') return { base: 0, prefix: 0 };
  return subnetOf(parseCidr(to.includes('/') ? to : `${to}/32`));
}
