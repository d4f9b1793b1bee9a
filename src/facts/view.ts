import type { Runner } from '../exec/runner.ts';
import { firewall } from './firewall.ts';
import type { HostView } from './index.ts';
import { network } from './network.ts';
import { ruleset } from './nft.ts';
import { readPacketFilter } from './packet-filter.ts';
import { readAll } from './probe.ts';
import { readSysctls } from './sysctls.ts';

/**
 * Reads how the host routes and filters packets now.
 * @param withIpv6 reads IPv6 as well.
 * @throws CtrError with exit code 4 if that fails.
 */
export async function readHostView(runner: Runner, withIpv6 = false): Promise<HostView> {
  const {
    network: found,
    firewall: saved,
    ruleset: rules,
  } = await readAll(runner, {
    network,
    firewall,
    ruleset,
  });
  const asked = { saved, rules: { found: rules } };
  const { version: _, ...packetFilter } = await readPacketFilter(runner, asked);
  const six = withIpv6
    ? await import('./ipv6.ts').then(async ({ readIpv6 }) => await readIpv6(runner))
    : undefined;
  return {
    ...found,
    sysctls: { ...readSysctls(), ...six?.sysctls },
    firewall: packetFilter,
    ...(six === undefined ? {} : { ipv6: six.ipv6 }),
  };
}
