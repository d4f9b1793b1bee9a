import type { Result } from './result.ts';

/** Kinds of faults with the same evidence. */
export interface Twins {
  readonly kinds: readonly string[];
  /** In how many pairs of a lab. */
  readonly times: number;
}

/** Pairs of results that have the same key, by their kinds. */
function pairs(
  results: readonly Result[],
  keyOf: (one: Result) => string,
  counts: (one: Result, other: Result) => boolean,
): readonly Twins[] {
  const groups = new Map<string, Result[]>();
  for (const one of results) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  const found = new Map<string, { kinds: readonly string[]; times: number }>();
  for (const group of groups.values()) {
    for (const [at, one] of group.entries()) {
      for (const other of group.slice(at + 1)) {
        if (one.kind === other.kind || !counts(one, other)) continue;
        const kinds = [one.kind, other.kind].sort();
        const known = found.get(kinds.join('\n'));
        found.set(kinds.join('\n'), { kinds, times: (known?.times ?? 0) + 1 });
      }
    }
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}

/** Whether some cause is right for both. */
function shareCause({ truth }: Result, other: Result): boolean {
  return truth.causes.some((cause) => other.truth.causes.includes(cause));
}

/**
 * Pairs of faults whose evidence is the same: all that can be read and the packet's way, or the packet's way alone (then
 * only those whose causes differ).
 */
export function twinsIn(results: readonly Result[]): {
  readonly state: readonly Twins[];
  readonly walk: readonly Twins[];
} {
  const asked = ({ lab, question }: Result) => `${lab} ${JSON.stringify(question)}`;
  const seen = results.filter((one) => one.seen !== '');
  const all = (one: Result) => `${asked(one)} ${one.seen} ${[...one.difference].sort().join('\n')}`;
  const state = pairs(results, all, () => true);
  const known = new Set(state.map(({ kinds }) => kinds.join('\n')));
  return {
    state,
    walk: pairs(
      seen,
      (one) => `${asked(one)} ${one.seen}`,
      (one, other) => !shareCause(one, other),
    ).filter(({ kinds }) => !known.has(kinds.join('\n'))),
  };
}
