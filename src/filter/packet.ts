/** Whether a match applies; undefined when unknown. */
export type Truth = boolean | undefined;

export function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

export function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

export function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

/** A packet as a filter sees it at one hook. A field is undefined when unknown, and null when the packet lacks it. */
export interface Packet {
  readonly protocol: 'icmp' | 'tcp' | 'udp' | 'arp' | undefined;
  readonly in: string | null | undefined;
  readonly out: string | null | undefined;
  /** The bridge of a frame in the bridge family; null for a packet in the IP families. */
  readonly bridge: string | null;
  /** IPv4 addresses as numbers. */
  readonly source: number | undefined;
  readonly destination: number | undefined;
  readonly sourcePort: number | null | undefined;
  readonly destinationPort: number | null | undefined;
  readonly icmpType: 'echo-request' | 'echo-reply' | null;
  /** The state in conntrack at this hook. */
  readonly state: 'new' | 'established' | undefined;
  readonly direction: 'original' | 'reply';
  /** Conntrack has replaced its destination (the state DNAT). */
  readonly redirected?: true;
  /** The sender's MAC address; null for an unknown neighbour of the host. */
  readonly mac: string | null;
  /** Whether the source is an address of this host. */
  readonly fromHost: boolean;
  /** Whether the destination is an address of this host. */
  readonly toHost: boolean;
  /** Undefined if a rule may have set it. */
  mark: number | undefined;
}
