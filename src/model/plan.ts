import type { Lab } from './lab.ts';
import type { Step } from './step.ts';

/** Everything that will run, as data. All output formats and `apply` work from it. */
export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** Made by `compact`. */
  readonly fast?: true;
  /** The way back is the exact reverse, as in `up --one-by-one`. */
  readonly oneByOne?: true;
  readonly lab: Lab;
  readonly steps: readonly Step[];
}
