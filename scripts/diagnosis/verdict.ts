import type { Place } from '../../src/model/place.ts';
import type { Text } from '../../src/model/text.ts';
import type { Truth } from './fault.ts';

/** What of a finding is compared with the truth. */
export interface Named {
  readonly cause: string;
  readonly place: Place;
  readonly direction: 'there' | 'back';
  readonly certain: boolean;
  readonly says: Text;
}

/** What ctr said about a fault. */
export type Answer =
  | { readonly kind: 'arrives' }
  /** `why` finds nothing wrong. */
  | { readonly kind: 'silent' }
  /** What `why` is sure of, the worst first, and what else may be. */
  | { readonly kind: 'list'; readonly sure: readonly Named[]; readonly maybe: readonly Named[] }
  | { readonly kind: 'named'; readonly findings: readonly Named[] }
  | { readonly kind: 'undecided'; readonly findings: readonly Named[] }
  /** It knows where, not why. */
  | {
      readonly kind: 'unknown';
      readonly place?: Place;
      readonly direction?: 'there' | 'back';
    }
  | { readonly kind: 'failed'; readonly said: string };

export const scores = [
  /** The right cause; or, where the table has no row for it, no cause. */
  'named',
  /** Several causes, the right one among them. */
  'undecided',
  /** No cause, although the table has one. */
  'unknown',
  /** `why` finds nothing wrong although something is. */
  'silent',
  /** Several causes, the right one not among them. */
  'misled',
  /** One cause, a wrong one; or that all is well. */
  'wrong and sure',
  /** ctr ended with an error. */
  'failed',
] as const;
export type Score = (typeof scores)[number];

export interface Verdict {
  readonly score: Score;
  /** The place and the direction are right. */
  readonly located: boolean;
  readonly causes: readonly string[];
  readonly says?: Text;
}

function fits(truth: Truth, place: Place | undefined, direction: 'there' | 'back' | undefined) {
  const rightWay = truth.direction === undefined || truth.direction === direction;
  return place !== undefined && truth.at.includes(place) && rightWay;
}

/** What `why` lists: everything that it is sure of must be so, and the right cause comes first. */
function judgeList(sure: readonly Named[], maybe: readonly Named[], truth: Truth): Verdict {
  const all = [...sure, ...maybe];
  const right = (one: Named | undefined) =>
    one !== undefined && [...truth.causes, ...(truth.others ?? [])].includes(one.cause);
  const causes = all.map(({ cause }) => cause);
  const located = all.some(({ place }) => truth.at.includes(place));
  const says = all[0] === undefined ? {} : { says: all[0].says };
  const score = right(sure[0])
    ? 'named'
    : all.some(right)
      ? 'undecided'
      : sure.length > 0
        ? 'wrong and sure'
        : 'misled';
  return { score, located, causes, ...says };
}

/** Compares what was said with what is known. */
export function judge(answer: Answer, truth: Truth, harmless: boolean): Verdict {
  if (answer.kind === 'failed') return { score: 'failed', located: false, causes: [] };
  if (answer.kind === 'arrives') {
    return { score: harmless ? 'named' : 'wrong and sure', located: harmless, causes: ['arrives'] };
  }
  if (answer.kind === 'silent')
    return { score: harmless ? 'named' : 'silent', located: harmless, causes: [] };
  if (answer.kind === 'list') return judgeList(answer.sure, answer.maybe, truth);
  if (answer.kind === 'unknown') {
    const located = !harmless && fits(truth, answer.place, answer.direction);
    const right = !harmless && truth.causes.length === 0;
    return { score: right ? 'named' : 'unknown', located, causes: [] };
  }
  const { kind, findings } = answer;
  const causes = findings.map(({ cause }) => cause);
  const located = findings.some(({ place, direction }) => fits(truth, place, direction));
  const [first] = findings;
  const says = first === undefined ? {} : { says: first.says };
  const right = findings.some(({ cause }) => truth.causes.includes(cause));
  if (kind === 'named')
    return { score: right ? 'named' : 'wrong and sure', located, causes, ...says };
  return { score: right ? 'undecided' : 'misled', located, causes, ...says };
}
