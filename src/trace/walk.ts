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
}

/** A rule or policy that decided about the packet, or changed it. */
export interface MatchedRule {
  /** Address family of its table (nft(8)). */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As nft prints it; `policy drop` for a policy. */
  readonly text: string;
  readonly verdict: string;
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
  readonly header: Header;
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
}

/** The last hop of a packet that did not come back: undefined where it was never seen. */
export function lastHop({ hops }: Walk): Hop | undefined {
  return hops.at(-1);
}
