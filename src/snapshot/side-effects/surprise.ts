import type { Text } from '../../model/text.ts';
import type { Change } from '../change.ts';
import { linkAt, networkAt } from '../places.ts';
import type { LinkState, Snapshot } from '../snapshot.ts';

/** A change that nobody asked for, with what else changed. */
export interface Surprise {
  readonly change: Change;
  readonly changes: readonly Change[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** Something that the kernel or a tool does by itself. */
export interface SideEffect {
  readonly id: string;
  readonly matches: (surprise: Surprise) => boolean;
  readonly says: Text;
  /** It always comes with another change that says more. */
  readonly minor?: true;
}

/** The interface that a change is about, before and after. */
function linkOf({ change, before, after }: Surprise) {
  const name = change.object === 'link' ? change.of : (change.dev ?? '');
  return {
    was: linkAt(before, change.place, name),
    is: linkAt(after, change.place, name),
  };
}

export function portsOf(snapshot: Snapshot, place: string, bridge: string): readonly LinkState[] {
  return networkAt(snapshot, place)?.links.filter(({ master }) => master === bridge) ?? [];
}

export function isField(
  { object, op }: Change,
  field: string | undefined,
  ...fields: string[]
): boolean {
  return object === 'link' && op === 'changed' && fields.includes(field ?? '');
}

/** Whether another change of the same interface is there. */
function happened(surprise: Surprise, fits: (change: Change) => boolean): boolean {
  const { change, changes } = surprise;
  const name = change.object === 'link' ? change.of : change.dev;
  return changes.some(
    (one) => one.object === 'link' && one.place === change.place && one.of === name && fits(one),
  );
}

/** The interface came from another place. */
export function hasMoved(surprise: Surprise): boolean {
  return happened(surprise, ({ op }) => op === 'moved');
}

/** The interface is not there any more: deleted, or moved elsewhere. */
export function isGone(surprise: Surprise): boolean {
  return linkOf(surprise).is === undefined;
}

export function wentDown(surprise: Surprise): boolean {
  return isGone(surprise) || happened(surprise, ({ field, to }) => field === 'up' && to === 'down');
}

/** Whether the change of an interface's state or carrier says that it has one now. */
export function gained({ field, to }: Change): boolean {
  return (field === 'carrier' && to === 'yes') || (field === 'state' && to === 'UP');
}

export function lost({ field, to }: Change): boolean {
  return (
    (field === 'carrier' && to === 'no') ||
    (field === 'state' && (to === 'DOWN' || to === 'LOWERLAYERDOWN'))
  );
}
