import { type Neighbourhood, neighbourhood } from '../arp.ts';
import type { Evidence } from '../evidence.ts';
import type { Leg } from '../leg.ts';
import type { Path } from '../path.ts';
import type { Direction, Point, Position } from '../position.ts';
import type { NamespaceReading } from '../reading.ts';
import type { End } from '../wires.ts';

/** A packet on its way from one router to the next: by a cable, and by the bridges between them. */
export interface Transmission {
  readonly direction: Direction;
  /** The leg that sends it, with its index among the legs of the direction. */
  readonly sender: Leg & { readonly out: string; readonly nextHop: string };
  readonly index: number;
  readonly reading: NamespaceReading;
  /** The bridges that pass it on. */
  readonly bridged: readonly Leg[];
  /** The leg that takes it in; absent where nobody would. */
  readonly receiver: Leg | undefined;
  readonly around: Neighbourhood;
}

function along(
  legs: readonly Leg[],
  direction: Direction,
  { reading }: Evidence,
): readonly Transmission[] {
  return legs.flatMap((sender, index): Transmission[] => {
    const { out, nextHop, place, does } = sender;
    const here = reading[place];
    if (does !== 'send' && does !== 'forward') return [];
    if (out === undefined || nextHop === undefined || here === undefined) return [];
    const rest = legs.slice(index + 1);
    const end = rest.findIndex((leg) => leg.does !== 'bridged');
    return [
      {
        direction,
        sender: { ...sender, out, nextHop },
        index,
        reading: here,
        bridged: end < 0 ? rest : rest.slice(0, end),
        receiver: end < 0 ? undefined : rest[end],
        around: neighbourhood(reading, { place, dev: out }, nextHop),
      },
    ];
  });
}

/** First those of the way there, then those of the way back. */
export function transmissions(evidence: Evidence, { there, back }: Path): readonly Transmission[] {
  return [...along(there, 'there', evidence), ...along(back, 'back', evidence)];
}

/**
 * Where a fault between two neighbours shows. ARP needs both ways, so a frame that cannot come there or back keeps the
 * MAC unknown, and the packet is lost at the sender. Where the sender knows the MAC already, it is lost at the fault.
 */
export function lostBetween(
  { direction, sender }: Transmission,
  ...faults: readonly (readonly [End['place'], Point])[]
): readonly Position[] {
  return [
    { direction, place: sender.place, point: 'neighbour' },
    { direction, place: sender.place, point: 'wire' },
    ...faults.map(([place, point]): Position => ({ direction, place, point })),
  ];
}

/** The bridge that a leg crosses or ends at, with the ports by which a frame goes in and out. */
export interface BridgeVisit {
  readonly leg: Leg;
  readonly reading: NamespaceReading;
  readonly bridge: string;
  /** Absent where the frame starts at the bridge itself. */
  readonly inPort?: string;
  /** Absent where it is for the bridge itself. */
  readonly outPort?: string;
}

function visit(
  { reading }: Evidence,
  leg: Leg,
  bridge: string | undefined,
  ports: { readonly inPort?: string | undefined; readonly outPort?: string | undefined },
): readonly BridgeVisit[] {
  const here = reading[leg.place];
  const { inPort, outPort } = ports;
  if (here === undefined || bridge === undefined) return [];
  if (inPort === undefined && outPort === undefined) return [];
  return [
    {
      leg,
      reading: here,
      bridge,
      ...(inPort === undefined ? {} : { inPort }),
      ...(outPort === undefined ? {} : { outPort }),
    },
  ];
}

/** The bridges that a frame meets between two routers, in its order. */
export function bridgesOf(
  { sender, bridged, receiver }: Transmission,
  evidence: Evidence,
): readonly BridgeVisit[] {
  return [
    ...visit(evidence, sender, sender.out, { outPort: sender.outPort }),
    ...bridged.flatMap((leg) => visit(evidence, leg, leg.in, leg)),
    ...(receiver === undefined
      ? []
      : visit(evidence, receiver, receiver.in, { inPort: receiver.inPort })),
  ];
}

/** Every interface that a frame passes between two routers, in its order. */
export function endsOf({ sender, bridged, receiver }: Transmission): readonly End[] {
  const end = (place: Leg['place'], dev: string | undefined): readonly End[] =>
    dev === undefined ? [] : [{ place, dev }];
  return [
    ...end(sender.place, sender.out),
    ...end(sender.place, sender.outPort),
    ...bridged.flatMap(({ place, in: bridge, inPort, outPort }) => [
      ...end(place, inPort),
      ...end(place, bridge),
      ...end(place, outPort),
    ]),
    ...(receiver === undefined
      ? []
      : [...end(receiver.place, receiver.inPort), ...end(receiver.place, receiver.in)]),
  ];
}
