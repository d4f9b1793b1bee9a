import type { Place } from '../model/place.ts';

/** How to enter the network namespaces of a trace: a process in each, or `self` for ctr's own. */
export type Namespaces = ReadonlyMap<Place, number | 'self'>;

/** The words before a command that runs in a network namespace (nsenter(1)). */
export function entering(pid: number | 'self'): readonly string[] {
  return pid === 'self' ? [] : ['nsenter', '--target', String(pid), '--net'];
}
