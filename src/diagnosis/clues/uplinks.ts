import { own } from '../../model/own.ts';
import type { Place } from '../../model/place.ts';
import type { Evidence } from '../evidence.ts';
import { isInner } from './passages.ts';

/** An interface to the outside by which nothing can leave, and why. */
export interface DeadUplink {
  readonly name: string;
  readonly why: 'gone' | 'down' | 'no-carrier';
}

/**
 * The host's interface to the outside, when it is switched off or has no carrier. When an interface goes down, the
 * kernel deletes the routes through it, so no route may mention it any more.
 * @param out the interface by which the packet would leave; without a route, the one that should have it: that of the
 * lab's default route, or the only one.
 */
export function deadUplink(
  evidence: Evidence,
  place: Place,
  out: string | undefined,
): DeadUplink | undefined {
  const { lab, reading } = evidence;
  const here = reading[place];
  if (here === undefined || place !== 'host') return undefined;
  const outer = here.links.filter(
    ({ name, kind, master, addresses }) =>
      kind !== 'loopback' &&
      master === undefined &&
      addresses.length > 0 &&
      !isInner(evidence, here, name),
  );
  const only = outer.length === 1 ? outer[0]?.name : undefined;
  const name = out ?? (lab === undefined ? only : lab.uplinks[0]);
  if (name === undefined) return undefined;
  const link = here.links.find((one) => one.name === name);
  if (link === undefined) return { name, why: 'gone' };
  if (!link.up) return { name, why: 'down' };
  return own(here.status, name)?.carrier === false ? { name, why: 'no-carrier' } : undefined;
}
