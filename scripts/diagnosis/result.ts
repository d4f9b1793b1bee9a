import type { Question, Truth } from './fault.ts';
import type { Trial } from './trial.ts';

/** A trial, with what it was about. */
export interface Result extends Trial {
  readonly index: number;
  readonly lab: string;
  readonly family: string;
  readonly kind: string;
  readonly id: string;
  /** The edit, as lines of shell with their place. */
  readonly edit: readonly string[];
  readonly question: Question;
  readonly truth: Truth;
  readonly harmless: boolean;
}
