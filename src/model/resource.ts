/** The firewall rules that ctr adds. A rule is stored as its values; `ruleSpec` writes it as iptables(8) wants it. */
export type Rule =
  | { readonly rule: 'masquerade'; readonly subnet: string; readonly bridge: string }
  | {
      readonly rule: 'between' | 'outward' | 'answers';
      readonly chain: 'FORWARD' | 'DOCKER-USER';
      readonly bridge: string;
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

/** A network interface (ip-link(8)). A veth pair is the host's end here, and its other end a `peer`. */
export interface Link extends Shared {
  readonly kind: 'link';
  readonly name: string;
  /** The link group that marks it as ours. */
  readonly group: number;
  /** Of a bridge: the address, with its prefix, and the MAC that ctr gave it. */
  readonly address?: string | undefined;
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
  readonly setting: 'up' | 'mac' | 'master' | 'altname';
  /** Empty for `up`. */
  readonly value: string;
}

/** What an existing bridge without ports was like: the kernel changes such a bridge when a port leaves it. */
export interface BridgeSettings extends Shared {
  readonly kind: 'bridge-settings';
  readonly link: string;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
}

/** An IPv4 address of an interface, with its prefix (ip-address(8)). */
export interface Address extends Placed {
  readonly kind: 'address';
  readonly link: string;
  readonly address: string;
}

/** An IPv4 route of the main table (ip-route(8)). */
export interface Route extends Placed {
  readonly kind: 'route';
  /** `default`, or a prefix. */
  readonly to: string;
  readonly dev: string;
  /** Absent for a subnet that is directly connected. */
  readonly via?: string | undefined;
}

/** A value below /proc/sys (sysctl(8)). */
export interface Sysctl extends Shared {
  readonly kind: 'sysctl';
  /** With slashes: an interface name may hold a dot. */
  readonly key: string;
  readonly value: string;
  /** The value before ctr changed it. */
  readonly before: string;
  /** Keys that were 0, and that set this value too when somebody writes 1 to them. */
  readonly unless?: readonly string[] | undefined;
}

export interface FirewallRule extends Shared {
  readonly kind: 'firewall-rule';
  readonly rule: Rule;
}

/** Where a distribution mounts cgroup2: alone, or beside the first version (systemd(1), "hybrid"). */
export const cgroupMounts = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] as const;

/** A control group of one container (cgroups(7)). */
export interface Cgroup {
  readonly kind: 'cgroup';
  /** Where cgroup2 is mounted. */
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

/** A file that ctr writes: in a container's namespaces, or a setting of its cgroup or its users. */
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

/** The command of the config, in place of the shell that waited (execve(2)). */
export interface Program {
  readonly kind: 'program';
  readonly container: string;
  readonly program: string;
}

/**
 * What a command makes, as data. A step is what ctr does; a resource is what there is afterwards. What is known of
 * a kind (how to tell that it is there and ours, how it is removed, what it is called) stands in one file of
 * src/resources/. A stored resource is never run as text: commands are built again from its values
 * (docs/decisions/0004).
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
