import { gateway6In } from '../config/ipv6-rules.ts';
import type { Facts } from '../facts/index.ts';
import {
  broadcastOf,
  formatAddress,
  parseAddress,
  parseCidr,
  subnetOf,
  unusable,
} from '../model/ipv4.ts';
import {
  formatAddress6,
  isAddress6,
  last6,
  parseAddress6,
  parseCidr6,
  subnet6Of,
  unusable6,
} from '../model/ipv6.ts';
import { own } from '../model/own.ts';
import { foreignNeighbours6 } from '../resolve/ipv6.ts';
import { CniError, codes } from './failure.ts';
import type { NetworkConfig } from './network-config.ts';
import type { Range } from './ranges.ts';

/** More addresses than the interfaces of one bridge can have (`BR_MAX_PORTS` of the kernel is 1024). */
const most6 = 65_536n;

/** The address of an interface, and the one of its bridge. */
interface Allotment {
  readonly address: string;
  readonly subnet: string;
  readonly gateway: string;
}

/** The addresses of both families. */
export interface Allotted extends Allotment {
  readonly ipv6?: Allotment;
}

/** What a config says before an address is chosen: a network of IPv6 has to be one from the start. */
export function unallotted({ ranges6 }: Pick<NetworkConfig, 'ranges6'>): Allotted {
  const none = { address: '0.0.0.0', subnet: '0.0.0.0/32', gateway: '0.0.0.0' };
  return ranges6.length === 0
    ? none
    : { ...none, ipv6: { address: '::', subnet: '::/128', gateway: '::' } };
}

function gatewayOf({ subnet, gateway }: Range): string {
  return gateway ?? formatAddress(subnetOf(parseCidr(subnet)).base + 1);
}

/**
 * Chooses an address from ctr's own pool: the records of attachments and runs are the leases, so nothing can leak.
 * @throws CniError 102 when the pool is full, 7 when a wanted address is none of it.
 */
export function allot(network: NetworkConfig, facts: Facts): Allotted {
  const [six, four] = [true, false].map((isSix) =>
    network.wanted.filter((one) => one.includes(':') === isSix),
  );
  const chosen = allot4({ ...network, wanted: four ?? [] }, facts);
  if (network.ranges6.length === 0) {
    if (six?.length === 0) return chosen;
    const [ips, subnets] = [network.wanted, network.ranges.map(({ subnet }) => subnet)];
    throw new CniError(
      codes.noAddress,
      `address ${ips.join(', ')} is not free in ${subnets.join(', ')}`,
    );
  }
  return { ...chosen, ipv6: allot6({ ...network, wanted: six ?? [] }, chosen, facts) };
}

function gateway6Of({ subnet, gateway }: Range): string {
  return gateway ?? formatAddress6(gateway6In(subnet6Of(parseCidr6(subnet)), undefined));
}

/**
 * The IPv6 address beside one of IPv4: at the same place in its subnet, if that is free. Then both addresses of a pair
 * are freed and given away together, and keep their MAC.
 */
function allot6(
  { ranges6, wanted, bridge }: NetworkConfig,
  four: Allotment,
  facts: Facts,
): Allotment {
  const taken = new Set([
    ...(own(facts.reserved, bridge) ?? []).filter(isAddress6).map(parseAddress6),
    ...facts.links.flatMap(({ addresses6 = [] }) =>
      addresses6.map((one) => parseCidr6(one).address),
    ),
    ...foreignNeighbours6(bridge, facts).map(({ address }) => parseAddress6(address)),
  ]);
  const place = BigInt(parseAddress(four.address) - subnetOf(parseCidr(four.subnet)).base);
  for (const range of ranges6) {
    const subnet = subnet6Of(parseCidr6(range.subnet));
    const gateway = gateway6Of(range);
    const from = range.first === undefined ? subnet.base : parseAddress6(range.first);
    const to = range.last === undefined ? last6(subnet) : parseAddress6(range.last);
    const fits = (address: bigint) =>
      address >= from &&
      address <= to &&
      unusable6(address, subnet) === null &&
      address !== parseAddress6(gateway) &&
      !taken.has(address);
    const same = [subnet.base + place].find(fits);
    const asked = wanted.map(parseAddress6);
    const found = asked.length > 0 ? asked.find(fits) : (same ?? first6Between(from, to, fits));
    if (found !== undefined)
      return { address: formatAddress6(found), subnet: range.subnet, gateway };
  }
  const subnets = ranges6.map(({ subnet }) => subnet).join(', ');
  throw wanted.length > 0
    ? new CniError(codes.noAddress, `address ${wanted.join(', ')} is not free in ${subnets}`)
    : new CniError(codes.noAddress, `no free address in ${subnets}`, 'ctr ps lists who has them');
}

/** Looks no farther than there can be taken addresses: a /64 has too many to go through. */
function first6Between(
  from: bigint,
  to: bigint,
  fits: (address: bigint) => boolean,
): bigint | undefined {
  const end = from + most6 < to ? from + most6 : to;
  for (let address = from; address <= end; address += 1n) if (fits(address)) return address;
  return undefined;
}

function allot4({ ranges, wanted, bridge }: NetworkConfig, facts: Facts): Allotment {
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
