import type { Text } from '../text.ts';

/** What a code stands for wherever it appears, and what to do about it. */
export interface Meaning {
  readonly means: Text;
  readonly fix: Text;
}

/** An error that ends ctr, with every exit code that it can end with. */
export interface ErrorMeaning extends Meaning {
  readonly exits: readonly number[];
}

/** The first two say what the code means, the other two what to do. */
export function meaning(en: string, zh: string, fixEn: string, fixZh: string): Meaning {
  return { means: { en, zh }, fix: { en: fixEn, zh: fixZh } };
}

export function exits(codes: readonly number[], said: Meaning): ErrorMeaning {
  return { ...said, exits: codes };
}
