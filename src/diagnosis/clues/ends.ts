import type { Place } from '../../model/place.ts';
import type { Leg } from '../leg.ts';
import type { Path } from '../path.ts';
import type { Direction, Position } from '../position.ts';

/** Where a packet ends that a leg takes no further. */
function endOf({ place, does, in: incoming }: Leg, direction: Direction): readonly Position[] {
  const here = { direction, place };
  switch (does) {
    case 'none':
      return [{ ...here, point: incoming === undefined ? 'send' : 'routing' }];
    case 'deliver':
      return [
        { ...here, point: 'routing' },
        { ...here, point: 'input' },
        { ...here, point: 'socket' },
      ];
    default:
      return [
        { ...here, point: 'neighbour' },
        { ...here, point: 'egress' },
        { ...here, point: 'wire' },
      ];
  }
}

/** Where the way there ends, when it does not come to a target. */
export function endThere({ there }: Path): readonly Position[] {
  const last = there.at(-1);
  return last === undefined ? [] : endOf(last, 'there');
}

/** Where an answer ends that cannot come back; beyond the last interface where that is all that is known. */
export function endBack(path: Path): readonly Position[] {
  const last = path.arrives ? path.back.at(-1) : undefined;
  if (last !== undefined) return endOf(last, 'back');
  return endThere(path);
}

/** Where an answer to the untranslated source would end: it never leaves the target. */
export function notBack(path: Path): readonly Position[] {
  const target = path.there.at(-1);
  if (!path.arrives || target === undefined) return endThere(path);
  return [{ direction: 'back', place: target.place, point: 'send' }];
}

/** Where an answer to one of several wrong addresses would end. */
export function unanswered(path: Path): readonly Position[] {
  const target = path.there.at(-1);
  if (!path.arrives || target === undefined) return endThere(path);
  const { place } = target;
  return (['send', 'neighbour', 'wire'] as const).map((point) => ({
    ...{ direction: 'back', place, point },
  }));
}

export function atOnce(place: Place): readonly Position[] {
  return [{ direction: 'there', place, point: 'send' }];
}

/** Where a packet can be lost that goes another way than it should: anywhere from its sender on. */
export function anywhere({ there }: Path): readonly Position[] {
  const points = ['neighbour', 'wire', 'bridge', 'routing', 'forward', 'socket', 'egress'] as const;
  return there.flatMap(({ place }) =>
    points.map((point) => ({ direction: 'there' as const, place, point })),
  );
}
