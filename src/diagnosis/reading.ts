import type { Connection } from '../facts/connections.ts';
import type { HostView } from '../facts/index.ts';
import type { Place } from '../model/place.ts';
import type { AddressState, FdbState, NeighbourState } from '../snapshot/snapshot.ts';

/** What an interface shows beside its facts. */
export interface LinkStatus {
  readonly index: number;
  /** The operational state (RFC 2863). */
  readonly state: string;
  readonly carrier: boolean;
  /** The index of the other end of a veth pair, or of the interface below a VLAN or a macvlan. */
  readonly peerIndex?: number;
  /** The id that the kernel gives to that one's namespace (ip-netns(8)); absent when it is this namespace. */
  readonly peerNamespace?: number;
  /** ARP is off (netdevice(7), IFF_NOARP); always so for `lo`. */
  readonly noArp?: true;
  /** It runs an XDP program, which may drop packets before anything here sees them. */
  readonly xdp?: true;
  readonly addresses: readonly AddressState[];
}

/** A socket that waits for packets or connections (proc_pid_net(5)). */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0` for every IPv4 address, `::` for every address unless the socket is for IPv6 only (ipv6(7)). */
  readonly address: string;
  readonly port: number;
}

/** A VLAN of a bridge port, or of the bridge itself (bridge(8), `vlan`). */
export interface VlanState {
  readonly dev: string;
  readonly first: number;
  readonly last: number;
  /** Frames that come in without a tag are put into it. */
  readonly pvid: boolean;
  /** Frames that go out lose their tag. */
  readonly untagged: boolean;
}

/** A queueing discipline that somebody has set up (tc(8)); it may delay or drop packets. */
export interface QueueState {
  readonly dev: string;
  readonly kind: string;
  /** Its options as `tc -j` prints them. */
  readonly options: string;
}

/** One network namespace, as read. */
export interface NamespaceReading extends HostView {
  /** By interface. */
  readonly status: Readonly<Record<string, LinkStatus>>;
  readonly neighbours: readonly NeighbourState[];
  readonly fdb: readonly FdbState[];
  readonly vlans: readonly VlanState[];
  readonly queues: readonly QueueState[];
  readonly listeners: readonly Listener[];
  /** Name servers of its resolv.conf(5), loopback stubs among them; for a container those of its own file. */
  readonly resolvers: readonly string[];
  /** Connection tracking; absent where it is not loaded. */
  readonly conntrack?: {
    readonly count: number;
    readonly max: number;
    /** At most `mostConnections`, without those of IPv6 and of loopback; null where nobody could list them. */
    readonly entries: readonly Connection[] | null;
  };
  /** Counters as nstat(8) names them (`IpInAddrErrors`), of interfaces (`eth0/rx_dropped`) and of `conntrack/drop`. */
  readonly counters: Readonly<Record<string, number>>;
  /** Tools that are missing or failed: what they would show is empty here. */
  readonly missing: readonly string[];
}

/** All namespaces, at one moment. */
export type Reading = Readonly<Partial<Record<Place, NamespaceReading>>>;
