import { contains, parseAddress, parseCidr, subnetOf } from '../model/ipv4.ts';
import type { NamespaceReading } from './reading.ts';

/** The address that the kernel gives to a packet of its own (ip-address(8), inet_select_addr). */
export function sourceFor(
  reading: NamespaceReading,
  dev: string,
  nextHop: string,
): string | undefined {
  const own = reading.links.find(({ name }) => name === dev)?.addresses ?? [];
  const near = own.find((one) => contains(subnetOf(parseCidr(one)), parseAddress(nextHop)));
  const others = reading.links.flatMap(({ name, addresses }) => (name === 'lo' ? [] : addresses));
  return (near ?? own[0] ?? others[0])?.split('/')[0];
}
