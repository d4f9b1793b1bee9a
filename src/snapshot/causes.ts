import type { Resource } from '../model/resource.ts';
import type { Text } from '../model/text.ts';
import { describe } from '../resources/index.ts';
import { absent, accounts } from './appearance.ts';
import type { CausedChange, Change, Diff, Noise } from './change.ts';
import { compare } from './diff.ts';
import { noiseOf } from './noise.ts';
import { sideEffects } from './side-effects/index.ts';
import type { Snapshot } from './snapshot.ts';

/** What a step or its undo does. */
export interface Intent {
  readonly makes?: readonly Resource[];
  readonly removes?: readonly Resource[];
}

/** A resource as a sentence. */
export function inWords(resource: Resource): Text {
  const { says, subject } = describe(resource);
  if (subject === undefined) return says;
  return { en: `${subject}: ${says.en}`, zh: `${subject}：${says.zh}` };
}

/** A step that makes something takes nothing away, unless it lays a mount open by unmounting what covers it. */
function doneBy({ op, object }: Change): boolean {
  return op !== 'removed' || object === 'mount';
}

/**
 * What changed between two snapshots, why, and what of the step is missing.
 * @param intent the resources of the commands that ran in between.
 */
export function explain(
  before: Snapshot,
  after: Snapshot,
  { makes = [], removes = [] }: Intent = {},
): Diff {
  const changes = compare(before, after);
  const seen = { changes, before, after };
  const hidden: Partial<Record<Noise, number>> = {};
  const asked: CausedChange[] = [];
  const surprises: CausedChange[] = [];
  const isAsked = (change: Change) =>
    (doneBy(change) && makes.some((one) => accounts(one, change))) ||
    (change.op !== 'added' && removes.some((one) => accounts(one, change)));
  for (const change of changes) {
    const wanted = isAsked(change);
    const noise = noiseOf(change, seen);
    // What comes with something that is asked for is still no line of its own.
    if (noise !== undefined && (!wanted || noise === 'implied' || noise === 'mounts')) {
      hidden[noise] = (hidden[noise] ?? 0) + 1;
    } else if (wanted) asked.push({ ...change, cause: 'asked' });
    else {
      const known = sideEffects.find(({ matches }) => matches({ change, ...seen }));
      surprises.push({
        ...change,
        cause: 'surprise',
        ...(known === undefined ? {} : { why: known.says }),
        ...(known?.minor ? { minor: true } : {}),
      });
    }
  }
  return {
    changes: [
      ...asked,
      ...surprises.filter(({ minor }) => !minor),
      ...surprises.filter(({ minor }) => minor),
    ],
    hidden,
    missing: absent(makes, after).map(inWords),
  };
}
