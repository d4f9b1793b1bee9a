import type { ChainFact, FilterFacts } from './chain.ts';
import { Filter } from './walk.ts';

/** An interface of which no rule knows, with the packets that come from it. */
const anybody = {
  protocol: undefined,
  in: '\0',
  out: '\0\0',
  bridge: null,
  source: undefined,
  destination: undefined,
  sourcePort: undefined,
  destinationPort: undefined,
  icmpType: null,
  state: 'new',
  direction: 'original',
  mac: null,
  fromHost: false,
  toHost: false,
  mark: 0,
} as const;

/**
 * Whether forwarded packets reach Docker's chain. Rules have no effect in a chain that nothing jumps to, or that
 * comes after a rule which decides already.
 */
export function comesThroughDockers(facts: FilterFacts, forward: ChainFact): boolean {
  return new Filter(facts).walk(forward, anybody).reached.has('DOCKER-USER');
}
