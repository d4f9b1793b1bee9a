/** What a comparison of two topologies says of an element; `same` where nothing was compared. */
export type Status = 'same' | 'new' | 'changed' | 'gone';

/** What every element of a topology has. */
interface Element {
  /** Made of names alone, so that the same object has the same id in every topology of a run. */
  readonly id: string;
  readonly status: Status;
  /** For a changed element: its earlier values, by field. */
  readonly was?: Readonly<Record<string, string>> | undefined;
}

/** The host, a container, or the world: what lies beyond the host's uplinks. */
export interface Place extends Element {
  readonly kind: 'host' | 'container' | 'world';
  readonly name: string;
  /** A container's first process, in the host's PID namespace; absent in a plan. */
  readonly pid?: number | undefined;
  /** In the world of a sandbox host: its names with their addresses. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/**
 * The state of an interface (RFC 2863). `no-carrier`: switched on, but nothing is plugged in. `lower-down`: switched on,
 * but the other end of the veth pair is not.
 */
export type DeviceState = 'up' | 'down' | 'no-carrier' | 'lower-down';

/** An interface. */
export interface Device extends Element {
  /** The id of its place. */
  readonly place: string;
  readonly name: string;
  /** As `ip -d link` calls it: bridge, veth, loopback, ether… */
  readonly kind: string;
  /** What it is for in the picture. `loose`: an end of a veth pair that is plugged in nowhere yet. */
  readonly role: 'loopback' | 'end' | 'port' | 'loose' | 'bridge' | 'uplink';
  readonly state: DeviceState;
  readonly mac: string;
  /** For a bridge's port: the id of the bridge. */
  readonly master?: string | undefined;
  /** Set where it belongs to no container of the run. */
  readonly foreign?: true | undefined;
}

/** An address of an interface, with its prefix. */
export interface Address extends Element {
  /** The id of its interface. */
  readonly device: string;
  readonly address: string;
}

/** A route of the main table (ip-route(8)). */
export interface Route extends Element {
  readonly place: string;
  /** `default`, an address or a subnet. */
  readonly to: string;
  /** Absent for a directly connected subnet. */
  readonly via?: string | undefined;
  /** The name of the interface. */
  readonly dev: string;
}

/** A veth pair: two interfaces, each of which gets what the other one sends (veth(4)). */
export interface Cable extends Element {
  /** The ids of its ends. The first one stays on the host. */
  readonly ends: readonly [outer: string, inner: string];
}

/** An interface whose packets the kernel passes on to other interfaces (kernel: networking/ip-sysctl, forwarding). */
export interface Forwarding extends Element {
  readonly place: string;
  readonly dev: string;
}

/** What the host's packet filter says about packets that are passed on. */
export interface Rule extends Element {
  readonly place: string;
  /**
   * policy: what happens to packets that no rule is about. between, outward, answers: they may pass from the bridge to
   * itself, from it to elsewhere, and as answers back to it. masquerade: packets from the subnet get the host's address
   * as their source. nat: another rule that changes addresses.
   */
  readonly what: 'policy' | 'between' | 'outward' | 'answers' | 'masquerade' | 'nat';
  /** For `policy`, ACCEPT or DROP; for `masquerade`, the subnet; for `nat`, the rule as it is printed. */
  readonly value: string;
  /** The name of the bridge. */
  readonly bridge?: string | undefined;
}

/** Where the facts of a topology are from. */
export interface Source {
  readonly from: 'plan' | 'kernel' | 'recording';
  /** When the kernel was read: ISO 8601. */
  readonly at?: string | undefined;
  /** A step of a recording. */
  readonly step?: number | undefined;
}

/** Namespaces, interfaces and what connects them, as data. All pictures are made from it. */
export interface Topology {
  readonly version: 1;
  /** The name of the run. */
  readonly name: string;
  readonly source: Source;
  /** The containers in the order of the config, the host, the world. */
  readonly places: readonly Place[];
  readonly devices: readonly Device[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  readonly cables: readonly Cable[];
  readonly forwarding: readonly Forwarding[];
  readonly rules: readonly Rule[];
}

export const hostId = 'host';
export const worldId = 'world';

/** Apart from the host and the world, which a container may be called, too. */
export function containerId(name: string): string {
  return `container/${name}`;
}

export function deviceId(place: string, name: string): string {
  return `${place}/${name}`;
}
