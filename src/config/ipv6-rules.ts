import {
  contains6,
  formatAddress6,
  formatSubnet6,
  isCidr6,
  last6,
  overlaps6,
  parseAddress6,
  parseCidr6,
  type Subnet6,
  subnet6Of,
  unusable6,
} from '../model/ipv6.ts';
import { own } from '../model/own.ts';
import type { Add } from './add.ts';
import { crossProblems } from './problems.ts';
import type { Config, NetworkConfig } from './schema.ts';

/** The prefix length that IPv6 expects of a link (RFC 4291 §2.5.1). */
const linkPrefix = 64;

/** The IPv6 subnet that the config itself says; undefined where ctr derives it or takes it from the bridge. */
export function writtenSubnet6({
  subnet6,
  gateway6,
}: Pick<NetworkConfig, 'subnet6' | 'gateway6'>): Subnet6 | undefined {
  if (subnet6 !== undefined && subnet6 !== 'auto') return subnet6Of(parseCidr6(subnet6));
  if (subnet6 === undefined || gateway6 === undefined) return undefined;
  return subnet6Of({ address: parseAddress6(gateway6), prefix: linkPrefix });
}

/** The gateway of a subnet: the written one, otherwise the first address after the routers' anycast address. */
export function gateway6In(subnet: Subnet6, written: string | undefined): bigint {
  if (written !== undefined) return parseAddress6(written);
  return subnet.base + (subnet.prefix < 127 ? 1n : 0n);
}

function rangeOf(subnet: Subnet6): string {
  const first = subnet.base + (subnet.prefix < 127 ? 1n : 0n);
  return `${formatAddress6(first)} – ${formatAddress6(last6(subnet))}`;
}

/** Why an address is no address of a container or a gateway in the subnet. */
function misfit(
  text: string,
  subnet: Subnet6 | undefined,
  outside: 'E022' | 'E023',
  path: readonly PropertyKey[],
  add: Add,
): void {
  const address = parseAddress6(text);
  const why = unusable6(address) ?? (subnet === undefined ? null : unusable6(address, subnet));
  if (why !== null) add('E021', path, crossProblems.E021(text, why));
  else if (subnet !== undefined && !contains6(subnet, address)) {
    const words = crossProblems[outside](text, formatSubnet6(subnet), rangeOf(subnet));
    add(outside, path, words);
  }
}

function networkRules(config: Config, add: Add): void {
  const subnets: { readonly name: string; readonly subnet: Subnet6 }[] = [];
  for (const [name, network] of Object.entries(config.networks)) {
    const at = (key: string) => ['networks', name, key];
    const { subnet6, gateway6 } = network;
    if (subnet6 === undefined) {
      for (const key of ['gateway6', 'masquerade6'] as const) {
        if (network[key] !== undefined) add('E034', at(key), crossProblems.E034(name, key));
      }
      continue;
    }
    const subnet = writtenSubnet6(network);
    if (subnet6 !== 'auto' && subnet !== undefined) {
      if (formatSubnet6(subnet) !== normal(subnet6)) {
        add('E028', at('subnet6'), crossProblems.E028(subnet6, formatSubnet6(subnet)));
      }
      const baseIs = unusable6(subnet.base);
      if (baseIs !== null) {
        add('E021', at('subnet6'), crossProblems.E021(formatAddress6(subnet.base), baseIs));
      }
    }
    if (gateway6 !== undefined) misfit(gateway6, subnet, 'E023', at('gateway6'), add);
    if (subnet === undefined) continue;
    for (const other of subnets) {
      if (!overlaps6(subnet, other.subnet)) continue;
      const words = crossProblems.E026(
        formatSubnet6(subnet),
        formatSubnet6(other.subnet),
        other.name,
      );
      add('E026', at('subnet6'), words);
    }
    subnets.push({ name, subnet });
  }
}

/** A subnet as ip(8) would print it, without cutting its host part. */
function normal(cidr: string): string {
  const { address, prefix } = parseCidr6(cidr);
  return `${formatAddress6(address)}/${prefix}`;
}

/** All contradictions between the IPv6 values of a config. */
export function ipv6Rules(config: Config, add: Add): void {
  networkRules(config, add);
  const owners = new Map<string, string>();
  for (const [name, { interfaces, replicas }] of Object.entries(config.containers)) {
    for (const [index, one] of interfaces.entries()) {
      const network = own(config.networks, one.network);
      const { address6: text } = one;
      if (text === undefined || network === undefined) continue;
      const path = ['containers', name, 'interfaces', index, 'address6'];
      if (network.subnet6 === undefined) {
        add('E034', path, crossProblems.E034(one.network, 'address6'));
        continue;
      }
      if ((replicas ?? 1) > 1) add('E041', path, crossProblems.E041('address'));
      const [address = ''] = text.split('/');
      const subnet = writtenSubnet6(network);
      if (isCidr6(text) && subnet !== undefined && parseCidr6(text).prefix !== subnet.prefix) {
        add('E029', path, crossProblems.E029(text, formatSubnet6(subnet)), [
          'networks',
          one.network,
          'subnet6',
        ]);
      } else misfit(address, subnet, 'E022', path, add);
      const key = `${one.network} ${parseAddress6(address)}`;
      const other = owners.get(key);
      if (other !== undefined) add('E025', path, crossProblems.E025(address, other));
      owners.set(key, name);
      if (subnet !== undefined && gateway6In(subnet, network.gateway6) === parseAddress6(address)) {
        add('E024', path, crossProblems.E024(address));
      }
    }
  }
}
