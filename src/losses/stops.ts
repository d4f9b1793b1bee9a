import type { ChainFact } from '../filter/chain.ts';
import type { Filter, Walked } from '../filter/walk.ts';
import type { Stop } from './hooks.ts';

/**
 * Whether packets go through a base chain at a hook; undefined where nft(8) did not print the interface of an ingress or
 * egress chain.
 */
function passes({ base }: ChainFact, { device }: Stop): boolean | undefined {
  if (base?.hook !== 'ingress' && base?.hook !== 'egress') return true;
  return device === undefined ? undefined : base.devices?.includes(device);
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
      const passed = passes(base, stop);
      if (passed === false) continue;
      const walked = filter.walk(base, { ...stop.packet, mark }, passed === true);
      ({ mark } = walked);
      yield { stop, base, walked };
    }
  }
}
