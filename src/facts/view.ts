import type { Runner } from '../exec/runner.ts';
import { firewall } from './firewall.ts';
import type { HostView } from './index.ts';
import { network } from './network.ts';
import { ruleset } from './nft.ts';
import { readPacketFilter } from './packet-filter.ts';
import { readAll } from './probe.ts';
import { readSysctls } from './sysctls.ts';

/** Reads how the host routes and filters packets now. @throws CtrError with exit code 4 if that fails. */
export async function readHostView(runner: Runner): Promise<HostView> {
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
  return { ...found, sysctls: readSysctls(), firewall: packetFilter };
}
