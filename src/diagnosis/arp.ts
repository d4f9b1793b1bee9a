import { waysOn } from '../losses/lookup.ts';
import { parseAddress } from '../model/ipv4.ts';
import type { NamespaceReading, Reading } from './reading.ts';
import { ownAddresses } from './translate.ts';
import { type End, linkOf, type Reached, wiresOf } from './wires.ts';

function hasAddress(reading: Reading, end: End, address: string): boolean {
  const { addresses = [] } = linkOf(reading, end) ?? {};
  return addresses.some((one) => one.split('/')[0] === address);
}

/** Whether a namespace would answer an ARP request that comes in by an interface (arp_ignore 0, or proxy_arp). */
function answersArp(reading: NamespaceReading, dev: string, address: string): boolean {
  if (ownAddresses(reading).has(address)) return true;
  const proxy = (name: string) => reading.sysctls[`net/ipv4/conf/${name}/proxy_arp`] === '1';
  if (!proxy(dev) && !proxy('all')) return false;
  const answer = waysOn(reading)({ to: parseAddress(address), from: 0, iif: dev }).at(-1);
  return answer?.does === 'send' && answer.routes.every((route) => route.dev !== dev);
}

/** Who is behind an interface, for an address. */
export interface Neighbourhood {
  /**
   * Ends of the segment that would answer for the address: those that have it, else those whose namespace has it on
   * another interface, or answers for others.
   */
  readonly owners: readonly Reached[];
  /** An interface of the segment behind which nothing was read: somebody there may have the address. */
  readonly unread: Reached | undefined;
}

/** Pure: who would answer an ARP request for an address that goes out by an interface. */
export function neighbourhood(reading: Reading, from: End, address: string): Neighbourhood {
  const reached = wiresOf(reading).segment(from);
  const unread = reached.find((one) => one.unread === true);
  const read = reached.filter((one) => one.unread !== true);
  const exact = read.filter(({ end }) => hasAddress(reading, end, address));
  const owners =
    exact.length > 0
      ? exact
      : read.filter(({ end }) => {
          const there = reading[end.place];
          return there !== undefined && answersArp(there, end.dev, address);
        });
  return { owners, unread };
}
