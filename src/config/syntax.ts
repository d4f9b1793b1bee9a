import { brokenPlan, foreignFormat } from './foreign.ts';
import { readLeniently } from './lenient.ts';
import type { Found } from './shape.ts';
import { type Slip, slips } from './slips.ts';
import type { Words } from './words.ts';

/** The largest number of slips that ctr reports. A file with more is not meant as JSON. */
const most = 10;

function counted({ message: { en, zh }, fix }: Words, count: number): Words {
  if (count === 1) return { message: { en, zh }, fix };
  const others = count - 1;
  const places = others === 1 ? 'in one more place' : `in ${others} more places`;
  return {
    message: { en: `${en} (the same ${places})`, zh: `${zh}（另有 ${others} 处相同）` },
    fix,
  };
}

/** The first slip of each habit, with their number. */
function byHabit(
  found: readonly Slip[],
): readonly { readonly first: Slip; readonly count: number }[] {
  const habits = new Map<string, { first: Slip; count: number }>();
  for (const one of found) {
    const key = one.habit ?? `${one.offset}`;
    const known = habits.get(key);
    if (known === undefined) habits.set(key, { first: one, count: 1 });
    else known.count += 1;
  }
  return [...habits.values()];
}

/**
 * Explains why a text is not JSON: what the text has, and what to write instead.
 * @param failedAt the offset where the parser gave up, used if no slip is found.
 */
export function syntaxProblems(
  text: string,
  failedAt: number,
  lineOf: (offset: number) => number,
): readonly Found[] {
  const code = 'E001';
  const own = brokenPlan(text);
  if (own !== undefined) return [{ code, offset: text.trimEnd().length, ...own }];
  const foreign = foreignFormat(text);
  if (foreign !== undefined) return [{ code, offset: foreign.offset, ...foreign.words }];
  const found = byHabit(readLeniently(text)).toSorted(
    (one, other) => one.first.offset - other.first.offset,
  );
  if (found.length === 0) {
    const offset = Math.min(failedAt, text.length);
    return [{ code, offset, ...slips.noKey(text.slice(offset, offset + 1)).words(lineOf) }];
  }
  return found.slice(0, most).map(({ first, count }) => ({
    code,
    offset: first.offset,
    ...counted(first.words(lineOf), count),
  }));
}
