import {
  broadcastOf,
  contains,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
  unusable,
} from '../config/ipv4.ts';
import type { LabNetwork } from '../lab.ts';

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
