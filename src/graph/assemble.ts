import type { Lab } from '../model/lab.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import {
  type Address,
  type Cable,
  containerId,
  type Device,
  type DeviceState,
  deviceId,
  type Forwarding,
  hostId,
  type Place,
  type Route,
  type Rule,
  type Source,
  type Topology,
  worldId,
} from './topology.ts';

/** What of a host belongs to a run, by name. */
export interface Marks {
  readonly name: string;
  readonly containers: readonly string[];
  readonly bridges: readonly string[];
  /** The host's interfaces to the outside. */
  readonly uplinks: readonly string[];
  /** Every veth pair: its end on the host, and the other one as long as it is on the host, too. */
  readonly pairs: readonly { readonly outer: string; readonly inner: string }[];
  /** Rules of the host that bear no mark of ctr: those for a container that ctr did not make. */
  readonly rules?: readonly SeenRule[];
  /** Whether the run has IPv6 of its own. Otherwise the IPv6 of a sandbox host's world is not drawn. */
  readonly ipv6?: boolean;
}

export function marksOf(lab: Lab): Marks {
  return {
    name: lab.name,
    containers: lab.containers.map(({ name }) => name),
    bridges: lab.networks.map(({ bridge }) => bridge),
    uplinks: lab.uplinks,
    ...(hasIpv6(lab) ? { ipv6: true } : {}),
    pairs: lab.containers.flatMap(({ attachments }) =>
      attachments.map(({ outer, inner }) => ({ outer, inner })),
    ),
  };
}

/** An interface as a plan or a snapshot knows it. */
export interface SeenLink {
  readonly name: string;
  readonly kind: string;
  readonly mac: string;
  readonly state: DeviceState;
  readonly master?: string | undefined;
  readonly addresses: readonly string[];
}

export interface SeenRoute {
  readonly to: string;
  readonly via?: string | undefined;
  readonly dev: string;
}

export type SeenRule = Pick<Rule, 'what' | 'value' | 'bridge'>;

/** A network namespace as a plan or a snapshot knows it. */
export interface SeenSpace {
  readonly links: readonly SeenLink[];
  readonly routes: readonly SeenRoute[];
  /** The names of the interfaces that forward. */
  readonly forwarding: readonly string[];
  readonly rules: readonly SeenRule[];
}

export interface Seen {
  readonly host: SeenSpace;
  readonly containers: readonly {
    readonly name: string;
    readonly pid?: number | undefined;
    readonly space: SeenSpace;
  }[];
  /** Absent where nothing is known of the world, and there is no way to it. */
  readonly world?: Pick<Place, 'names'> | undefined;
  /** The veth pairs by the ids of their ends, in any order. */
  readonly pairs: readonly (readonly [string, string])[];
}

type Base = Pick<Place, 'status'>;
const same: Base = { status: 'same' };

function roleOf(
  link: SeenLink,
  place: string,
  routes: SeenSpace['routes'],
  marks: Marks,
): Device['role'] | undefined {
  if (place !== hostId) return link.kind === 'loopback' ? 'loopback' : 'end';
  if (marks.bridges.includes(link.name)) return 'bridge';
  if (link.master !== undefined && marks.bridges.includes(link.master)) return 'port';
  if (marks.uplinks.includes(link.name)) {
    // Behind a bridge of others, such as Docker's, is no way out, unless the default route says so.
    const isWayOut = routes.some(({ to, dev }) => to === 'default' && dev === link.name);
    return link.kind === 'bridge' && !isWayOut ? undefined : 'uplink';
  }
  const ours = marks.pairs.some(({ outer, inner }) => link.name === outer || link.name === inner);
  return ours ? 'loose' : undefined;
}

/** What of a place is drawn: all of a container; of the host, what has to do with the run. */
function devicesOf(place: string, { links, routes }: SeenSpace, marks: Marks): readonly Device[] {
  return links.flatMap((link): Device[] => {
    const role = roleOf(link, place, routes, marks);
    if (role === undefined) return [];
    const foreign =
      role === 'port' &&
      marks.pairs.every(({ outer, inner }) => ![outer, inner].includes(link.name));
    return [
      {
        id: deviceId(place, link.name),
        ...same,
        place,
        name: link.name,
        kind: link.kind,
        role,
        state: link.state,
        mac: link.mac,
        ...(link.master === undefined || role !== 'port'
          ? {}
          : { master: deviceId(place, link.master) }),
        ...(foreign ? { foreign } : {}),
      },
    ];
  });
}

/** Only addresses and routes of interfaces that are drawn. */
function addressesOf(
  { links }: SeenSpace,
  place: string,
  drawn: ReadonlySet<string>,
): readonly Address[] {
  return links.flatMap((link) => {
    const device = deviceId(place, link.name);
    if (!drawn.has(device)) return [];
    return link.addresses.map((address) => ({
      id: `${device}/address/${address}`,
      ...same,
      device,
      address,
    }));
  });
}

function routesOf(
  { routes }: SeenSpace,
  place: string,
  drawn: ReadonlySet<string>,
): readonly Route[] {
  return routes.flatMap(({ to, via, dev }) =>
    drawn.has(deviceId(place, dev))
      ? [{ id: `${place}/route/${to}/${dev}`, ...same, place, to, via, dev }]
      : [],
  );
}

/** The end that stays on the host comes first. */
function cableOf(pair: readonly [string, string], marks: Marks): Cable {
  const isOuter = (id: string) => marks.pairs.some(({ outer }) => id === deviceId(hostId, outer));
  const [one, other] = pair;
  const turned = isOuter(other) || (!isOuter(one) && !one.startsWith(`${hostId}/`));
  const ends: Cable['ends'] = turned ? [other, one] : [one, other];
  return { id: `cable/${ends[0]}`, ...same, ends };
}

function unique<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  return [...new Map([...all].reverse().map((one) => [one.id, one])).values()].reverse();
}

/** Makes the topology of what a plan or a snapshot knows. Pure. */
export function assemble(marks: Marks, seen: Seen, source: Source): Topology {
  const spaces = [
    ...seen.containers.map(({ name, space }) => [containerId(name), space] as const),
    [hostId, seen.host] as const,
  ];
  const devices = spaces.flatMap(([place, space]) => devicesOf(place, space, marks));
  const drawn = new Set(devices.map(({ id }) => id));
  const places: readonly Place[] = [
    ...seen.containers.map(({ name, pid }) => ({
      id: containerId(name),
      ...same,
      kind: 'container' as const,
      name,
      pid,
    })),
    { id: hostId, ...same, kind: 'host', name: 'host' },
    ...(seen.world === undefined
      ? []
      : [{ id: worldId, ...same, kind: 'world' as const, name: 'world', ...seen.world }]),
  ];
  return {
    version: 1,
    name: marks.name,
    source,
    places,
    devices,
    addresses: unique(spaces.flatMap(([place, space]) => addressesOf(space, place, drawn))),
    routes: unique(spaces.flatMap(([place, space]) => routesOf(space, place, drawn))),
    cables: unique(
      seen.pairs
        .filter(([one, other]) => drawn.has(one) && drawn.has(other))
        .map((pair) => cableOf(pair, marks)),
    ),
    // Inwards to outwards.
    forwarding: [...marks.bridges, ...marks.uplinks]
      .filter((dev) => seen.host.forwarding.includes(dev) && drawn.has(deviceId(hostId, dev)))
      .map(
        (dev): Forwarding => ({ id: `${hostId}/forwarding/${dev}`, ...same, place: hostId, dev }),
      ),
    rules: unique(
      seen.host.rules.map(
        (rule): Rule => ({
          ...same,
          // The policy is one object, whatever its value.
          id: [hostId, rule.what, rule.bridge ?? '', rule.what === 'policy' ? '' : rule.value].join(
            '/',
          ),
          place: hostId,
          ...rule,
        }),
      ),
    ),
  };
}
