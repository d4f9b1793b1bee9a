import { readdirSync } from 'node:fs';
import type { Runner, RunOptions } from '../exec/runner.ts';
import { firewall6 } from './firewall.ts';
import type { Facts, Ipv6Facts } from './index.ts';
import { readAll } from './probe.ts';
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
  ].map((key) => `net/ipv6/conf/${key}`);
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = readSysctl(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** What a plan with IPv6 needs to know about the host. */
export async function readIpv6(
  runner: Runner,
  options: RunOptions = {},
): Promise<{ readonly ipv6: Ipv6Facts; readonly sysctls: Facts['sysctls'] }> {
  const { routes, saved } = await readAll(runner, { routes: routes6, saved: firewall6 }, options);
  return {
    ipv6: { present: hasIpv6(), routes, ours: saved.ours },
    sysctls: readSysctls6(routes),
  };
}
