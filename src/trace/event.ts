/** What one line of `nft monitor trace` says (nft(8)). */
export interface TraceEvent {
  /** The kernel's id of the packet; it changes when the packet is handed to another layer. */
  readonly id: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly what:
    | { readonly kind: 'packet'; readonly seen: Seen }
    | {
        readonly kind: 'rule';
        readonly text: string;
        readonly handle?: number;
        readonly verdict: string;
      }
    | { readonly kind: 'policy'; readonly verdict: string };
}

/** The header fields of a packet line, as far as nft printed them: at egress, nft 1.1 prints only the device. */
export interface Seen {
  readonly in?: string;
  readonly out?: string;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  readonly ip?: SeenIp;
  readonly arp?: SeenArp;
}

export interface SeenIp {
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly id: number;
  readonly length: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly flags?: string;
  readonly icmp?: {
    readonly type: number;
    readonly code: number;
    readonly id?: number;
    readonly sequence?: number;
    /** The IP identification of the packet that an error quotes. */
    readonly quotedId?: number;
  };
}

export interface SeenArp {
  readonly operation: 'request' | 'reply';
  readonly sender?: { readonly address: string; readonly mac: string };
  readonly target?: string;
}
