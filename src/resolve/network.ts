import type { Config, NetworkConfig } from '../config/schema.ts';
import { missingPrefix, plannedSubnet, writtenPrefix } from '../config/subnets.ts';
import type { Facts, LinkFact } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import {
  contains,
  formatAddress,
  formatSubnet,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
} from '../model/ipv4.ts';
import type { LabNetwork } from '../model/lab.ts';
import { derivedMac, isOurGroup } from '../model/names.ts';
import { reachedElsewhere } from './elsewhere.ts';
import { firewallOf } from './firewall.ts';
import { defaultDevices } from './ways.ts';

function bridgeSubnet(link: LinkFact | undefined, gateway: number): Subnet | undefined {
  return link?.addresses
    .map(parseCidr)
    .filter((cidr) => contains(subnetOf(cidr), gateway))
    .map(subnetOf)[0];
}

/**
 * The index of the interface with the default route: the first one with an explicit gateway, otherwise the first whose
 * gateway is not false.
 */
export function defaultRoute(interfaces: Config['containers'][string]['interfaces']): number {
  const named = interfaces.findIndex(
    ({ gateway }) => typeof gateway === 'string' && gateway !== 'auto',
  );
  return named >= 0 ? named : interfaces.findIndex(({ gateway }) => gateway !== false);
}

/** Whether a bridge that is there may have networks of several subnets. */
function besideOthers(link: LinkFact | undefined, subnet: Subnet): boolean {
  if (link === undefined) return false;
  const [first] = link.addresses.map((one) => formatSubnet(subnetOf(parseCidr(one))));
  return !isOurGroup(link.group) || (first !== undefined && first !== formatSubnet(subnet));
}

/** Decides the subnet, MAC and MTU of a network from the config or the host. */
export function decideNetwork(
  name: string,
  network: NetworkConfig,
  config: Config,
  facts: Facts,
  warnings: Problem[],
): LabNetwork {
  const bridge = network.bridge.name;
  const wanted = network.subnets[0] ?? { subnet: 'auto', gateway: '' };
  const gateway = parseAddress(wanted.gateway);
  const link = facts.links.find((candidate) => candidate.name === bridge);
  let subnet: Subnet;
  if (wanted.subnet !== 'auto') subnet = subnetOf(parseCidr(wanted.subnet));
  else {
    const found = bridgeSubnet(link, gateway);
    subnet = found ?? plannedSubnet(wanted, writtenPrefix(config, name));
    const missing = found === undefined ? missingPrefix(config, name) : undefined;
    if (missing !== undefined) warnings.push(missing);
  }
  const uplinkMtus = defaultDevices(facts).flatMap(
    (dev) => facts.links.find((candidate) => candidate.name === dev)?.mtu ?? [],
  );
  const elsewhere = reachedElsewhere(subnet, bridge, facts);
  const bridgeMtus = facts.links
    .filter((one) => one.name === bridge || (one.master === bridge && !isOurGroup(one.group)))
    .map(({ mtu }) => mtu);
  return {
    name,
    bridge,
    mac: network.bridge.mac === 'auto' ? derivedMac('bridge', bridge) : network.bridge.mac,
    subnet: formatSubnet(subnet),
    prefix: subnet.prefix,
    gateway: formatAddress(gateway),
    mtu: network.mtu === 'auto' ? Math.min(1500, ...uplinkMtus, ...bridgeMtus) : network.mtu,
    masquerade: network.masquerade,
    ...(network.masquerade_except === undefined
      ? {}
      : { masqueradeExcept: formatSubnet(subnetOf(parseCidr(network.masquerade_except))) }),
    ...(firewallOf(config.firewall, facts) === 'nftables'
      ? {
          ...{ firewall: 'nftables' as const },
          ...(besideOthers(link, subnet) ? { besideOthers: true as const } : {}),
        }
      : {}),
    ...(elsewhere.length === 0 ? {} : { elsewhere }),
  };
}
