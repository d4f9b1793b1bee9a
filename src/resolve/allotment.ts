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

/**
 * The known neighbours on a bridge with foreign ports. If all ports are ctr's, every neighbour is a container of ctr's,
 * possibly a dead one.
 */
export function foreignNeighbours(bridge: string, facts: Facts): readonly NeighbourFact[] {
  const ports = facts.links.some(({ master, group }) => master === bridge && !isOurGroup(group));
  return ports ? (facts.neighbours ?? []).filter(({ dev }) => dev === bridge) : [];
}

/**
 * Addresses in use: the host's own, and those of neighbours on the bridge.
 * @param ours MACs of the containers that are about to get an address.
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
  /** Parts of the subnet that are not assigned. */
  readonly avoided: readonly Subnet[];
  /** All addresses below this one are taken. */
  from: number;
}

/** Assigns free addresses in ascending order. */
export class Allotment {
  private readonly pools = new Map<string, Pool>();
  private readonly avoid: (network: LabNetwork) => readonly Subnet[];

  /** @param avoid parts of a network's subnet that must not be assigned. */
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
