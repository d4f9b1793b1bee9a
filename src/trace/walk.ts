import type { Place } from '../model/place.ts';

/** The packet that `ctr trace` sends. */
export interface Probe {
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly from: Place;
  /** IPv4 address of the target. */
  readonly to: string;
  /** The name that was resolved to it. */
  readonly name?: string;
  /** Destination port of TCP and UDP. */
  readonly port?: number;
  /** Bytes of the IP packet, when asked for a size; then the DF bit is set (RFC 791). */
  readonly size?: number;
}

/** What the sender learnt. */
export type Outcome =
  /** An echo reply, a TCP connection, or a UDP answer. */
  | { readonly kind: 'answered'; readonly milliseconds: number }
  /** Nothing came within the time. */
  | { readonly kind: 'silent' }
  /** RST, or ICMP port unreachable, from the target itself: it is reached, but nobody listens. */
  | { readonly kind: 'refused' }
  /** An ICMP error (RFC 792): its sender, type and code. */
  | {
      readonly kind: 'unreachable';
      readonly by: string;
      readonly type: number;
      readonly code: number;
    }
  /** The kernel refused to send: the errno's name (errno(3)) and the program's own words. */
  | { readonly kind: 'not-sent'; readonly errno: string; readonly said: string };

export const hooks = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
] as const;
export type Hook = (typeof hooks)[number];

/** The addresses and header fields of the packet at one hop. */
export interface Header {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl: number;
  /** IP identification (RFC 791). */
  readonly id: number;
  readonly length: number;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  /** Type and code of an ICMP message (RFC 792), and the identifier and sequence number of an echo. */
  readonly icmp?: {
    readonly type: number;
    readonly code: number;
    readonly id?: number;
    readonly sequence?: number;
  };
  /** Flags of a TCP segment, as `syn` or `syn | ack`. */
  readonly flags?: string;
}

/** A rule or policy that decided about the packet, or changed it. */
export interface MatchedRule {
  /** Address family of its table (nft(8)). */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As nft prints it, without counters; `policy drop` for a policy. */
  readonly text: string;
  readonly verdict: string;
  /** nft's number of the rule in its table (nft(8), handle). */
  readonly handle?: number;
  /** The rule as iptables-save(8) prints it, where iptables made it; it has the comment. */
  readonly line?: string;
}

/** A place in the kernel where the packet was seen. */
export interface Hop {
  readonly place: Place;
  readonly direction: 'there' | 'back';
  /** `netdev` at a device, `bridge` at a bridge, `ip` at the IP hooks. */
  readonly layer: 'netdev' | 'bridge' | 'ip';
  readonly hook: Hook;
  readonly in?: string;
  readonly out?: string;
  /** As it enters the hook. */
  readonly header: Header;
  /** As it leaves the hook, where that differs: an address was translated. */
  readonly leaves?: Header;
  /** br_netfilter calls this IP hook while the frame is still in the bridge (sysctl bridge-nf-call-iptables). */
  readonly bridged?: true;
  /** It entered the hook and did not leave it, and no rule that nft shows dropped it. */
  readonly lost?: true;
  /** It left by a device whose other end is not among the watched namespaces, and was not seen again. */
  readonly beyond?: true;
  /** Rules of others (and of ctr's runs) that matched here; never those of the trace itself. */
  readonly rules: readonly MatchedRule[];
  /** It ended here: a rule or policy dropped or rejected it. */
  readonly dropped?: MatchedRule;
}

/** Where a probe was, in the order of its way. */
export interface Walk {
  readonly probe: Probe;
  readonly outcome: Outcome;
  readonly hops: readonly Hop[];
  /** Places that were watched, with those that could not be and why. */
  readonly watched: readonly Place[];
  readonly blind: readonly { readonly place: Place; readonly why: string }[];
  /** ARP requests and replies for the next hops, in the order in which each namespace saw them. */
  readonly arp: readonly Arp[];
  /** Bridge ports to which a copy was flooded and not taken in, as `container db eth0`. */
  readonly copies: readonly { readonly place: Place; readonly in: string }[];
  /** What the kernel says about its decisions for this packet, asked after the probe. */
  readonly decisions: readonly Decision[];
  /** By how much counters of nstat(8) and of interfaces (`eth0/rx_dropped`) grew meanwhile; others' packets count too. */
  readonly counters: Readonly<Partial<Record<Place, Readonly<Record<string, number>>>>>;
}

/** An ARP packet (RFC 826) at a device. */
export interface Arp {
  readonly place: Place;
  readonly hook: 'ingress' | 'egress';
  readonly device: string;
  readonly operation: 'request' | 'reply';
  /** Absent where nft does not print it. */
  readonly sender?: { readonly address: string; readonly mac: string };
  readonly target?: string;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
}

/** A route that the kernel chose (ip-route(8), `route get`), or why it chose none. */
export interface Decision {
  readonly place: Place;
  readonly to: string;
  /** For a packet that came in: its source and its interface. */
  readonly from?: string;
  readonly in?: string;
  readonly type?: string;
  readonly out?: string;
  readonly gateway?: string;
  /** The neighbour that it is sent to, where the kernel knows it (ip-neighbour(8)). */
  readonly neighbour?: { readonly address: string; readonly mac?: string; readonly state: string };
  /** The port behind which a bridge knows that neighbour (bridge(8), `fdb`). */
  readonly port?: string;
  /** The VXLAN device into which it goes (RFC 7348): its network identifier, and the tunnel endpoints (VTEP). */
  readonly tunnel?: {
    readonly device: string;
    readonly vni: number;
    readonly local?: string;
    readonly remote?: string;
  };
  /** What ip(8) said instead of a route. */
  readonly refused?: string;
}
