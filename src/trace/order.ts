import type { Place } from '../model/place.ts';
import type { Packet, Visit } from './visits.ts';

/** An interface of a namespace. */
export interface Device {
  readonly name: string;
  readonly index: number;
  readonly kind: string;
  readonly master?: string;
  /** The index of the other end of a veth pair, in whichever namespace it is (veth(4)). */
  readonly peerIndex?: number;
}

export type Devices = ReadonlyMap<Place, readonly Device[]>;

/**
 * The interfaces of the watched namespaces that can be the other end of a veth pair: by indexes alone, nodes that are set
 * up alike have the same ones.
 */
export function otherEnds(
  devices: Devices,
  place: Place,
  name: string | undefined,
): readonly { readonly place: Place; readonly name: string }[] {
  const own = devices.get(place)?.find((one) => one.name === name);
  if (own?.peerIndex === undefined) return [];
  return [...devices].flatMap(([other, list]) =>
    list
      .filter((one) => one.index === own.peerIndex && one.peerIndex === own.index)
      .filter((one) => one !== own)
      .map((one) => ({ place: other, name: one.name })),
  );
}

/** A part of a packet's way inside one namespace: from where it comes in, or is made, to where it goes out. */
interface Part {
  readonly place: Place;
  readonly visits: readonly Visit[];
  taken: boolean;
}

/** Whether a packet enters the namespace here: from a veth pair, or from a process. An interface stacked on another one is no entry. */
function begins(visit: Visit, before: Visit | undefined, devices: Devices): boolean {
  if (before === undefined) return true;
  if (visit.layer === 'ip' && visit.hook === 'output') return true;
  if (visit.layer !== 'netdev' || visit.hook !== 'ingress') return false;
  if (before.hook === 'egress' && before.out === 'lo') return false;
  const kind = devices.get(visit.place)?.find((one) => one.name === visit.in)?.kind;
  return kind === undefined || !['bridge', 'vlan', 'bond', 'macvlan', 'vxlan'].includes(kind);
}

/** Linux sends an answer to a repeated SYN with the same identification, 0, as the first one. */
function isRepeated({ visits: [earlier] }: Part, { visits: [visit] }: Part): boolean {
  const of = (one: Visit | undefined) =>
    [one?.layer, one?.hook, one?.in, one?.out, one?.header.ttl].join(' ');
  return of(earlier) === of(visit);
}

function partsOf(visits: readonly Visit[], devices: Devices): Part[] {
  const parts: { place: Place; visits: Visit[]; taken: boolean }[] = [];
  for (const [at, visit] of visits.entries()) {
    const part = parts.at(-1);
    if (part !== undefined && !begins(visit, visits[at - 1], devices)) part.visits.push(visit);
    else parts.push({ place: visit.place, visits: [visit], taken: false });
  }
  return parts.filter((part, at) => !parts.slice(0, at).some((one) => isRepeated(one, part)));
}

/** Whether it can be the same packet on both ends of a cable, which changes nothing. */
function isSame({ header, leaves }: Visit, other: Visit | undefined): boolean {
  const { source, destination, ttl } = leaves ?? header;
  const its = other?.header;
  return its?.source === source && its.destination === destination && its.ttl === ttl;
}

/** A copy of a flooded frame: its receiver drops it at the device, since the MAC address is another's. */
function isCopy(way: readonly Visit[]): boolean {
  return way.length > 0 && way.every(({ layer }) => layer === 'netdev');
}

export interface Ordered {
  readonly visits: readonly Visit[];
  readonly copies: readonly { readonly place: Place; readonly in: string }[];
}

/**
 * Sorts the visits of one packet along its path. Times in different namespaces are not comparable, so the veth pairs
 * between them give the order; inside a namespace the kernel reports the visits in order.
 */
export function inOrder(
  packet: Packet,
  from: Place,
  all: ReadonlyMap<Place, readonly Visit[]>,
  devices: Devices,
): Ordered {
  const copies: { place: Place; in: string }[] = [];
  const parts = [...all].flatMap(([, visits]) =>
    partsOf(
      visits.filter((one) => one.packet === packet),
      devices,
    ),
  );
  const follow = (part: Part): readonly Visit[] => {
    part.taken = true;
    return part.visits.flatMap((visit, at): readonly Visit[] => {
      if (visit.hook !== 'egress') return [visit];
      const ends = otherEnds(devices, visit.place, visit.out);
      const open = parts.filter(
        (one) =>
          !one.taken &&
          ends.some(({ place, name }) => one.place === place && one.visits[0]?.in === name),
      );
      const next = ends.length > 1 ? open.find((one) => isSame(visit, one.visits[0])) : open[0];
      if (next === undefined) return [visit];
      const further = follow(next);
      if (!isCopy(further) || at === part.visits.length - 1) return [visit, ...further];
      copies.push(...further.map((one) => ({ place: one.place, in: one.in ?? '' })));
      return [visit];
    });
  };
  const isSource = ({ visits: [visit] }: Part) => visit?.hook === 'output';
  const visits: Visit[] = [];
  for (;;) {
    const left = parts.filter(({ taken }) => !taken);
    const start =
      left.find((one) => isSource(one) && one.place === from) ??
      left.find(isSource) ??
      left.find(
        ({ place, visits: [visit] }) => otherEnds(devices, place, visit?.in).length === 0,
      ) ??
      left[0];
    if (start === undefined) break;
    visits.push(...follow(start));
  }
  return { visits, copies };
}
