import { readHost } from '../facts/read.ts';
import { firewallOf } from '../resolve/firewall.ts';
import { allRuns, heldBy } from '../state/runs.ts';
import { configOf } from './attach.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import { hasRoom } from './ipam.ts';
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
  const none = { address: '0.0.0.0', subnet: '0.0.0.0/32', gateway: '0.0.0.0' };
  const config = configOf('cni-status', { containerId: 'status', ifname: 'eth0' }, network, none);
  const held = heldBy(await allRuns(runner, directory));
  const facts = { ...(await readHost(runner, config, null)), ...held };
  const native = firewallOf(config.firewall, facts) === 'nftables';
  const missing = [...needed, native ? 'nft' : 'iptables-restore'];
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
      `no free address in ${network.ranges.map(({ subnet }) => subnet).join(', ')}`,
    );
  }
  return undefined;
}
