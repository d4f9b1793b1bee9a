import type { Packet, Truth } from './packet.ts';

/** What a rule does with a matching packet. */
export type Verdict =
  | {
      readonly does:
        | 'accept'
        | 'drop'
        | 'reject'
        | 'return'
        | 'continue'
        /** A program decides, or an extension that ctr does not know. */
        | 'hand-over'
        | 'untrack'
        | 'masquerade';
    }
  /** Marks the packet. `next` returns undefined if the new mark is unknown. */
  | { readonly does: 'mark'; readonly next: (mark: number) => number | undefined }
  /** Rewrites the destination; undefined if it is not a single address. */
  | { readonly does: 'divert'; readonly to: string | undefined }
  | { readonly does: 'snat'; readonly to: string | undefined }
  | { readonly does: 'jump' | 'goto'; readonly chain: string };

/** A part of a rule. The kernel evaluates the parts from left to right. */
export type Part =
  | { readonly test: (packet: Packet) => Truth }
  | { readonly verdict: Verdict }
  /** A verdict map: at most one case applies. */
  | { readonly cases: (packet: Packet) => readonly (readonly [Truth, Verdict])[] };

export interface Rule {
  /** As the tool prints it. */
  readonly text: string;
  readonly parts: readonly Part[];
}
