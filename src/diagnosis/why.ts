import type { Lab } from '../model/lab.ts';
import type { Diagnosis, Finding } from './cause.ts';
import { diagnose } from './diagnose.ts';
import type { Promised } from './promises.ts';
import type { Reading } from './reading.ts';

/** Something that is wrong, and what does not work for it. */
export interface Wrong {
  readonly finding: Finding;
  readonly breaks: readonly Promised[];
}

/** A promise that does not hold, or may not, for a reason that the state does not show. */
export interface Open {
  readonly promised: Promised;
  readonly diagnosis: Extract<Diagnosis, { readonly kind: 'undecided' | 'unknown' }>;
}

export interface Judged {
  /** The worst first: what breaks most, then what comes first on the way. */
  readonly wrong: readonly Wrong[];
  readonly open: readonly Open[];
  /** What the open ones may be for, each once. */
  readonly possible: readonly Finding[];
}

/** The same for one thing that is wrong, whichever packets it stops. */
function keyOf({ cause, place, says, fix }: Finding): string {
  return JSON.stringify([cause, place, fix?.argv ?? says.en]);
}

/** Pure: everything that is wrong by the state alone. */
export function whyBroken(
  promises: readonly Promised[],
  reading: Reading,
  lab: Lab | undefined,
): Judged {
  const wrong = new Map<string, { readonly finding: Finding; readonly breaks: Promised[] }>();
  const open: Open[] = [];
  for (const promised of promises) {
    const { question } = promised;
    const diagnosis = diagnose({ question, reading, ...(lab === undefined ? {} : { lab }) });
    if (diagnosis.kind === 'named') {
      for (const finding of [diagnosis.finding, ...diagnosis.also]) {
        const known = wrong.get(keyOf(finding)) ?? { finding, breaks: [] };
        if (!known.breaks.includes(promised)) known.breaks.push(promised);
        wrong.set(keyOf(finding), known);
      }
    } else if (diagnosis.kind !== 'arrives') open.push({ promised, diagnosis });
  }
  const all = [...wrong.values()].map((one, index) => ({ ...one, index }));
  all.sort((one, other) => other.breaks.length - one.breaks.length || one.index - other.index);
  return {
    wrong: all.map(({ finding, breaks }) => ({ finding, breaks })),
    open,
    possible: possibleFor(open),
  };
}

function possibleFor(open: readonly Open[]): readonly Finding[] {
  const found = open.flatMap(({ diagnosis }) =>
    diagnosis.kind === 'undecided' ? diagnosis.between : [],
  );
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}
