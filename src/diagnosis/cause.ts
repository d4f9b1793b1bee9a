import type { Argv } from '../model/command.ts';
import type { Place } from '../model/place.ts';
import type { Text } from '../model/text.ts';
import type { Evidence } from './evidence.ts';
import type { Path } from './path.ts';
import type { Direction, Position } from './position.ts';

/** The links of the causal chain, in the order in which a packet depends on them. */
export const stages = [
  /** Its name has an address. */
  'name',
  /** The sender's interface: up, with an address. */
  'source',
  /** The sender knows where to send. */
  'route',
  /** Its own filters let it out. */
  'output',
  /** The MAC of the next hop is known. */
  'neighbour',
  /** The veth pair, the port, the bridge are on. */
  'link',
  /** The bridge passes the frame on, or up. */
  'bridge',
  /** The host takes it in: prerouting, reverse path. */
  'ingress',
  /** The host knows where to forward it, and may. */
  'routing',
  /** Filters on forwarded packets. */
  'forward',
  /** Address translation. */
  'translation',
  /** It leaves by the uplink: MTU, carrier, next hop. */
  'uplink',
  /** The target accepts it: its address, its filters, a listener. */
  'target',
  /** The answer finds back. */
  'reply',
] as const;
export type Stage = (typeof stages)[number];

/** A command that shows the evidence, or mends it, and where to type it. */
export interface Hint {
  readonly place: Place;
  readonly argv: Argv;
}

/** A cause that holds now, with what shows it. */
export interface Finding {
  /** Unique over all causes: what the score compares with the truth. */
  readonly cause: string;
  readonly stage: Stage;
  readonly direction: Direction;
  readonly place: Place;
  /**
   * Where the packet is lost if this is why: any of these (position.ts). A walk that
   * shows the packet beyond all of them contradicts the finding.
   */
  readonly at: readonly Position[];
  /** Counters of which at least one grows with every packet that is lost for this reason, by place. */
  readonly grows?: readonly { readonly place: Place; readonly counter: string }[];
  /** What is wrong, in one sentence with its names and numbers. */
  readonly says: Text;
  /** What was seen that shows it. */
  readonly evidence: readonly Text[];
  readonly check: readonly Hint[];
  readonly fix?: Hint;
  /** Whether it stops this question's packet surely, by its state alone; else it only may. */
  readonly certain: boolean;
}

/** What a cause finds: a finding without what the cause already says. */
export type Found = Omit<Finding, 'cause' | 'stage'>;

/** A row of the table: from evidence to findings. Pure. */
export interface Cause {
  readonly id: string;
  readonly stage: Stage;
  readonly title: Text;
  readonly judge: (evidence: Evidence, path: Path) => readonly Found[];
}

/** The answer to "why". */
export type Diagnosis =
  | { readonly kind: 'arrives' }
  | { readonly kind: 'named'; readonly finding: Finding; readonly also: readonly Finding[] }
  /** Evidence fits several causes: what would tell them apart. */
  | {
      readonly kind: 'undecided';
      readonly between: readonly Finding[];
      readonly tell: readonly Text[];
    }
  /** The place is known at best, the cause is not. */
  | {
      readonly kind: 'unknown';
      readonly after: Text;
      readonly remaining: readonly Text[];
      /** A rule of another node dropped it, as `after` says; why the rule is there, ctr does not judge. */
      readonly dropped?: true;
    };
