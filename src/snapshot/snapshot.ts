import type { LinkFact } from '../facts/index.ts';

/** An address of an interface (ip-address(8)). */
export interface AddressState {
  /** With prefix, IPv4 or IPv6. */
  readonly address: string;
  readonly scope: string;
  /** Duplicate address detection has not ended (RFC 4862, 5.4). */
  readonly tentative?: true;
}

/** An interface, as `ip -d -j address show` describes it. */
export interface LinkState
  extends Omit<LinkFact, 'addresses' | 'addresses6' | 'nodad6' | 'otherEnd'> {
  readonly index: number;
  /** The operational state (RFC 2863): UP, DOWN, LOWERLAYERDOWN, UNKNOWN… */
  readonly state: string;
  readonly carrier: boolean;
  /** The other end of a veth pair in the same namespace, or its index in another one. */
  readonly peer?: string | number;
  readonly addresses: readonly AddressState[];
}

/** A route of any table (ip-route(8)). */
export interface RouteState {
  /** `default`, an address or a prefix. */
  readonly to: string;
  readonly table: string;
  readonly type: string;
  readonly dev?: string;
  readonly via?: string;
  readonly metric?: number;
  /** Who made it: kernel, boot, static, … */
  readonly protocol: string;
  readonly linkdown?: true;
}

export interface NeighbourState {
  readonly address: string;
  readonly dev: string;
  readonly mac?: string;
  /** REACHABLE, STALE, DELAY, PROBE, FAILED, PERMANENT… (arp(7)) */
  readonly state: string;
}

/** A MAC that a bridge has learnt or was told (bridge(8), fdb). */
export interface FdbState {
  readonly mac: string;
  readonly dev: string;
  readonly master?: string;
  /** `permanent` for one that was not learnt. */
  readonly state: string;
}

/** A chain's policy, or one of its rules in order. */
export interface FirewallState {
  readonly tool: 'iptables' | 'ip6tables' | 'nft';
  readonly table: string;
  readonly chain: string;
  /** As iptables-save(8) or nft(8) prints it, without counters; `policy DROP` for a policy. */
  readonly text: string;
}

/** What a network namespace holds. */
export interface NetworkState {
  readonly links: readonly LinkState[];
  readonly routes: readonly RouteState[];
  /** Policy rules, as `ip rule` prints them. */
  readonly rules: readonly string[];
  readonly neighbours: readonly NeighbourState[];
  readonly fdb: readonly FdbState[];
  readonly firewall: readonly FirewallState[];
  /** Values below /proc/sys/net that routing and forwarding depend on, by key with slashes. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** A mount point as the process sees it (proc_pid_mountinfo(5)). */
export interface MountState {
  readonly path: string;
  readonly type: string;
  /** `major:minor` of its file system. */
  readonly device: string;
}

/** A container's first process and what only its namespaces show. */
export interface ProcessState {
  /** In the host's PID namespace. */
  readonly pid: number;
  /** Clock ticks after boot (proc_pid_stat(5)). */
  readonly start: string;
  readonly command: readonly string[];
  readonly hostname: string;
  /** In the order of mountinfo. */
  readonly mounts: readonly MountState[];
}

export interface ContainerState extends NetworkState {
  readonly process: ProcessState;
}

/** The state of every namespace of a run at one moment. Environment and file contents are never in it. */
export interface Snapshot {
  readonly version: 1;
  readonly host: NetworkState;
  /** By container; those that run. */
  readonly containers: Readonly<Record<string, ContainerState>>;
  /** The world beside a sandbox host. */
  readonly world?: NetworkState;
}
