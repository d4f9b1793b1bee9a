import type { Lab } from './lab.ts';
import type { Step } from './step.ts';

/** The whole of what will be run, as data: everything else is a rendering or a walk of it. */
export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** Made by `compact`. */
  readonly fast?: true;
  /** The way back is the exact reverse, as `up --one-by-one` walks it. */
  readonly oneByOne?: true;
  readonly lab: Lab;
  readonly steps: readonly Step[];
}
