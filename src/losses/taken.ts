import type { ChainFact } from '../filter/chain.ts';
import type { Ending } from '../filter/walk.ts';
import type { Journey } from './journey.ts';

/** Packets that are lost, and the rule that loses them. */
export interface Taken {
  /** The chains and the rule. */
  readonly key: string;
  /** The chain with the hook, from which the packets came to the one where they end. */
  readonly base: ChainFact;
  readonly ending: Ending;
  /** Those that surely or perhaps do not arrive. */
  readonly journeys: readonly Journey[];
  readonly certain: boolean;
}
