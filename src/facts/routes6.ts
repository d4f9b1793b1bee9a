import { existsSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import { isAddress6, isCidr6 } from '../model/ipv6.ts';
import type { Ipv6Facts, LinkFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import type { Probe } from './probe.ts';

type Route6 = Ipv6Facts['routes'][number];

/** Link-local and multicast prefixes, which every interface has (RFC 4291). */
const ofEveryLink = /^(?:fe80::|ff00::)\//;

function routeOf(entry: unknown): readonly Route6[] {
  if (!isRecord(entry)) return [];
  const [to, type] = [textOf(entry.dst), textOf(entry.type)];
  const unicast = type === undefined || type === 'unicast';
  if (to === undefined || !unicast || ofEveryLink.test(to)) return [];
  if (to !== 'default' && !isAddress6(to) && !isCidr6(to)) return [];
  const hops = Array.isArray(entry.nexthops) ? entry.nexthops.filter(isRecord) : [entry];
  return hops.flatMap((hop): readonly Route6[] => {
    const [dev, gateway] = [textOf(hop.dev), textOf(hop.gateway)];
    if (dev === 'lo') return [];
    const flags = Array.isArray(hop.flags) ? hop.flags : [];
    return [
      {
        to,
        ...(dev === undefined ? {} : { dev }),
        ...(gateway === undefined ? {} : { gateway }),
        ...(entry.protocol === 'ra' ? { advertised: true } : {}),
        ...(flags.includes('linkdown') || flags.includes('dead') ? { down: true } : {}),
      },
    ];
  });
}

/** The IPv6 routes of the main table that lead out of the host. */
export function parseRoutes6(stdout: string): readonly Route6[] {
  return parseJsonArray(stdout).flatMap(routeOf);
}

/** ip-route(8). */
export const routes6: Probe<readonly Route6[]> = {
  argv: ['ip', '-j', '-6', 'route', 'show'],
  parse: parseRoutes6,
  absent: [],
};

/** Whether somebody has set an IPv6 address. Otherwise nobody reads the routes of IPv6. */
export function hasAddresses6(links: readonly LinkFact[]): boolean {
  return links.some(({ addresses6 = [] }) => addresses6.length > 0);
}

/** Whether the kernel has IPv6. */
export function hasIpv6(): boolean {
  return existsSync('/proc/sys/net/ipv6/conf');
}

export function wantsIpv6({ networks }: Config): boolean {
  return Object.values(networks).some(({ subnet6 }) => subnet6 !== undefined);
}
