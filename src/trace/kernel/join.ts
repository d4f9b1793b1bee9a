import type { Place } from '../../model/place.ts';
import type { Hop, Walk } from '../walk.ts';
import type { KernelEvent } from './followed.ts';

/** An event with the namespace of its device, where the walk tells it. */
export type Placed = KernelEvent & { readonly place?: Place };

function passes(hop: Hop, device: string): boolean {
  return hop.in === device || hop.out === device;
}

/**
 * Gives events their namespaces. The kernel prints the names of interfaces alone, which may be the same in several
 * namespaces; the walk has passed the same devices in the same order.
 */
export function join(
  events: readonly KernelEvent[],
  { hops, probe }: Pick<Walk, 'hops' | 'probe'>,
): readonly Placed[] {
  const next = { there: 0, back: 0 };
  const last: { there?: Placed; back?: Placed } = {};
  return events.map((one): Placed => {
    if (one.role !== 'probe' && one.role !== 'answer') return one;
    const { direction } = one;
    const way = hops.filter((hop) => hop.direction === direction);
    const device = one.event === 'lookup' || one.event === 'neighbour' ? undefined : one.device;
    const before = last[direction];
    const start = direction === 'there' ? probe.from : last.there?.place;
    let place = before === undefined ? start : before.place;
    if (device !== undefined) {
      const at = way.findIndex((hop, index) => index >= next[direction] && passes(hop, device));
      const stays = before !== undefined && 'device' in before && before.device === device;
      if (at >= 0) {
        next[direction] = at;
        place = way[at]?.place;
      } else if (!stays) place = undefined;
    }
    const placed: Placed = place === undefined ? one : { ...one, place };
    if (one.event !== 'free') last[direction] = placed;
    return placed;
  });
}
