import { gateway6In, writtenSubnet6 } from '../config/ipv6-rules.ts';
import type { NetworkConfig } from '../config/schema.ts';
import type { Facts, LinkFact } from '../facts/index.ts';
import {
  contains6,
  formatAddress6,
  formatSubnet6,
  last6,
  overlaps6,
  parseAddress6,
  parseCidr6,
  type Subnet6,
  subnet6Of,
  unusable6,
} from '../model/ipv6.ts';
import type { LabNetwork, LabNetwork6 } from '../model/lab.ts';
import { isOurGroup, uniqueLocal } from '../model/names.ts';
import { own } from '../model/own.ts';

/** Subnets that the host reaches without this bridge, and its own addresses there. */
export function taken6(bridge: string, { links, ipv6 }: Facts): readonly Subnet6[] {
  const routed = (ipv6?.routes ?? []).filter(({ to, dev }) => to !== 'default' && dev !== bridge);
  return [
    ...routed.map(({ to }) => subnet6Of(parseCidr6(to.includes('/') ? to : `${to}/128`))),
    ...links.flatMap(({ name, addresses6 = [] }) =>
      name === bridge ? [] : addresses6.map((one) => subnet6Of(parseCidr6(one))),
    ),
  ];
}

/** How many prefixes are tried before ctr gives up looking for a free one. */
const tries = 256;

/** A unique local /64 for a bridge: always the same one, unless the host already reaches it elsewhere. */
function derived(network: LabNetwork, facts: Facts, others: readonly Subnet6[]): Subnet6 {
  const avoided = [...taken6(network.bridge, facts), ...others];
  const first = uniqueLocal(network.bridge, network.subnet, 0);
  for (let turn = 0; turn < tries; turn += 1) {
    const subnet = subnet6Of(parseCidr6(uniqueLocal(network.bridge, network.subnet, turn)));
    if (!avoided.some((one) => overlaps6(one, subnet))) return subnet;
  }
  return subnet6Of(parseCidr6(first));
}

/** The address of an existing bridge that its containers use as gateway. */
function ofBridge(link: LinkFact | undefined, gateway: string | undefined): string | undefined {
  const wanted = gateway === undefined ? undefined : parseAddress6(gateway);
  return link?.addresses6?.find(
    (text) => wanted === undefined || parseCidr6(text).address === wanted,
  );
}

/**
 * Decides the IPv6 part of a network.
 * @param others IPv6 subnets of other networks of the lab.
 */
export function decideIpv6(
  config: Pick<NetworkConfig, 'subnet6' | 'gateway6' | 'masquerade' | 'masquerade6'>,
  network: LabNetwork,
  facts: Facts,
  others: readonly Subnet6[],
): LabNetwork6 | undefined {
  const { subnet6, gateway6, masquerade, masquerade6 } = config;
  if (subnet6 === undefined) return undefined;
  const link = facts.links.find(({ name }) => name === network.bridge);
  const there = subnet6 === 'auto' ? ofBridge(link, gateway6) : undefined;
  const subnet =
    there === undefined
      ? (writtenSubnet6(config) ?? derived(network, facts, others))
      : subnet6Of(parseCidr6(there));
  const gateway = there === undefined ? gateway6In(subnet, gateway6) : parseCidr6(there).address;
  return {
    subnet: formatSubnet6(subnet),
    prefix: subnet.prefix,
    gateway: formatAddress6(gateway),
    masquerade: masquerade6 ?? masquerade,
  };
}

/** Who has an address on a bridge with ports of others. With ctr's ports alone, it is a container, perhaps a dead one. */
export function foreignNeighbours6(
  bridge: string,
  { links, ipv6 }: Facts,
): NonNullable<NonNullable<Facts['ipv6']>['neighbours']> {
  const ports = links.some(({ master, group }) => master === bridge && !isOurGroup(group));
  return ports ? (ipv6?.neighbours ?? []).filter(({ dev }) => dev === bridge) : [];
}

/** Assigns the free IPv6 addresses of a network in ascending order. */
export class Allotment6 {
  private readonly taken: Set<bigint>;
  private readonly subnet: Subnet6;
  private from: bigint;

  constructor({ bridge }: LabNetwork, { subnet, gateway }: LabNetwork6, facts: Facts) {
    this.subnet = subnet6Of(parseCidr6(subnet));
    this.from = this.subnet.base;
    const held = (own(facts.reserved, bridge) ?? []).filter((one) => one.includes(':'));
    this.taken = new Set([
      parseAddress6(gateway),
      ...held.map(parseAddress6),
      ...foreignNeighbours6(bridge, facts).map(({ address }) => parseAddress6(address)),
      ...facts.links.flatMap(({ addresses6 = [] }) =>
        addresses6.map((one) => parseCidr6(one).address),
      ),
    ]);
  }

  take(address: bigint): void {
    this.taken.add(address);
  }

  /** @returns the lowest free address, or null when the subnet is full. */
  next(): bigint | null {
    const last = last6(this.subnet);
    while (
      this.from <= last &&
      (this.taken.has(this.from) || unusable6(this.from, this.subnet) !== null)
    ) {
      this.from += 1n;
    }
    if (!contains6(this.subnet, this.from)) return null;
    this.taken.add(this.from);
    return this.from;
  }
}
