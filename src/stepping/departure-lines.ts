import type { Language } from '../model/text.ts';
import { diffLines } from '../render/changes.ts';
import type { Change } from '../snapshot/change.ts';

/** What differs from an earlier state: nobody asked for it. */
export function departureLines(
  changes: readonly Change[],
  language: Language,
  columns: number,
): readonly string[] {
  const surprises = changes.map((change) => ({ ...change, cause: 'surprise' }) as const);
  return diffLines({ changes: surprises, hidden: {}, missing: [] }, language, columns);
}
