import type { Packet, Truth } from './packet.ts';

/** What a rule does with a packet that it matches. */
export type Verdict =
  | {
      readonly does:
        | 'accept'
        | 'drop'
        | 'reject'
        | 'return'
        | 'continue'
        /** A program decides, or an extension that is not known here. */
        | 'hand-over'
        | 'untrack'
        | 'masquerade';
    }
  /** Gives the packet a mark; undefined when nobody can tell which. */
  | { readonly does: 'mark'; readonly next: (mark: number) => number | undefined }
  /** Sends it to another destination, undefined when that is not one address. */
  | { readonly does: 'divert'; readonly to: string | undefined }
  | { readonly does: 'snat'; readonly to: string | undefined }
  | { readonly does: 'jump' | 'goto'; readonly chain: string };

/** A rule is read from left to right. */
export type Part =
  | { readonly test: (packet: Packet) => Truth }
  | { readonly verdict: Verdict }
  /** A verdict map: at most one of them applies. */
  | { readonly cases: (packet: Packet) => readonly (readonly [Truth, Verdict])[] };

export interface Rule {
  /** As the tool prints it. */
  readonly text: string;
  readonly parts: readonly Part[];
}
