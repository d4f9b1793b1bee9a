import type { ChainFact, FilterFacts } from './chain.ts';
import { Filter } from './walk.ts';

/** Packets from an interface that no rule mentions. */
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
 * Whether forwarded packets reach Docker's chain. Its rules have no effect if no rule jumps to it, or if an earlier
 * rule accepts or drops the packets.
 */
export function comesThroughDockers(facts: FilterFacts, forward: ChainFact): boolean {
  return new Filter(facts).walk(forward, anybody).reached.has('DOCKER-USER');
}
