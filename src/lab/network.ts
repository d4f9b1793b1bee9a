import {
  contains,
  formatAddress,
  formatSubnet,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
} from '../config/ipv4.ts';
import type { Config, NetworkConfig } from '../config/schema.ts';
import { plannedSubnet, tutorialPrefix, type Written } from '../config/subnets.ts';
import type { Problem } from '../errors.ts';
import type { Facts, LinkFact } from '../facts/index.ts';
import type { LabNetwork } from '../lab.ts';
import { derivedMac, isOurGroup } from '../names.ts';
import { reachedElsewhere } from './elsewhere.ts';
import { defaultDevices } from './ways.ts';

function bridgeSubnet(link: LinkFact | undefined, gateway: number): Subnet | undefined {
  return link?.addresses
    .map(parseCidr)
    .filter((cidr) => contains(subnetOf(cidr), gateway))
    .map(subnetOf)[0];
}

/** By which interface the default route goes: one that names a gateway, else the first that has any. */
export function defaultRoute(interfaces: Config['containers'][string]['interfaces']): number {
  const named = interfaces.findIndex(
    ({ gateway }) => typeof gateway === 'string' && gateway !== 'auto',
  );
  return named >= 0 ? named : interfaces.findIndex(({ gateway }) => gateway !== false);
}

/** Subnet, MAC and MTU of a network, as the config or the host has them. */
export function decideNetwork(
  name: string,
  config: NetworkConfig,
  written: Written | undefined,
  facts: Facts,
  warnings: Problem[],
): LabNetwork {
  const bridge = config.bridge.name;
  const wanted = config.subnets[0] ?? { subnet: 'auto', gateway: '' };
  const gateway = parseAddress(wanted.gateway);
  const link = facts.links.find((candidate) => candidate.name === bridge);
  let subnet: Subnet;
  if (wanted.subnet !== 'auto') subnet = subnetOf(parseCidr(wanted.subnet));
  else {
    const found = bridgeSubnet(link, gateway);
    subnet = found ?? plannedSubnet(wanted, written);
    if (found === undefined && written === undefined) {
      warnings.push({
        code: 'W101',
        place: bridge,
        message: {
          en: `no prefix is written for ${wanted.gateway}: /${tutorialPrefix} is taken, as in the tutorial`,
          zh: `${wanted.gateway} 没有写前缀长度：按教程取 /${tutorialPrefix}`,
        },
        fix: {
          en: `write it yourself: "bridge_ip": "${wanted.gateway}/${tutorialPrefix}", or "subnet": "${formatSubnet(subnet)}" in the long form`,
          zh: `自己写明：写 "bridge_ip": "${wanted.gateway}/${tutorialPrefix}"，完整形式里写 "subnet": "${formatSubnet(subnet)}"`,
        },
      });
    }
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
    mac: config.bridge.mac === 'auto' ? derivedMac('bridge', bridge) : config.bridge.mac,
    subnet: formatSubnet(subnet),
    prefix: subnet.prefix,
    gateway: formatAddress(gateway),
    mtu: config.mtu === 'auto' ? Math.min(1500, ...uplinkMtus, ...bridgeMtus) : config.mtu,
    masquerade: config.masquerade,
    ...(elsewhere.length === 0 ? {} : { elsewhere }),
  };
}
