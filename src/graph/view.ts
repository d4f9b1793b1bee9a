import {
  type Address,
  type Cable,
  type Device,
  hostId,
  type Place,
  type Route,
  type Status,
  type Topology,
} from './topology.ts';

/** An interface with what is attached to it. */
export interface DeviceView {
  readonly device: Device;
  readonly addresses: readonly Address[];
  /** For an end of a veth pair: the pair, the other end, and the place where that end is. */
  readonly cable?: Cable | undefined;
  readonly peer?: Device | undefined;
  readonly peerPlace?: Place | undefined;
}

export interface ContainerView {
  readonly place: Place;
  readonly loopback?: DeviceView | undefined;
  readonly ends: readonly DeviceView[];
  readonly routes: readonly Route[];
}

export interface BridgeView extends DeviceView {
  /** Without those of others. */
  readonly ports: readonly DeviceView[];
  readonly foreign: readonly DeviceView[];
}

/** A topology in the order in which it is drawn and told: containers, the host's bridges and uplinks, the world. */
export interface View {
  readonly containers: readonly ContainerView[];
  readonly host?: Place | undefined;
  readonly bridges: readonly BridgeView[];
  /** Ends of veth pairs on the host that are plugged into no bridge. */
  readonly loose: readonly DeviceView[];
  readonly uplinks: readonly DeviceView[];
  readonly hostRoutes: readonly Route[];
  readonly world?: Place | undefined;
}

function grouped<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}

export function viewOf(topology: Topology): View {
  const { places, devices, cables } = topology;
  const addresses = grouped(topology.addresses, (one) => one.device);
  const routes = grouped(topology.routes, (one) => one.place);
  const byPlace = grouped(devices, (one) => one.place);
  const device = new Map(devices.map((one) => [one.id, one]));
  const place = new Map(places.map((one) => [one.id, one]));
  const cable = new Map(cables.flatMap((one) => one.ends.map((end) => [end, one] as const)));
  const view = (one: Device): DeviceView => {
    const own = cable.get(one.id);
    const peer = device.get(own?.ends.find((end) => end !== one.id) ?? '');
    return {
      device: one,
      addresses: addresses.get(one.id) ?? [],
      cable: own,
      peer,
      peerPlace: place.get(peer?.place ?? ''),
    };
  };
  const of = (at: string, ...roles: readonly Device['role'][]) =>
    (byPlace.get(at) ?? []).filter(({ role }) => roles.includes(role)).map(view);
  const ports = of(hostId, 'port');
  return {
    containers: places
      .filter(({ kind }) => kind === 'container')
      .map((one) => ({
        place: one,
        loopback: of(one.id, 'loopback')[0],
        ends: of(one.id, 'end'),
        routes: routes.get(one.id) ?? [],
      })),
    host: place.get(hostId),
    bridges: of(hostId, 'bridge').map((one) => {
      const plugged = ports.filter((port) => port.device.master === one.device.id);
      return {
        ...one,
        ports: plugged.filter((port) => port.device.foreign === undefined),
        foreign: plugged.filter((port) => port.device.foreign === true),
      };
    }),
    loose: of(hostId, 'loose'),
    uplinks: of(hostId, 'uplink'),
    hostRoutes: routes.get(hostId) ?? [],
    world: places.find(({ kind }) => kind === 'world'),
  };
}

const ranks: readonly Status[] = ['same', 'changed', 'new', 'gone'];

/** The one status of a line that tells of several elements: that of all if they agree, otherwise `changed`. */
export function togetherStatus(all: readonly (Status | undefined)[]): Status {
  const known = [...new Set(all.filter((one) => one !== undefined))];
  if (known.length === 1) return known[0] ?? 'same';
  return known.some((one) => one !== 'same') ? 'changed' : 'same';
}

/** Whether this topology is the outcome of a comparison that found a difference. */
export function isCompared({
  places,
  devices,
  addresses,
  routes,
  cables,
  forwarding,
  rules,
}: Topology): boolean {
  return [places, devices, addresses, routes, cables, forwarding, rules].some((list) =>
    list.some(({ status }) => ranks.indexOf(status) > 0),
  );
}

/** What a line from an element has become: it is there as before if the element has only changed. */
export function lineStatus(status: Status): Status {
  return status === 'changed' ? 'same' : status;
}

/** What a line between a port and its bridge has become. */
export function plugStatus({ status, was }: Device): Status {
  return status === 'changed' && was?.master === '' ? 'new' : lineStatus(status);
}

/** The addresses of the world that have names, each with its names. */
export function namedAddresses(
  world: Place | undefined,
): readonly (readonly [string, readonly string[]])[] {
  const names = Object.entries(world?.names ?? {});
  return [...grouped(names, ([, address]) => address)].map(([address, own]) => [
    address,
    own.map(([name]) => name),
  ]);
}
