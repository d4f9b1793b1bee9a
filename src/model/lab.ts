import type { PublishedPort } from './ports.ts';

/** A config with every `auto` resolved: the input of the steps. */
export interface Lab {
  readonly name: string;
  readonly networks: readonly LabNetwork[];
  readonly containers: readonly LabContainer[];
  /** The host's interfaces to the outside. */
  readonly uplinks: readonly string[];
}

export interface LabNetwork {
  readonly name: string;
  readonly bridge: string;
  readonly mac: string;
  readonly subnet: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly mtu: number;
  readonly masquerade: boolean;
  /** Destinations to which packets keep the containers' addresses. */
  readonly masqueradeExcept?: string;
  /** What holds the rules; absent for iptables(8). */
  readonly firewall?: 'nftables';
  /**
   * Networks of other subnets may be on the bridge as well: somebody else made it, or the first of its addresses is in
   * another subnet.
   */
  readonly besideOthers?: true;
  /** Parts of the subnet that another interface of the host routes to. */
  readonly elsewhere?: readonly string[];
  /** The IPv6 subnet beside the IPv4 one. Absent without. */
  readonly ipv6?: LabNetwork6;
}

/** The IPv6 part of a network with two address families (RFC 4213, "dual stack"). */
export interface LabNetwork6 {
  readonly subnet: string;
  readonly prefix: number;
  /** The bridge's own address. */
  readonly gateway: string;
  /** Whether packets leave with the host's address (RFC 4864 calls this NAT66); otherwise the host routes them. */
  readonly masquerade: boolean;
}

export interface LabContainer {
  readonly name: string;
  readonly hostname: string;
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** The host's uid for the container's uid 0, if the container has a user namespace; otherwise null. */
  readonly firstUser: number | null;
  /** Memory in bytes, and the number of processes. */
  readonly limits: { readonly memory: number | null; readonly pids: number | null };
  readonly attachments: readonly Attachment[];
  readonly resolvers: readonly string[];
  readonly search: readonly string[];
  readonly resolverOptions: readonly string[];
  /** Lines of /etc/hosts besides the container's own. */
  readonly hosts: readonly { readonly address: string; readonly names: readonly string[] }[];
}

/** A container's interface on one network, with its veth pair. */
export interface Attachment {
  readonly container: string;
  readonly network: LabNetwork;
  /** The interface's name inside, such as eth0. */
  readonly device: string;
  readonly outer: string;
  readonly inner: string;
  readonly outerMac: string;
  readonly mac: string;
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly gateway: string | null;
  /** The IPv6 address, and the next hop of the IPv6 default route. Absent on a network without IPv6. */
  readonly ipv6?: { readonly address: string; readonly gateway: string | null };
  /** Ports of the host that lead here. Absent without any. */
  readonly ports?: readonly PublishedPort[];
}
