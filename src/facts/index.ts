import type { FilterFacts } from '../filter/chain.ts';
import type { PortProtocol } from '../model/ports.ts';
import type { cgroupMounts, Resource } from '../model/resource.ts';
import type { OwnTable } from './own-tables.ts';
import type { CapabilityName } from './privilege.ts';

/** A network interface of the host, from `ip -j -d addr show` (ip-address(8)). */
export interface LinkFact {
  readonly name: string;
  readonly kind: string;
  readonly group: number;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** ARP is off (netdevice(7), IFF_NOARP). */
  readonly noArp?: true;
  readonly master?: string;
  /** The lower interface of a VLAN, a macvlan or a tunnel. */
  readonly on?: string;
  /** The other end of a veth pair, while both are in this network namespace (veth(4)). */
  readonly otherEnd?: string;
  /** IPv4 addresses with prefix. */
  readonly addresses: readonly string[];
  /** IPv6 addresses with prefix: those of global scope that a person configured, not from SLAAC or DHCPv6. */
  readonly addresses6?: readonly string[];
  /** Those of a bridge that were set with `nodad` (ip-address(8)), as ctr does. */
  readonly nodad6?: readonly string[];
  readonly altnames: readonly string[];
  /** The settings of a bridge (ip-link(8), type bridge). */
  readonly bridge?: BridgeFact;
  /** The settings of a bridge port (bridge(8), `link`). */
  readonly port?: PortFact;
}

/** In the order of the kernel's numbers (if_bridge.h). */
export const stpModes = ['off', 'kernel', 'daemon'] as const;

export interface BridgeFact {
  /** Whether the kernel or a daemon (mstpd) runs the spanning tree protocol. */
  readonly stp: (typeof stpModes)[number];
  /** Seconds that a new port stays in the state listening, and then as long in learning. */
  readonly forwardDelay: number;
  /** The VLAN of a new port (vlan_default_pvid), 0 for none; absent if VLAN filtering is off. */
  readonly vlan?: number;
}

export interface PortFact {
  /** disabled, listening, learning, forwarding or blocking. */
  readonly state: string;
  /** The port exchanges no frames with other isolated ports. */
  readonly isolated: boolean;
  /** The port accepts frames only from MAC addresses in the forwarding database. */
  readonly locked: boolean;
  /** Both learning and flooding are off. */
  readonly blind?: true;
  /** A frame may leave by the port by which it came. */
  readonly hairpin?: true;
}

/** An IPv4 neighbour of the host (ip-neighbour(8)). */
export interface NeighbourFact {
  readonly address: string;
  readonly dev: string;
  readonly mac: string;
  /** REACHABLE, STALE, … (arp(7)). */
  readonly state: string;
}

/** A route, from `ip -j route show` (ip-route(8)). A route with several next hops becomes one entry for each. */
export interface RouteFact {
  /** `default`, an address or a subnet. */
  readonly to: string;
  /** Absent for a route without an interface, such as blackhole. */
  readonly dev?: string;
  readonly gateway?: string;
  /** Absent for `main`. */
  readonly table?: string;
  /** Absent for `unicast`. */
  readonly type?: RouteType;
  /** Of two routes to the same subnet, the kernel uses the one with the lower metric. Absent for 0. */
  readonly metric?: number;
  /** The interface has no carrier. */
  readonly down?: true;
  /** A further next hop of the previous entry. */
  readonly another?: true;
}

export const routeTypes = ['local', 'blackhole', 'unreachable', 'prohibit', 'throw'] as const;
type RouteType = (typeof routeTypes)[number];

/** Actions of policy rules other than looking up a table (ip-rule(8)). */
export const ruleActions = ['blackhole', 'unreachable', 'prohibit', 'nop', 'goto'] as const;

/** A policy rule: it selects the routing table for a packet (ip-rule(8)). */
export interface RuleFact {
  readonly priority: number;
  /** Absent for a rule that looks up a table. */
  readonly action?: (typeof ruleActions)[number];
  readonly table?: string;
  /** The priority that `goto` jumps to. */
  readonly target?: number;
  /** A subnet; absent for all addresses. */
  readonly from?: string;
  readonly to?: string;
  readonly iif?: string;
  /** Selects packets from sockets that are bound to this interface. */
  readonly oif?: string;
  readonly mark?: number;
  readonly mask?: number;
  /** The rule selects the packets that do not match. */
  readonly not?: true;
  /** Routes with a prefix of this length or shorter are ignored (suppress_prefixlength). */
  readonly suppress?: number;
  /** It also matches properties other than addresses and interfaces: a protocol, a port, a user… */
  readonly partly?: true;
}

/** A socket of the host that waits for packets (ss(8)). */
export interface ListenerFact {
  readonly protocol: PortProtocol;
  /** 0.0.0.0 for every address of IPv4, :: for every one of IPv6. */
  readonly address: string;
  readonly port: number;
  /** The program, if ctr may see it. */
  readonly by?: string;
}

export interface RootfsFact {
  readonly state: 'directory' | 'missing' | 'not-a-directory' | 'unreadable';
  /** The path with symbolic links resolved. */
  readonly realPath: string;
  /** Those of its mount points `proc`, `sys` and `dev` that are symbolic links or files. */
  readonly unsafe: readonly string[];
  /** It belongs to another user than the caller. */
  readonly foreign?: true;
  /** Its package manager, if ctr knows it. */
  readonly packageManager?: string;
  /** The results of looking up commands inside it. */
  readonly commands: Readonly<Record<string, 'found' | 'not-found' | 'not-executable'>>;
  /** The same for the working directories of commands. */
  readonly directories: Readonly<Record<string, 'found' | 'not-found'>>;
}

/** What the planner knows about the host. It is plain data, so a saved copy can be planned with on any machine. */
export interface Facts {
  readonly version: 1;
  readonly kernel: string;
  /** Effective user id. */
  readonly uid: number;
  /** The cgroup2 tree in which ctr can make cgroups, and the controllers that are enabled for children. */
  readonly cgroup: {
    readonly mount: (typeof cgroupMounts)[number];
    readonly controllers: readonly string[];
    /** The inode of this host's network namespace (namespaces(7)). */
    readonly netns: number;
  } | null;
  /** The number of user ids that are mapped here (user_namespaces(7)); 0 if user namespaces cannot be made. */
  readonly userIds: number;
  /** The capabilities(7) that a plan needs and this process lacks. */
  readonly missingCapabilities: readonly CapabilityName[];
  /** The value of TERM if the container gets a terminal, else null. */
  readonly terminal: string | null;
  /** The full path of each tool, or null if it is missing. */
  readonly tools: Readonly<Record<string, string | null>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly links: readonly LinkFact[];
  /** The routes of all tables, without those that the kernel adds for the host's own addresses. */
  readonly routes: readonly RouteFact[];
  /** Absent if there are only the three rules that every host has: local, main and default. */
  readonly rules?: readonly RuleFact[];
  /** Absent when there are none. */
  readonly neighbours?: readonly NeighbourFact[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly firewall: FilterFacts & {
    /** False if ctr could not read it, for example without root. */
    readonly readable: boolean;
    readonly forwardPolicy: 'ACCEPT' | 'DROP';
    /** Whether forwarded packets pass through Docker's chain for user rules (DOCKER-USER). */
    readonly dockerUser: boolean;
    /** Rules with ctr's mark, as iptables -S prints them. */
    readonly ours: readonly string[];
    /** The same in the other variant of iptables (legacy or nft), by its program. */
    readonly oursBeside: Readonly<Record<string, readonly string[]>>;
    /** Commands that would show more rules, but failed. */
    readonly unread: readonly string[];
  };
  /** Read only for a config that publishes ports. */
  readonly ports?: {
    /** Only those on ports that the config publishes. */
    readonly listeners: readonly ListenerFact[];
    /** Whether the kernel has SCTP. */
    readonly sctp: boolean;
  };
  /** Read only for a config that has IPv6. */
  readonly ipv6?: Ipv6Facts;
  /** The host's name servers, without loopback addresses such as the stub of systemd-resolved(8). */
  readonly resolvers: readonly string[];
  /** Directories that ctr can mount over while it builds a container's root. */
  readonly stagingDirectories: readonly string[];
  /** Files of /proc and /sys that exist here and that ctr hides from containers or makes read-only. */
  readonly kernelPaths: readonly string[];
  /** setpriv, chroot and env, with their loader and libraries, which `ctr exec` mounts read-only in the container. */
  readonly helper: readonly string[];
  readonly rootfs: Readonly<Record<string, RootfsFact>>;
  /** The names of the runs that are up. */
  readonly runs: readonly string[];
  /** Addresses that runs use, by bridge. */
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  /**
   * Names of interfaces that living runs hold. Absent in facts of a ctr that named interfaces by hashes only.
   */
  readonly reservedInterfaces?: readonly string[];
  /** Resources that runs share. The last of these runs removes them. */
  readonly shared: Readonly<Record<string, Resource>>;
}

/** What a plan with IPv6 needs to know about the host. */
export interface Ipv6Facts {
  /** Whether the kernel has IPv6 (/proc/sys/net/ipv6). */
  readonly present: boolean;
  /** Routes of the main table that lead out of the host (ip-route(8)). */
  readonly routes: readonly {
    readonly to: string;
    readonly dev?: string;
    readonly gateway?: string;
    /** It came by a router advertisement (RFC 4861). */
    readonly advertised?: true;
    readonly down?: true;
  }[];
  /** Rules of ip6tables(8) with ctr's mark. */
  readonly ours: readonly string[];
  /** ctr's tables of the family ip6 in nftables. Absent where there are none. */
  readonly tables?: readonly OwnTable[];
  /** Who has which address on bridges of the config that have ports of others. Absent when nobody is known. */
  readonly neighbours?: readonly {
    readonly address: string;
    readonly dev: string;
    readonly mac: string;
  }[];
}

/** The part of a host that routes and filters a lab's packets, either now or after the plan has run. */
export type HostView = Pick<Facts, 'links' | 'routes' | 'rules' | 'sysctls' | 'firewall' | 'ipv6'>;
