import type { Facts } from '../facts/index.ts';
import {
  broadcastOf,
  formatAddress,
  parseAddress,
  parseCidr,
  subnetOf,
  unusable,
} from '../model/ipv4.ts';
import { own } from '../model/own.ts';
import { CniError, codes } from './failure.ts';
import type { NetworkConfig, Range } from './network-config.ts';

/** The address of an interface, and the one of its bridge. */
export interface Allotted {
  readonly address: string;
  readonly subnet: string;
  readonly gateway: string;
}

function gatewayOf({ subnet, gateway }: Range): string {
  return gateway ?? formatAddress(subnetOf(parseCidr(subnet)).base + 1);
}

/**
 * Chooses an address from ctr's own pool: the records of attachments and runs are the leases, so nothing can leak.
 * @throws CniError 102 when the pool is full, 7 when a wanted address is none of it.
 */
export function allot({ ranges, wanted, bridge }: NetworkConfig, facts: Facts): Allotted {
  if (ranges.length === 0) {
    throw new CniError(
      codes.configuration,
      'ipam.subnet is missing: ctr needs a pool of addresses',
    );
  }
  const taken = new Set([
    ...(own(facts.reserved, bridge) ?? []).filter((one) => !one.includes(':')).map(parseAddress),
    ...facts.links.flatMap(({ addresses }) => addresses.map((one) => parseCidr(one).address)),
  ]);
  for (const range of ranges) {
    const subnet = subnetOf(parseCidr(range.subnet));
    const gateway = gatewayOf(range);
    const from = range.first === undefined ? subnet.base : parseAddress(range.first);
    const to = range.last === undefined ? broadcastOf(subnet) : parseAddress(range.last);
    const fits = (address: number) =>
      address >= from &&
      address <= to &&
      unusable(address, subnet) === null &&
      address !== parseAddress(gateway) &&
      !taken.has(address);
    const asked = wanted.map(parseAddress);
    const found = asked.length > 0 ? asked.find(fits) : firstBetween(from, to, fits);
    if (found !== undefined)
      return { address: formatAddress(found), subnet: range.subnet, gateway };
  }
  const subnets = ranges.map(({ subnet }) => subnet).join(', ');
  throw wanted.length > 0
    ? new CniError(codes.noAddress, `address ${wanted.join(', ')} is not free in ${subnets}`)
    : new CniError(codes.noAddress, `no free address in ${subnets}`, 'ctr ps lists who has them');
}

function firstBetween(
  from: number,
  to: number,
  fits: (address: number) => boolean,
): number | undefined {
  for (let address = from; address <= to; address += 1) if (fits(address)) return address;
  return undefined;
}

/** Whether ctr's own pool has an address left: STATUS asks. */
export function hasRoom(network: NetworkConfig, facts: Facts): boolean {
  try {
    allot({ ...network, wanted: [] }, facts);
    return true;
  } catch {
    return false;
  }
}
