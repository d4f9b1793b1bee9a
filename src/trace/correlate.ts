import type { Place } from '../model/place.ts';
import { type Devices, inOrder, otherEnds } from './order.ts';
import type { Mark } from './tables.ts';
import { identities, type Packet, packets, type Stream, type Visit, visitsOf } from './visits.ts';
import type { Hop, Walk } from './walk.ts';

const directions: Readonly<Record<Packet, Hop['direction']>> = {
  probe: 'there',
  error: 'back',
  answer: 'back',
  'error-about-answer': 'there',
};

/** Devices that send a frame out of other ones, which are seen too. */
const stacked = ['bridge', 'vlan', 'bond', 'macvlan'];

/** Whether it left by this device to where nobody watches. */
function isBeyond({ place, hook, out }: Visit, devices: Devices): boolean {
  if (hook !== 'egress' || out === undefined || out === 'lo') return false;
  const kind = devices.get(place)?.find(({ name }) => name === out)?.kind;
  if (kind === undefined || stacked.includes(kind)) return false;
  return otherEnds(devices, place, out).length === 0;
}

/** A packet that was seen further on was not lost: some hooks end without their last chain (NF_STOLEN, NF_STOP). */
function hopsOf(visits: readonly Visit[], devices: Devices): readonly Hop[] {
  return visits.map(({ packet, lost, ...visit }, at) => {
    const isLast = at === visits.length - 1;
    return {
      ...visit,
      direction: directions[packet],
      ...(isLast && lost === true ? { lost } : {}),
      ...(isLast && isBeyond({ packet, ...visit }, devices) ? { beyond: true } : {}),
    };
  });
}

/** Joins what all namespaces saw into one path. Pure. */
export function correlate(
  streams: readonly Stream[],
  {
    from,
    mark,
    table,
    devices,
  }: {
    readonly from: Place;
    readonly mark: Mark;
    /** The name of the trace tables. */
    readonly table: string;
    readonly devices: Devices;
  },
): Pick<Walk, 'hops' | 'arp' | 'copies'> {
  const known = identities(mark);
  // The sender first: what it sent is what is followed.
  const sorted = streams.toSorted((a, b) => Number(b.place === from) - Number(a.place === from));
  const read = sorted.map((stream) => ({ place: stream.place, ...visitsOf(stream, table, known) }));
  const visits = new Map<Place, readonly Visit[]>(read.map((one) => [one.place, one.visits]));
  const ordered = packets.map((packet) => inOrder(packet, from, visits, devices));
  return {
    hops: ordered.flatMap((one) => hopsOf(one.visits, devices)),
    copies: ordered.flatMap((one) => one.copies),
    arp: read.flatMap((one) => one.arp),
  };
}
