import type { ChainFact } from '../filter/chain.ts';
import type { Ending } from '../filter/walk.ts';
import type { Journey } from './journey.ts';

/** Packets that are lost, and the rule that loses them. */
export interface Taken {
  /** Identifies the chains and the rule. */
  readonly key: string;
  /** The base chain, through which the packets reach the chain where they end. */
  readonly base: ChainFact;
  readonly ending: Ending;
  /** The packets that certainly or possibly end here. */
  readonly journeys: readonly Journey[];
  readonly certain: boolean;
}
