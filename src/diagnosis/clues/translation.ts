import type { ChainFact } from '../../filter/chain.ts';
import type { Ending } from '../../filter/walk.ts';
import type { Evidence } from '../evidence.ts';
import { filterOf, stopsOf } from './filters.ts';
import type { Passage } from './passages.ts';

/** A rule of a nat chain that a packet comes to. */
export interface Translation {
  readonly base: ChainFact;
  readonly ending: Ending;
}

/** How the packet may leave each nat chain at a hook, in their order; nothing on the way back, when nat is not asked. */
export function natEndings(
  passage: Passage,
  evidence: Evidence,
  hook: 'prerouting' | 'output' | 'postrouting',
): readonly Translation[] {
  if (passage.direction === 'back') return [];
  const filter = filterOf(passage.reading.firewall);
  return stopsOf(passage, evidence)
    .filter((stop) => stop.hook === hook)
    .flatMap(({ families, packet }) =>
      filter
        .at(hook, families)
        .filter(({ base }) => base?.type === 'nat')
        .flatMap((base) =>
          filter.walk(base, packet).endings.map((ending) => ({ base, ending })),
        ),
    );
}

/** A DNAT to a known address. */
export interface Diversion extends Translation {
  readonly to: string;
}

/** The first rule that certainly gives the packet another destination. */
export function diversionIn(passage: Passage, evidence: Evidence): Diversion | undefined {
  const hook = passage.leg.does === 'send' ? 'output' : 'prerouting';
  for (const found of natEndings(passage, evidence, hook)) {
    const { verdict, certain } = found.ending;
    if (!certain || verdict.does !== 'divert') continue;
    if (verdict.to !== undefined && verdict.to !== passage.leg.destination) {
      return { ...found, to: verdict.to };
    }
  }
  return undefined;
}
