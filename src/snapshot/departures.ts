import type { Change } from './change.ts';
import { compare } from './diff.ts';
import { noiseOf, type Seen } from './noise.ts';
import { networkAt } from './places.ts';
import type { Snapshot } from './snapshot.ts';

/** What comes with traffic and goes with time: who is a neighbour, and what a bridge has learnt. */
function isFleeting({ object, kind, from, to }: Change): boolean {
  // The device number of a file system in memory is another one each time.
  if (object === 'mount') return from !== undefined && from === to;
  if (object === 'neighbour') return kind !== 'PERMANENT';
  return object === 'fdb' && kind === 'learnt';
}

/** iptables(8) makes a whole table for its first rule, and leaves it there empty. */
function isTable({ object, kind, of }: Change): boolean {
  return object === 'firewall' && kind === 'table' && /^(?:ip6tables )?-t /.test(of);
}

/**
 * A bridge that has just been made, without a MAC, has a carrier until its first port comes; no command gives it back
 * once the last port has left. Without ports it makes no difference.
 */
function isOfEmptyBridge({ object, place, of, dev, field = '' }: Change, { before, after }: Seen) {
  if (!['carrier', 'state', 'linkdown'].includes(field)) return false;
  const name = object === 'link' ? of : dev;
  return [before, after].every((snapshot) => {
    const links = networkAt(snapshot, place)?.links ?? [];
    const isBridge = links.some((link) => link.name === name && link.kind === 'bridge');
    return isBridge && links.every(({ master }) => master !== name);
  });
}

/**
 * How a state differs from an earlier one that it should equal: without noise, without what comes and goes with traffic,
 * without empty tables of iptables(8), and without the carrier of a bridge that has no ports.
 */
export function departures(before: Snapshot, after: Snapshot): readonly Change[] {
  const changes = compare(before, after);
  const seen = { changes, before, after };
  const isNothing = [
    (change: Change) => noiseOf(change, seen) !== undefined,
    isFleeting,
    isTable,
    (change: Change) => isOfEmptyBridge(change, seen),
  ];
  return changes.filter((change) => !isNothing.some((is) => is(change)));
}
