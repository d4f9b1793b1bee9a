import type { Facts, NeighbourFact } from '../facts/index.ts';
import {
  broadcastOf,
  contains,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
  unusable,
} from '../model/ipv4.ts';
import type { LabNetwork } from '../model/lab.ts';
import { isOurGroup } from '../model/names.ts';

/** Who else is on a bridge. Where all ports are ours, they are containers of ours, dead ones too. */
export function foreignNeighbours(bridge: string, facts: Facts): readonly NeighbourFact[] {
  const ports = facts.links.some(({ master, group }) => master === bridge && !isOurGroup(group));
  return ports ? (facts.neighbours ?? []).filter(({ dev }) => dev === bridge) : [];
}

/**
 * Addresses that are somebody else's already: the host's own, and those of who is on the bridge.
 * @param ours the MACs of the containers that are about to get theirs.
 */
export function occupied(
  { bridge }: LabNetwork,
  facts: Facts,
  ours: ReadonlySet<string>,
): readonly number[] {
  const neighbours = foreignNeighbours(bridge, facts).filter(({ mac }) => !ours.has(mac));
  const hosts = facts.links.flatMap(({ addresses }) => addresses);
  return [
    ...hosts.map((one) => parseCidr(one).address),
    ...neighbours.map(({ address }) => parseAddress(address)),
  ];
}

interface Pool {
  readonly subnet: Subnet;
  readonly taken: Set<number>;
  /** Parts that are not given away. */
  readonly avoided: readonly Subnet[];
  /** Everything below is spoken for. */
  from: number;
}

/** Gives addresses in order, skipping what is spoken for. */
export class Allotment {
  private readonly pools = new Map<string, Pool>();
  private readonly avoid: (network: LabNetwork) => readonly Subnet[];

  /** @param avoid parts of a network's subnet that nothing is given from. */
  constructor(avoid: (network: LabNetwork) => readonly Subnet[]) {
    this.avoid = avoid;
  }

  take(network: LabNetwork, address: number): number {
    this.of(network).taken.add(address);
    return address;
  }

  /** @returns the lowest free address, or null when the subnet is full. */
  next(network: LabNetwork): number | null {
    const pool = this.of(network);
    const { subnet, taken, avoided } = pool;
    let address = pool.from;
    const last = broadcastOf(subnet);
    while (address <= last) {
      const part = avoided.find((one) => contains(one, address));
      if (part !== undefined) address = broadcastOf(part) + 1;
      else if (taken.has(address) || unusable(address, subnet) !== null) address += 1;
      else break;
    }
    pool.from = address;
    return address > last ? null : address;
  }

  private of(network: LabNetwork): Pool {
    let pool = this.pools.get(network.bridge);
    if (pool === undefined) {
      const subnet = subnetOf(parseCidr(network.subnet));
      const taken = new Set([parseAddress(network.gateway)]);
      pool = { subnet, taken, avoided: this.avoid(network), from: subnet.base };
      this.pools.set(network.bridge, pool);
    }
    return pool;
  }
}
