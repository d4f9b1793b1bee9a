import { packet } from '../../losses/hooks.ts';
import { parseAddress } from '../../model/ipv4.ts';
import type { Evidence } from '../evidence.ts';
import { kindOf } from '../translate.ts';
import { filterOf } from './filters.ts';
import { has, type Passage } from './passages.ts';
import { diversionIn } from './translation.ts';

/** A published port: DNAT sends what is for this namespace's own address on. */
export interface Published {
  readonly to: string;
  /** The rule in INPUT that somebody has made to let the packets in. */
  readonly accepts: string;
}

/** Whether a packet is for a published port, and a rule in INPUT accepts it that it never comes to. */
export function publishedFor(passage: Passage, evidence: Evidence): Published | undefined {
  const { leg, reading } = passage;
  const diverted = diversionIn(passage, evidence);
  if (diverted === undefined || !has(reading, leg.destination)) return undefined;
  const filter = filterOf(reading.firewall);
  const ends = {
    in: leg.in,
    source: parseAddress(leg.source),
    destination: parseAddress(leg.destination),
    toHost: true,
  };
  const seen = packet(kindOf(evidence.question), ends, 'first');
  for (const base of filter.at('input', ['ip', 'inet'])) {
    for (const { verdict, rule } of filter.walk(base, seen).endings) {
      if (verdict.does === 'accept' && rule !== undefined)
        return { to: diverted.to, accepts: rule };
    }
  }
  return undefined;
}
