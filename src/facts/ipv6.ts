import { readdirSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { isAddress6 } from '../model/ipv6.ts';
import { firewall6 } from './firewall.ts';
import type { Facts, Ipv6Facts } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import { ownTables } from './own-tables.ts';
import { type Probe, readAll } from './probe.ts';
import { hasIpv6, routes6 } from './routes6.ts';
import { readSysctl } from './sysctls.ts';

const directory = '/proc/sys/net/ipv6/conf';

function interfaces(): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * The sysctls that decide about IPv6 (kernel: networking/ip-sysctl). `force_forwarding` is there since Linux 6.17, and
 * `accept_ra` is told where a route came by a router advertisement, since forwarding switches these off.
 */
function readSysctls6(routes: Ipv6Facts['routes']): Readonly<Record<string, string>> {
  const keys = [
    ...['all', 'default'].map((name) => `${name}/disable_ipv6`),
    'all/forwarding',
    ...interfaces().map((name) => `${name}/force_forwarding`),
    ...new Set(
      routes.flatMap(({ dev, advertised }) => (advertised && dev ? [`${dev}/accept_ra`] : [])),
    ),
  ]
    .map((key) => `net/ipv6/conf/${key}`)
    // Whether frames in bridges pass ip6tables(8): br_netfilter is loaded.
    .concat('net/bridge/bridge-nf-call-ip6tables');
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = readSysctl(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

type Neighbours = NonNullable<Ipv6Facts['neighbours']>;

/** Addresses that have answered on these bridges, or were set by hand (ip-neighbour(8)). */
function parseNeighbours6(stdout: string): Neighbours {
  return parseJsonArray(stdout).flatMap((entry): Neighbours => {
    if (!isRecord(entry)) return [];
    const [address, dev, mac] = [entry.dst, entry.dev, entry.lladdr].map(textOf);
    if (address === undefined || dev === undefined || mac === undefined) return [];
    return isAddress6(address) && !address.startsWith('fe80:') ? [{ address, dev, mac }] : [];
  });
}

const neighbours6: Probe<Neighbours> = {
  argv: ['ip', '-j', '-6', 'neigh', 'show'],
  parse: parseNeighbours6,
  absent: [],
};

/** What a plan with IPv6 needs to know about the host. @param bridges those of which neighbours are told. */
export async function readIpv6(
  runner: Runner,
  bridges: readonly string[] = [],
): Promise<{ readonly ipv6: Ipv6Facts; readonly sysctls: Facts['sysctls'] }> {
  const {
    routes,
    saved,
    neighbours,
    found = [],
  } = await readAll(runner, {
    routes: routes6,
    saved: firewall6,
    neighbours: neighbours6,
    found: ownTables,
  });
  const tables = found.filter(({ family }) => family === 'ip6');
  const known = neighbours.filter(({ dev }) => bridges.includes(dev));
  return {
    ipv6: {
      present: hasIpv6(),
      routes,
      ours: saved.ours,
      ...(tables.length === 0 ? {} : { tables }),
      ...(known.length === 0 ? {} : { neighbours: known }),
    },
    sysctls: readSysctls6(routes),
  };
}
