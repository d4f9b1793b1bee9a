import type { ChainFact } from '../filter/chain.ts';
import type { Filter, Walked } from '../filter/walk.ts';
import type { Stop } from './journey.ts';

/** nft 1.0 does not print the device of an ingress or egress chain, so the chain may not see packets of the lab. */
function isSureToPass(base: ChainFact): boolean {
  return base.base?.hook !== 'ingress' && base.base?.hook !== 'egress';
}

/** What one base chain does with a packet at one stop of its way. */
interface Met {
  readonly stop: Stop;
  readonly base: ChainFact;
  readonly walked: Walked;
}

/** Follows a packet through the base chains at every stop, with the marks that rules give it. Pure. */
export function* walkStops(filter: Filter, stops: readonly Stop[]): Generator<Met> {
  let mark: number | undefined = 0;
  for (const stop of stops) {
    for (const base of filter.at(stop.hook, stop.families)) {
      const walked = filter.walk(base, { ...stop.packet, mark }, isSureToPass(base));
      ({ mark } = walked);
      yield { stop, base, walked };
    }
  }
}
