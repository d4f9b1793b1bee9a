import type { Lab } from '../model/lab.ts';
import { containerPlace } from '../model/place.ts';
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
      // What else holds for the same packet may be no more than a consequence: it is told once this is mended.
      const { finding } = diagnosis;
      const known = wrong.get(keyOf(finding)) ?? { finding, breaks: [] };
      known.breaks.push(promised);
      wrong.set(keyOf(finding), known);
    } else if (diagnosis.kind !== 'arrives') open.push({ promised, diagnosis });
  }
  const all = merged([...wrong.values()], lab).map((one, index) => ({ ...one, index }));
  all.sort((one, other) => other.breaks.length - one.breaks.length || one.index - other.index);
  // What is certain for one packet and only possible for another has been told.
  const told = new Set(all.map(({ finding }) => finding.cause));
  const left = open.filter(
    ({ diagnosis }) =>
      diagnosis.kind === 'unknown' || !diagnosis.between.some(({ cause }) => told.has(cause)),
  );
  return {
    wrong: all.map(({ finding, breaks }) => ({ finding, breaks })),
    open: left,
    possible: possibleFor(left),
  };
}

/** Whether a promise asks the other way round. */
function isReverse({ question: one }: Promised, { question: other }: Promised, lab: Lab): boolean {
  const owns = (place: string, address: string) =>
    lab.containers.some(
      ({ name, attachments }) =>
        containerPlace(name) === place && attachments.some((own) => own.address === address),
    );
  return owns(one.from, other.to) && owns(other.from, one.to);
}

/**
 * A ping between two containers needs both of them. Where one is cut off by a fault of its own, what the other sees of
 * it is that fault.
 */
function merged(all: readonly Wrong[], lab: Lab | undefined): readonly Wrong[] {
  if (lab === undefined) return all;
  const kept = all.map(({ finding, breaks }) => ({ finding, breaks: [...breaks] }));
  return kept.filter((wrong) => {
    const { breaks } = wrong;
    const others = breaks.map((promised) =>
      kept.find(
        (other) =>
          other !== wrong &&
          other.breaks.length > breaks.length &&
          other.breaks.some((reverse) => isReverse(promised, reverse, lab)),
      ),
    );
    if (others.includes(undefined)) return true;
    for (const [index, other] of others.entries()) {
      const promised = breaks[index];
      if (promised !== undefined) other?.breaks.push(promised);
    }
    return false;
  });
}

function possibleFor(open: readonly Open[]): readonly Finding[] {
  const found = open.flatMap(({ diagnosis }) =>
    diagnosis.kind === 'undecided' ? diagnosis.between : [],
  );
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}
