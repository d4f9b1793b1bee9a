import { broadcastOf, parseAddress, parseCidr, subnetOf, unusable } from '../config/ipv4.ts';
import type { LabNetwork } from '../lab.ts';

/** Gives addresses in order, skipping what is spoken for. */
export class Allotment {
  private readonly taken = new Map<string, Set<number>>();
  /** Everything below is spoken for. */
  private readonly from = new Map<string, number>();

  take(network: LabNetwork, address: number): number {
    this.of(network).add(address);
    return address;
  }

  /** @returns the lowest free address, or null when the subnet is full. */
  next(network: LabNetwork): number | null {
    const subnet = subnetOf(parseCidr(network.subnet));
    const taken = this.of(network);
    let address = this.from.get(network.bridge) ?? subnet.base;
    const last = broadcastOf(subnet);
    while (address <= last && (taken.has(address) || unusable(address, subnet) !== null)) {
      address += 1;
    }
    this.from.set(network.bridge, address);
    return address > last ? null : address;
  }

  private of(network: LabNetwork): Set<number> {
    let taken = this.taken.get(network.bridge);
    if (taken === undefined) {
      taken = new Set([parseAddress(network.gateway)]);
      this.taken.set(network.bridge, taken);
    }
    return taken;
  }
}
