import type { FilterFacts } from '../filter/chain.ts';
import type { cgroupMounts, Resource } from '../model/resource.ts';
import type { CapabilityName } from './privilege.ts';

/** A network interface of the host, as `ip -j addr show` tells it; its kind as `-d` does. */
export interface LinkFact {
  readonly name: string;
  readonly kind: string;
  readonly group: number;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** It neither asks nor answers who has an address (netdevice(7), IFF_NOARP). */
  readonly noArp?: true;
  readonly master?: string;
  /** The interface that this one is stacked on: a VLAN's, a macvlan's, a tunnel's. */
  readonly on?: string;
  /** The other end of a veth pair, while both are in this network namespace (veth(4)). */
  readonly otherEnd?: string;
  /** IPv4 with prefix. */
  readonly addresses: readonly string[];
  /** IPv6 with prefix, as far as somebody has set it by hand and it reaches beyond the link. */
  readonly addresses6?: readonly string[];
  readonly altnames: readonly string[];
  /** Of a bridge (ip-link(8), type bridge). */
  readonly bridge?: BridgeFact;
  /** Of a bridge's port (bridge(8), `link`). */
  readonly port?: PortFact;
}

export interface BridgeFact {
  /** Who runs the spanning tree protocol: the kernel, a daemon (mstpd), or nobody. */
  readonly stp: 'off' | 'kernel' | 'daemon';
  /** Seconds that a new port listens, and then learns as long. */
  readonly forwardDelay: number;
  /** The VLAN that a new port is put in, 0 for none; absent when VLANs are not filtered. */
  readonly vlan?: number;
}

export interface PortFact {
  /** disabled, listening, learning, forwarding or blocking. */
  readonly state: string;
  /** Exchanges no frames with other ports that are isolated. */
  readonly isolated: boolean;
  /** Takes no frames of a sender that the bridge does not know. */
  readonly locked: boolean;
  /** Neither learns who is behind it nor gets frames for those that nobody has learnt. */
  readonly blind?: true;
}

/** Somebody that the host knows on a link (ip-neighbour(8)), IPv4. */
export interface NeighbourFact {
  readonly address: string;
  readonly dev: string;
  readonly mac: string;
  /** REACHABLE, STALE, … (arp(7)). */
  readonly state: string;
}

/** A route, as `ip -j route show` tells it (ip-route(8)); one with several next hops is as many of these. */
export interface RouteFact {
  /** `default`, an address or a subnet. */
  readonly to: string;
  /** Absent where the route leads nowhere. */
  readonly dev?: string;
  readonly gateway?: string;
  /** Absent for `main`. */
  readonly table?: string;
  /** Absent for `unicast`. */
  readonly type?: RouteType;
  /** Of two routes to the same subnet, the lower one counts. Absent for 0. */
  readonly metric?: number;
  /** The interface has no carrier. */
  readonly down?: true;
  /** Another next hop of the route before it. */
  readonly another?: true;
}

export const routeTypes = ['local', 'blackhole', 'unreachable', 'prohibit', 'throw'] as const;
type RouteType = (typeof routeTypes)[number];

/** What a policy rule does beside looking into a table (ip-rule(8)). */
export const ruleActions = ['blackhole', 'unreachable', 'prohibit', 'nop', 'goto'] as const;

/** A policy rule: which packets are routed by which table (ip-rule(8)). */
export interface RuleFact {
  readonly priority: number;
  /** Absent when the rule looks into a table. */
  readonly action?: (typeof ruleActions)[number];
  readonly table?: string;
  /** Where `goto` leads. */
  readonly target?: number;
  /** Subnets; absent for all. */
  readonly from?: string;
  readonly to?: string;
  readonly iif?: string;
  /** It is about packets that a socket bound to an interface sends. */
  readonly oif?: string;
  readonly mark?: number;
  readonly mask?: number;
  /** The rule is about all packets but these. */
  readonly not?: true;
  /** The longest prefix that does not count as a route. */
  readonly suppress?: number;
  /** It asks for more than addresses and interfaces tell: a protocol, a port, a user… */
  readonly partly?: true;
}

export interface RootfsFact {
  readonly state: 'directory' | 'missing' | 'not-a-directory' | 'unreadable';
  /** Where links in its path lead. */
  readonly realPath: string;
  /** Mount points inside it that are links or files: `proc`, `dev`… */
  readonly unsafe: readonly string[];
  /** Set where it belongs to another user than the one who asks. */
  readonly foreign?: true;
  /** Its program that installs software from the internet, if it has one that is known. */
  readonly packageManager?: string;
  /** Commands looked up inside it, without leaving it. */
  readonly commands: Readonly<Record<string, 'found' | 'not-found' | 'not-executable'>>;
  /** Directories that commands are to start in, looked up in the same way. */
  readonly directories: Readonly<Record<string, 'found' | 'not-found'>>;
}

/** What planning knows of the host. Plain data: it can be saved, mailed and planned with anywhere. */
export interface Facts {
  readonly version: 1;
  readonly kernel: string;
  /** Effective user id. */
  readonly uid: number;
  /** The cgroup2 tree in which one may be made, and the controllers it hands on. */
  readonly cgroup: {
    readonly mount: (typeof cgroupMounts)[number];
    readonly controllers: readonly string[];
    /** The inode of this host's network namespace (namespaces(7)). */
    readonly netns: number;
  } | null;
  /** How many user ids this host has (user_namespaces(7)); 0 when it makes no user namespaces. */
  readonly userIds: number;
  /** What this process may not do of what a plan does, as capabilities(7) calls it. */
  readonly missingCapabilities: readonly CapabilityName[];
  /** The value of TERM when a terminal is to be handed to the container, else null. */
  readonly terminal: string | null;
  /** Full path of each tool, or null. */
  readonly tools: Readonly<Record<string, string | null>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly links: readonly LinkFact[];
  /** Of all tables; what the kernel makes of the host's own addresses is left out. */
  readonly routes: readonly RouteFact[];
  /** Absent when there are just the three that every host has: local, main, default. */
  readonly rules?: readonly RuleFact[];
  /** Absent when there are none. */
  readonly neighbours?: readonly NeighbourFact[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly firewall: FilterFacts & {
    /** False when it could not be read (no root). */
    readonly readable: boolean;
    readonly forwardPolicy: 'ACCEPT' | 'DROP';
    /** Whether what is passed on comes through Docker's chain for the user's own rules. */
    readonly dockerUser: boolean;
    /** Rules that carry our mark, as iptables -S prints them. */
    readonly ours: readonly string[];
    /** The same in the other flavour of iptables (legacy beside nft), with its program. */
    readonly oursBeside: Readonly<Record<string, readonly string[]>>;
    /** Commands that would tell more, and do not work. */
    readonly unread: readonly string[];
  };
  /** The host's resolvers that are not a loopback stub (RFC 1035 port 53). */
  readonly resolvers: readonly string[];
  /** Directories over which a container's root can be staged. */
  readonly stagingDirectories: readonly string[];
  /** Which of the kernel's own files there are to be closed. */
  readonly kernelPaths: readonly string[];
  /** setpriv, chroot and env, with their loader and libraries: what `ctr exec` lends the container, read-only. */
  readonly helper: readonly string[];
  readonly rootfs: Readonly<Record<string, RootfsFact>>;
  /** Names of runs that are alive. */
  readonly runs: readonly string[];
  /** Addresses that living runs hold, by bridge. */
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  /**
   * Names of interfaces that living runs hold. Absent in facts of a ctr that named interfaces by hashes only.
   */
  readonly reservedInterfaces?: readonly string[];
  /** What living runs share, with the undo that the last of them will run. */
  readonly shared: Readonly<Record<string, Resource>>;
}

/** What decides over a lab's packets on a host: as it is now, or as the plan will leave it. */
export type HostView = Pick<Facts, 'links' | 'routes' | 'rules' | 'sysctls' | 'firewall'>;
