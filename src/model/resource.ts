import type { PortProtocol } from './ports.ts';

/** Marks a rule about IPv6, for ip6tables(8) or in a table ip6 of nft(8); without it, a rule is about IPv4. */
type Family6 = 'ipv6' | undefined;

/** The firewall rules that ctr adds, as values; `ruleSpec` converts them to the arguments of iptables(8). */
export type Rule =
  | {
      readonly rule: 'masquerade';
      readonly subnet: string;
      readonly bridge: string;
      /** Destinations that see the containers' own addresses. */
      readonly except?: string | undefined;
      readonly family?: Family6;
    }
  | {
      readonly rule: 'between' | 'outward' | 'answers';
      readonly chain: 'FORWARD' | 'DOCKER-USER';
      readonly bridge: string;
      readonly family?: Family6;
    }
  | PortRule
  /** Drops what arrives by a bridge for a loopback address: `route_localnet` would let it in. */
  | { readonly rule: 'guard-loopback'; readonly bridge: string };

/** The rules of published ports. They belong to one run, and their comment names it. */
export type PortRule =
  /** Sends packets for a port of the host to the container. */
  | {
      readonly rule: 'publish';
      readonly chain: 'PREROUTING' | 'OUTPUT';
      readonly bridge: string;
      readonly run: string;
      readonly family?: Family6;
      readonly protocol: PortProtocol;
      /** The host's address; absent for all of them, but `::1`. */
      readonly address?: string | undefined;
      /** A port of the host, or a range as `8000:8010`. */
      readonly ports: string;
      /** The container's address, and its port where that is another one. */
      readonly to: string;
    }
  /** Lets the packets that were sent to the container pass. */
  | {
      readonly rule: 'admit';
      readonly chain: 'FORWARD' | 'DOCKER-USER';
      readonly bridge: string;
      readonly run: string;
      readonly family?: Family6;
      readonly protocol: PortProtocol;
      readonly address: string;
      /** The container's ports. */
      readonly ports: string;
    }
  /** Replaces source addresses to which the container would not reply by way of the host. */
  | {
      readonly rule: 'hairpin';
      readonly bridge: string;
      readonly run: string;
      readonly family?: Family6;
      readonly address: string;
      /** A subnet; absent for every sender. */
      readonly source?: string | undefined;
    };

interface Shared {
  /** The name by which several runs share the resource: the last run that uses it removes it. */
  readonly shared?: string | undefined;
}

/** Where a resource is. */
interface Placed {
  /** The container in whose namespaces the resource is; absent on the host. */
  readonly container?: string | undefined;
}

/** A network interface (ip-link(8)). For a veth pair, this is the host's end; the other end is a `peer`. */
export interface Link extends Shared {
  readonly kind: 'link';
  readonly name: string;
  /** The link group that marks it as ctr's. */
  readonly group: number;
  /** For a bridge: the address with prefix, and the MAC that ctr assigned. */
  readonly address?: string | undefined;
  readonly address6?: string | undefined;
  readonly mac?: string | undefined;
}

/** The other end of a veth pair (veth(4)). */
export interface Peer extends Placed {
  readonly kind: 'peer';
  readonly name: string;
  /** The host's end. */
  readonly of: string;
  /** A later step moves this end into the container, under another name. */
  readonly moves?: true | undefined;
}

/** A property of an interface (ip-link(8)). */
export interface LinkSetting extends Placed {
  readonly kind: 'link-setting';
  readonly link: string;
  readonly setting: 'up' | 'mac' | 'master' | 'altname' | 'hairpin';
  /** Empty for `up`. */
  readonly value: string;
}

/** Previous settings of an existing bridge without ports. The kernel changes them when a port leaves the bridge. */
export interface BridgeSettings extends Shared {
  readonly kind: 'bridge-settings';
  readonly link: string;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
}

/** An IPv4 or IPv6 address of an interface, with its prefix (ip-address(8)). */
export interface Address extends Placed {
  readonly kind: 'address';
  readonly link: string;
  readonly address: string;
}

/** A route of the main table (ip-route(8)). Its family is that of its addresses. */
export interface Route extends Placed {
  readonly kind: 'route';
  /** `default`, or a prefix. */
  readonly to: string;
  readonly dev: string;
  /** Absent for a directly connected subnet. */
  readonly via?: string | undefined;
}

/** A value below /proc/sys (sysctl(8)). */
export interface Sysctl extends Shared {
  readonly kind: 'sysctl';
  /** With slashes, since interface names may contain dots. */
  readonly key: string;
  readonly value: string;
  /** The value before ctr changed it. */
  readonly before: string;
  /** Keys that were 0 and whose change to 1 sets this key as well. */
  readonly unless?: readonly string[] | undefined;
}

export interface FirewallRule extends Shared {
  readonly kind: 'firewall-rule';
  readonly rule: Rule;
}

/** A table of nft(8) that is ctr's alone: its chains and rules go with it. */
export interface NftTable extends Shared {
  readonly kind: 'nft-table';
  /** Absent for the family ip. */
  readonly family?: 'ip6' | undefined;
  readonly table: string;
  readonly bridge: string;
  /** The run whose ports it publishes; absent for the table of a network. */
  readonly run?: string | undefined;
}

/** A rule in such a table; the family of the table is that of the rule. */
export interface NftRule {
  readonly kind: 'nft-rule';
  readonly table: string;
  readonly rule: Rule;
}

/**
 * The connections that conntrack(8) knows to a published address. They outlive the rule that made them, and would take
 * packets to whoever has the address next.
 */
export interface Connections {
  readonly kind: 'connections';
  readonly address: string;
}

/** Where distributions mount cgroup2: alone, or beside cgroup v1 (systemd(1), "hybrid"). */
export const cgroupMounts = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] as const;

/** A control group of one container (cgroups(7)). */
export interface Cgroup {
  readonly kind: 'cgroup';
  /** The mount point of cgroup2. */
  readonly mount: (typeof cgroupMounts)[number];
  readonly cgroup: string;
}

/** A container's first process; its namespaces end with it (namespaces(7)). */
export interface FirstProcess {
  readonly kind: 'process';
  readonly container: string;
}

/** A mount in a container's mount namespace (mount_namespaces(7)). */
export interface Mount {
  readonly kind: 'mount';
  readonly container: string;
  readonly path: string;
}

/** A file that ctr writes: in a container's namespaces, or a setting of its cgroup or user namespace. */
export interface WrittenFile extends Placed {
  readonly kind: 'file';
  readonly path: string;
}

/** A host name (uts_namespaces(7)). */
export interface Hostname {
  readonly kind: 'hostname';
  readonly container: string;
  readonly hostname: string;
}

/** The config's command, which replaces the waiting shell (execve(2)). */
export interface Program {
  readonly kind: 'program';
  readonly container: string;
  readonly program: string;
}

/**
 * What a command makes, as data. Everything that ctr knows about a kind (whether it exists and is ctr's, how to remove
 * it, what to call it) is in one file of src/resources/. ctr never executes a stored resource as text, but rebuilds
 * commands from its values (docs/decisions/0004).
 */
export type Resource =
  | Link
  | Peer
  | LinkSetting
  | BridgeSettings
  | Address
  | Route
  | Sysctl
  | FirewallRule
  | NftTable
  | NftRule
  | Connections
  | Cgroup
  | FirstProcess
  | Mount
  | WrittenFile
  | Hostname
  | Program;

export type Kind = Resource['kind'];
export type ResourceOf<K extends Kind> = Extract<Resource, { kind: K }>;

export function isKind<K extends Kind>(kind: K) {
  return (resource: Resource): resource is ResourceOf<K> => resource.kind === kind;
}

/** The name by which runs share a resource; undefined when it belongs to one run. */
export function sharedAs(resource: Resource): string | undefined {
  return 'shared' in resource ? resource.shared : undefined;
}
