import type { Fault } from './fault.ts';
import type { Lab } from './lab.ts';

/** Faults of one kind. */
export interface Family {
  readonly name: string;
  /** What is done, for the page. */
  readonly title: string;
  /** The faults that fit a lab. */
  readonly faults: (lab: Lab) => readonly Fault[];
}
