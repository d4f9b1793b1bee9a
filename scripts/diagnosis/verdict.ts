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

/** Compares what was said with what is known. */
export function judge(answer: Answer, truth: Truth, harmless: boolean): Verdict {
  if (answer.kind === 'failed') return { score: 'failed', located: false, causes: [] };
  if (answer.kind === 'arrives') {
    return { score: harmless ? 'named' : 'wrong and sure', located: harmless, causes: ['arrives'] };
  }
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
