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
 * Whether what is passed on comes through Docker's chain: one that nothing jumps to, or that others take packets
 * away from, is no place for a rule.
 */
export function comesThroughDockers(facts: FilterFacts, forward: ChainFact): boolean {
  return new Filter(facts).walk(forward, anybody).reached.has('DOCKER-USER');
}
