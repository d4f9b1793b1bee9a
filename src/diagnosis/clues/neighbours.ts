import type { Place } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Hint } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Transmission } from './transmissions.ts';
import { nameOf, t } from './words.ts';

/** What the sender knows about its next hop, read after the probe where that was done. */
export function entryOf({ sender, reading }: Transmission, evidence: Evidence) {
  const now = evidence.after?.[sender.place] ?? reading;
  return now.neighbours.find(
    ({ address, dev }) => address === sender.nextHop && dev === sender.out,
  );
}

/** The same, for people. */
export function entryText(tx: Transmission, evidence: Evidence): readonly Text[] {
  const entry = entryOf(tx, evidence);
  const { place, nextHop, out } = tx.sender;
  const where = nameOf(place);
  if (entry === undefined) return [];
  const text = `${nextHop} dev ${out} ${entry.mac === undefined ? '' : `lladdr ${entry.mac} `}${entry.state}`;
  return [t(`neighbour in ${where.en}: ${text}`, `${where.zh}的邻居表：${text}`)];
}

/** The command that shows what a namespace knows of its neighbours. */
export function showNeighbours(place: Place): Hint {
  return { place, argv: ['ip', 'neigh', 'show'] };
}
