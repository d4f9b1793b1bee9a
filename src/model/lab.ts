/** A config with every `auto` decided: what the steps are made from. */
export interface Lab {
  readonly name: string;
  readonly networks: readonly LabNetwork[];
  readonly containers: readonly LabContainer[];
  /** The interfaces by which packets can leave the host. */
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
  /** Parts of the subnet that are reached by another interface of the host. */
  readonly elsewhere?: readonly string[];
}

export interface LabContainer {
  readonly name: string;
  readonly hostname: string;
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** What its user 0 is on the host, when it has a user namespace of its own, else null. */
  readonly firstUser: number | null;
  /** Bytes, and how many processes. */
  readonly limits: { readonly memory: number | null; readonly pids: number | null };
  readonly attachments: readonly Attachment[];
  readonly resolvers: readonly string[];
  readonly search: readonly string[];
  readonly resolverOptions: readonly string[];
  /** Lines of /etc/hosts beyond the container's own. */
  readonly hosts: readonly { readonly address: string; readonly names: readonly string[] }[];
}

/** One container's interface on one network, with the cable that leads to it. */
export interface Attachment {
  readonly container: string;
  readonly network: LabNetwork;
  /** Its name inside, as in eth0. */
  readonly device: string;
  readonly outer: string;
  readonly inner: string;
  readonly outerMac: string;
  readonly mac: string;
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly gateway: string | null;
}
