import type { Text } from '../text.ts';

/** What a code means, and what to do about it. */
export interface Meaning {
  readonly means: Text;
  readonly fix: Text;
}

/** An error that ends ctr, with its possible exit codes. */
export interface ErrorMeaning extends Meaning {
  readonly exits: readonly number[];
}

/** The first two texts are the meaning, the other two the remedy. */
export function meaning(en: string, zh: string, fixEn: string, fixZh: string): Meaning {
  return { means: { en, zh }, fix: { en: fixEn, zh: fixZh } };
}

export function exits(codes: readonly number[], said: Meaning): ErrorMeaning {
  return { ...said, exits: codes };
}
