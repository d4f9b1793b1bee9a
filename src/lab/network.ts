import {
  contains,
  formatAddress,
  formatSubnet,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
} from '../config/ipv4.ts';
import type { NetworkConfig } from '../config/schema.ts';
import type { Problem } from '../errors.ts';
import type { Facts, LinkFact } from '../facts/index.ts';
import type { LabNetwork } from '../lab.ts';
import { derivedMac, plainInterfaceName } from '../names.ts';

const tutorialPrefix = 16;

export function defaultDevices(facts: Facts): readonly string[] {
  return [...new Set(facts.routes.filter((route) => route.to === 'default').map((r) => r.dev))];
}

/** The kernel takes almost any name for an interface; one that is not plain goes into no command. */
export function uplinksOf(facts: Facts): readonly string[] {
  return defaultDevices(facts).filter((name) => plainInterfaceName.test(name));
}

function bridgeSubnet(link: LinkFact | undefined, gateway: number): Subnet | undefined {
  return link?.addresses
    .map(parseCidr)
    .filter((cidr) => contains(subnetOf(cidr), gateway))
    .map(subnetOf)[0];
}

/** Subnet, MAC and MTU of a network, as the config or the host has them. */
export function decideNetwork(
  name: string,
  config: NetworkConfig,
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
    subnet = found ?? subnetOf({ address: gateway, prefix: tutorialPrefix });
    if (found === undefined) {
      warnings.push({
        code: 'W101',
        place: bridge,
        message: {
          en: `no prefix is given for ${wanted.gateway}: /16 is taken, as in the tutorial`,
          zh: `${wanted.gateway} 没有写前缀长度：按教程取 /16`,
        },
        fix: {
          en: `write "bridge_ip": "${wanted.gateway}/16" to say so yourself`,
          zh: `写成 "bridge_ip": "${wanted.gateway}/16" 就不再提示`,
        },
      });
    }
  }
  const uplinkMtus = uplinksOf(facts).flatMap(
    (dev) => facts.links.find((candidate) => candidate.name === dev)?.mtu ?? [],
  );
  return {
    name,
    bridge,
    mac: config.bridge.mac === 'auto' ? derivedMac('bridge', bridge) : config.bridge.mac,
    subnet: formatSubnet(subnet),
    prefix: subnet.prefix,
    gateway: formatAddress(gateway),
    mtu: config.mtu === 'auto' ? Math.min(1500, ...uplinkMtus) : config.mtu,
    masquerade: config.masquerade,
  };
}
