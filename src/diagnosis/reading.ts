import type { HostView } from '../facts/index.ts';
import type { Place } from '../model/place.ts';
import type { AddressState, FdbState, NeighbourState } from '../snapshot/snapshot.ts';

/** What an interface shows beside its facts. */
export interface LinkStatus {
  readonly index: number;
  /** The operational state (RFC 2863). */
  readonly state: string;
  readonly carrier: boolean;
  /** The index of the other end of a veth pair, and the namespace id that the kernel gives for it (ip-netns(8)). */
  readonly peerIndex?: number;
  readonly peerNamespace?: number;
  readonly addresses: readonly AddressState[];
}

/** A socket that waits for packets or connections (ss(8)). */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0` for every address. */
  readonly address: string;
  readonly port: number;
}

/** One network namespace, as read. */
export interface NamespaceReading extends HostView {
  /** By interface. */
  readonly status: Readonly<Record<string, LinkStatus>>;
  readonly neighbours: readonly NeighbourState[];
  readonly fdb: readonly FdbState[];
  readonly listeners: readonly Listener[];
  /** Name servers of its resolv.conf(5); for a container its own file. */
  readonly resolvers: readonly string[];
  /** Entries and limit of connection tracking; absent where it is not loaded. */
  readonly conntrack?: { readonly count: number; readonly max: number };
  /** Counters of nstat(8) by name, and of interfaces as `eth0/rx_dropped`. */
  readonly counters: Readonly<Record<string, number>>;
}

/** All namespaces, at one moment. */
export type Reading = Readonly<Partial<Record<Place, NamespaceReading>>>;
