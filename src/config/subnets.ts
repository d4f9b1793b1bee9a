import type { Problem } from '../model/errors.ts';
import { formatSubnet, parseAddress, parseCidr, type Subnet, subnetOf } from '../model/ipv4.ts';
import type { Config } from './schema.ts';

/** The prefix length for a config without one. */
export const tutorialPrefix = 16;

/** An address with a prefix as the config writes it, and its path. */
export interface Written {
  readonly text: string;
  readonly path: readonly PropertyKey[];
  readonly prefix: number;
}

/** Finds a network's prefix in the config: in its subnet, otherwise in the first address with a prefix. */
export function writtenPrefix(config: Config, network: string): Written | undefined {
  const subnet = Object.hasOwn(config.networks, network)
    ? config.networks[network]?.subnets[0]?.subnet
    : undefined;
  const at = (text: string, path: readonly PropertyKey[]): Written => ({
    text,
    path,
    prefix: parseCidr(text).prefix,
  });
  if (subnet !== undefined && subnet !== 'auto') {
    return at(subnet, ['networks', network, 'subnets', 0, 'subnet']);
  }
  for (const [name, { interfaces }] of Object.entries(config.containers)) {
    for (const [index, one] of interfaces.entries()) {
      const [text] = one.addresses;
      if (one.network !== network || text === undefined || !text.includes('/')) continue;
      return at(text, ['containers', name, 'interfaces', index, 'addresses', 0]);
    }
  }
  return undefined;
}

/** W101: the config has no prefix for this network, so ctr uses the tutorial's /16. */
export function missingPrefix(config: Config, network: string): Problem | undefined {
  const own = Object.hasOwn(config.networks, network) ? config.networks[network] : undefined;
  const gateway = own?.subnets[0]?.gateway;
  if (own === undefined || gateway === undefined) return undefined;
  if (writtenPrefix(config, network) !== undefined) return undefined;
  const subnet = formatSubnet(subnetOf({ address: parseAddress(gateway), prefix: tutorialPrefix }));
  return {
    code: 'W101',
    place: own.bridge.name,
    message: {
      en: `${gateway} has no prefix: ctr takes /${tutorialPrefix}, as in the tutorial`,
      zh: `${gateway} 没有写前缀长度：ctr 按教程取 /${tutorialPrefix}`,
    },
    fix: {
      en: `write the prefix: "bridge_ip": "${gateway}/${tutorialPrefix}", or "subnet": "${subnet}" in the canonical form`,
      zh: `写明前缀长度："bridge_ip": "${gateway}/${tutorialPrefix}"，规范形式里是 "subnet": "${subnet}"`,
    },
  };
}

/** The subnet of a network according to the config. An existing bridge may have another one. */
export function plannedSubnet(
  entry: { readonly subnet: string; readonly gateway: string },
  written: Written | undefined,
): Subnet {
  if (entry.subnet !== 'auto') return subnetOf(parseCidr(entry.subnet));
  const address = parseAddress(entry.gateway);
  return subnetOf({ address, prefix: written?.prefix ?? tutorialPrefix });
}

/** The smallest subnet that contains both addresses. */
export function joining(one: number, other: number): Subnet {
  let prefix = 32;
  while (
    prefix > 0 &&
    subnetOf({ address: one, prefix }).base !== subnetOf({ address: other, prefix }).base
  ) {
    prefix -= 1;
  }
  return subnetOf({ address: one, prefix });
}
