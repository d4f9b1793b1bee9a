import type { Place } from '../../model/place.ts';
import type { Hook, Hop } from '../../trace/walk.ts';
import type { Evidence } from '../evidence.ts';
import type { Passage } from './passages.ts';

/** The hooks in the order in which one namespace's kernel calls them. */
const order: Readonly<Record<Hook, number>> = {
  ingress: 0,
  prerouting: 1,
  input: 2,
  forward: 2,
  output: 3,
  postrouting: 4,
  egress: 5,
};

function hopsAt(evidence: Evidence, place: Place, direction: 'there' | 'back'): readonly Hop[] {
  const hops = evidence.walk?.hops ?? [];
  return hops.filter((hop) => hop.place === place && hop.direction === direction);
}

/** Where a rule or policy took the probe, in this passage. */
export function droppedIn(evidence: Evidence, { leg, direction }: Passage): readonly Hop[] {
  return hopsAt(evidence, leg.place, direction).filter(({ dropped }) => dropped !== undefined);
}

/** Whether the probe was seen in this passage after this hook of the IP layer, or further on its way. */
export function passed(evidence: Evidence, passage: Passage, hook: Hook): boolean {
  const { walk } = evidence;
  if (walk === undefined) return false;
  const { leg, direction, after } = passage;
  if (walk.outcome.kind === 'answered') return true;
  if (direction === 'there' && walk.hops.some((hop) => hop.direction === 'back')) return true;
  if (after !== undefined && hopsAt(evidence, after.place, direction).length > 0) return true;
  // A bridge calls its own hooks, and egress of its ports, for frames that it only passes on.
  return hopsAt(evidence, leg.place, direction).some(
    (hop) => hop.layer === 'ip' && order[hop.hook] > order[hook],
  );
}

/** Whether the probe was seen in this passage. */
export function entered(evidence: Evidence, { leg, direction }: Passage): boolean {
  return hopsAt(evidence, leg.place, direction).length > 0;
}
