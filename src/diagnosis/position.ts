import type { Place } from '../model/place.ts';
import type { Hook, Hop, Walk } from '../trace/walk.ts';
import type { Leg } from './leg.ts';
import type { Path } from './path.ts';

export type Direction = 'there' | 'back';

/** The points of a namespace that a packet passes, in this order. Between the points of a leg, a cause takes effect. */
export const points = [
  /** The sender's kernel before any hook: no route, no address. */
  'send',
  /** The device has it: netdev ingress, tc, XDP. */
  'ingress',
  /** A bridge decides: ebtables, the forwarding database, VLANs, port states, br_netfilter. */
  'bridge',
  'prerouting',
  /** The kernel routes it, or refuses to: reverse path, forwarding, no route. */
  'routing',
  'forward',
  'input',
  /** A socket, or the ICMP of the kernel, takes it. */
  'socket',
  'output',
  'postrouting',
  /** The MAC of the next hop is asked for (ARP). */
  'neighbour',
  /** The port of a bridge in this namespace by which the frame goes out. */
  'bridge-out',
  /** The device sends it: netdev egress, qdisc, MTU. */
  'egress',
  /** Between this interface and the next one. */
  'wire',
] as const;
export type Point = (typeof points)[number];

/** Where a packet is lost: after it was seen before this point, and never after it. */
export interface Position {
  readonly direction: Direction;
  readonly place: Place;
  readonly point: Point;
  /** The table of the chain that drops it; then the trace shows the drop, unless it is a table of iptables-legacy. */
  readonly table?: { readonly family: string; readonly table: string };
}

const rank = Object.fromEntries(points.map((point, index) => [point, index * 10])) as Readonly<
  Record<Point, number>
>;

/** Hooks of a bridge: those before its decision, and those after it. */
const bridgeRank: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: rank.bridge - 1,
  input: rank.bridge + 1,
  forward: rank.bridge + 1,
  output: rank['bridge-out'] - 1,
};

/** With br_netfilter the IP hooks see frames while they are still at a bridge that only passes them on. */
const bridgedRank: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: rank.bridge - 1,
  forward: rank.bridge,
  postrouting: rank.bridge + 1,
};

const ipRank: Readonly<Record<Hook, number>> = {
  ingress: rank.ingress,
  prerouting: rank.prerouting,
  input: rank.input,
  forward: rank.forward,
  output: rank.output,
  postrouting: rank.postrouting,
  egress: rank.egress,
};

/** A number that grows along the way, for a point of a leg. */
const perLeg = 1000;
/** The way back comes after the way there. */
const perDirection = 100_000;

interface Order {
  readonly from: number;
  readonly to: number;
}

function base(direction: Direction, leg: number): number {
  return (direction === 'back' ? perDirection : 0) + leg * perLeg;
}

/** The legs of a direction at a place. Most are one; two where a packet crosses two bridges of a namespace. */
function legsAt(path: Path, direction: Direction, place: Place): readonly number[] {
  return path[direction].flatMap((leg, index) => (leg.place === place ? [index] : []));
}

function isOfBridge({ in: incoming, inPort, outPort, out }: Leg, dev: string | undefined): boolean {
  return dev !== undefined && [incoming, inPort, out, outPort].includes(dev);
}

/** Where a hop stands along the way; undefined where the predicted way does not come to this place. */
function orderOfHop(hop: Hop, path: Path): number | undefined {
  const all = legsAt(path, hop.direction, hop.place);
  const fitting = all.filter((index) => {
    const leg = path[hop.direction][index];
    return leg !== undefined && (isOfBridge(leg, hop.in) || isOfBridge(leg, hop.out));
  });
  // A namespace may have two legs on one interface: the packet comes in by it in one, and leaves by it in the other.
  const exact = fitting.filter((index) => {
    const leg = path[hop.direction][index];
    const comes = hop.in === undefined || [leg?.in, leg?.inPort].includes(hop.in);
    return comes && (hop.out === undefined || [leg?.out, leg?.outPort].includes(hop.out));
  });
  const index = exact[0] ?? fitting[0] ?? all[0];
  const leg = index === undefined ? undefined : path[hop.direction][index];
  if (index === undefined || leg === undefined) return undefined;
  return base(hop.direction, index) + rankIn(leg, hop);
}

/** What a namespace sends to itself leaves by `lo` before it comes in by it. */
const ownRank = rank.send + 1;
const leaving: readonly Hook[] = ['output', 'postrouting', 'egress'];

/** A frame that goes out by a port by which it should not: the decision of the bridge lost it. */
function isAstray({ does, in: incoming, out: leaves, inPort, outPort }: Leg, hop: Hop): boolean {
  const { hook, out, layer, bridged } = hop;
  if (does === 'bridged' || inPort === undefined) return false;
  if (layer === 'bridge' && hook === 'forward') return true;
  if (hook !== 'postrouting' && hook !== 'egress' && bridged !== true) return false;
  if (hook === 'prerouting') return false;
  // Routed, and out again by the bridge by which it came.
  if (does === 'forward' && leaves === incoming && out === leaves && bridged !== true) return false;
  const expected = [leaves, outPort].filter((dev) => dev !== incoming);
  return out !== undefined && !expected.includes(out);
}

function rankIn(leg: Leg, hop: Hop): number {
  const { layer, hook: at, in: incoming, out, bridged } = hop;
  if (leg.does === 'deliver' && leg.in === undefined && leaving.includes(at)) return ownRank;
  if (isAstray(leg, hop)) return rank.bridge;
  if (layer === 'bridge') {
    if (at !== 'postrouting') return bridgeRank[at] ?? rank.bridge;
    return leg.does === 'bridged' ? rank.bridge + 2 : rank['bridge-out'] + 1;
  }
  if (layer === 'netdev') {
    // A bridge's own ingress comes after its decision, its egress before the ports.
    if (at === 'ingress') return incoming === leg.in && leg.inPort ? rank.bridge + 3 : rank.ingress;
    return out === leg.out && leg.outPort ? rank['bridge-out'] - 2 : rank.egress;
  }
  if (leg.does === 'bridged' || bridged === true) return bridgedRank[at] ?? ipRank[at];
  return at === 'prerouting' ? prerouted(leg) : ipRank[at];
}

/** With br_netfilter, prerouting comes before the bridge decides, and not again afterwards. */
function prerouted({ bridgeFiltered }: Leg): number {
  return bridgeFiltered === true ? rank.bridge - 1 : rank.prerouting;
}

function ordersOf(position: Position, path: Path): readonly number[] {
  return legsAt(path, position.direction, position.place).map(
    (index) => base(position.direction, index) + rank[position.point],
  );
}

/** Hooks that the trace has shown to watch somewhere, beside those at the IP layer, which it always watches. */
function watchedLayers({ hops }: Walk): ReadonlySet<string> {
  return new Set(hops.map(({ layer, hook }) => `${layer} ${hook}`));
}

/** The hooks of a leg that the packet would come to, as orders. */
function checkpoints(leg: Leg, seen: ReadonlySet<string>): readonly number[] {
  const netdev = (hook: Hook) => (seen.has(`netdev ${hook}`) ? [ipRank[hook]] : []);
  const bridge = leg.inPort !== undefined && seen.has('bridge prerouting') ? [rank.bridge - 1] : [];
  switch (leg.does) {
    case 'send':
      return [rank.output, rank.postrouting, ...netdev('egress')];
    case 'forward':
      return [
        ...netdev('ingress'),
        ...bridge,
        prerouted(leg),
        rank.forward,
        rank.postrouting,
        ...netdev('egress'),
      ];
    case 'deliver':
      return [
        ...(leg.in === undefined ? [ownRank] : netdev('ingress')),
        ...bridge,
        prerouted(leg),
        rank.input,
      ];
    case 'bridged':
      return [...netdev('ingress'), ...bridge, ...netdev('egress')];
    case 'none':
      return leg.in === undefined ? [] : [...netdev('ingress'), ...bridge, prerouted(leg)];
  }
}

/** The part of the way where the packet of a walk left it, or was lost. */
interface Lost extends Order {
  /** It was seen at a place to which the predicted way does not lead. */
  readonly astray: boolean;
}

/** From the last hop at which the packet was seen on its predicted way to the next at which it would have been. */
function lostBetween(walk: Walk, path: Path): Lost {
  const orders = walk.hops.map((hop) => orderOfHop(hop, path));
  const off = orders.indexOf(undefined);
  const on = off < 0 ? orders : orders.slice(0, off);
  const from = Math.max(-1, ...on.map((order) => order ?? -1));
  const seen = watchedLayers(walk);
  const watched = new Set(walk.watched);
  const next = (['there', 'back'] as const)
    .flatMap((direction) =>
      path[direction].flatMap((leg, index) =>
        watched.has(leg.place)
          ? checkpoints(leg, seen).map((point) => base(direction, index) + point)
          : [],
      ),
    )
    .filter((order) => order > from);
  return { from, to: Math.min(Number.POSITIVE_INFINITY, ...next), astray: off >= 0 };
}

/**
 * Whether a packet that is lost at this position would have left this walk: last seen before it or at it, and not where
 * it would have come next. A hop that shows a drop fits only a position with that table.
 */
export function fits(position: Position, walk: Walk, path: Path): boolean {
  const last = walk.hops.at(-1);
  const isThere = last?.place === position.place && last.direction === position.direction;
  if (last?.dropped !== undefined) {
    const { family, table: name } = last.dropped;
    return isThere && position.table?.family === family && position.table.table === name;
  }
  const { from, to, astray } = lostBetween(walk, path);
  if (astray && isThere) return true;
  return ordersOf(position, path).some((order) => order >= from && order <= to);
}

/** The order in which causes take effect along the way; positions off the way come last. */
export function orderOf(position: Position, path: Path): number {
  return Math.min(Number.POSITIVE_INFINITY, ...ordersOf(position, path));
}
