import type { Text } from '../../model/text.ts';

/** An example command line, and what it does. */
export interface Example {
  readonly line: string;
  readonly says: Text;
}

/** The usual call of a verb, and one that shows another ability. */
export type Pair = readonly [Example, Example];
