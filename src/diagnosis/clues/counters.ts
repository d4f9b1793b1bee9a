import type { Place } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Evidence } from '../evidence.ts';
import { nameOf, t } from './words.ts';

/** By how much a counter grew while the probe was on its way; undefined when that was not read. */
export function growth(
  { reading, after }: Evidence,
  place: Place,
  counter: string,
): number | undefined {
  const [was, is] = [reading[place]?.counters[counter], after?.[place]?.counters[counter]];
  return was === undefined || is === undefined ? undefined : Math.max(0, is - was);
}

/** The same; 0 when that was not read. */
export function grewBy(evidence: Evidence, place: Place, counter: string): number {
  return growth(evidence, place, counter) ?? 0;
}

/** Those of the counters that grew, as evidence: nstat(8) names, and `conntrack/drop`. */
export function grown(
  evidence: Evidence,
  place: Place,
  ...counters: readonly string[]
): readonly Text[] {
  const where = nameOf(place);
  return counters.flatMap((counter) => {
    const by = grewBy(evidence, place, counter);
    return by === 0
      ? []
      : [
          t(
            `${counter} on ${where.en} grew by ${by}`,
            `${where.zh}的计数器 ${counter} 增加了 ${by}`,
          ),
        ];
  });
}
