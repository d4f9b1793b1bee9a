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
  /** The bridge that it stays in. */
  readonly bridge: string | null;
  /** As numbers. */
  readonly source: number | undefined;
  readonly destination: number | undefined;
  readonly sourcePort: number | null | undefined;
  readonly destinationPort: number | null | undefined;
  readonly icmpType: 'echo-request' | 'echo-reply' | null;
  /** As conntrack sees it, at this hook. */
  readonly state: 'new' | 'established' | undefined;
  readonly direction: 'original' | 'reply';
  /** The MAC address of who sent the frame; null for a neighbour of the host, whoever that is. */
  readonly mac: string | null;
  /** Whether its source is an address of this host. */
  readonly fromHost: boolean;
  /** Whether its destination is an address of this host. */
  readonly toHost: boolean;
  /** Undefined once a rule may have set it. */
  mark: number | undefined;
}
