import { readHost } from '../facts/read.ts';
import { firewallOf } from '../resolve/firewall.ts';
import { allRuns, heldBy } from '../state/runs.ts';
import { configOf } from './attach.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import { hasRoom, unallotted } from './ipam.ts';
import { readNetwork } from './network-config.ts';
import type { Request } from './request.ts';

/** STATUS: whether an ADD would work now. @throws CniError 50. */
export async function status({
  parameters,
  text,
  runner,
  environment,
  directory,
}: Request): Promise<undefined> {
  const network = readNetwork(text, parameters.args);
  const needed = ['ip', 'nsenter'];
  const config = configOf(
    'cni-status',
    { containerId: 'status', ifname: 'eth0' },
    network,
    unallotted(network),
  );
  const held = heldBy(await allRuns(runner, directory));
  const facts = { ...(await readHost(runner, config, null)), ...held };
  const native = firewallOf(config.firewall, facts) === 'nftables';
  const six = network.ranges6.length > 0 ? ['ip6tables-restore'] : [];
  const missing = [...needed, ...(native ? ['nft'] : ['iptables-restore', ...six])];
  const absent = missing.filter((tool) => facts.tools[tool] == null);
  if (absent.length > 0) {
    throw new CniError(codes.unavailable, `missing: ${absent.join(', ')}`);
  }
  if (facts.missingCapabilities.length > 0) {
    throw new CniError(codes.unavailable, `ctr lacks ${facts.missingCapabilities.join(', ')}`);
  }
  if (network.delegate !== undefined) {
    await delegate(runner, network.delegate, parameters, environment, text);
  } else if (!hasRoom(network, facts)) {
    throw new CniError(
      codes.unavailable,
      `no free address in ${[...network.ranges, ...network.ranges6].map(({ subnet }) => subnet).join(', ')}`,
    );
  }
  return undefined;
}
