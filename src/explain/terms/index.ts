import { isolation } from './isolation.ts';
import { links } from './links.ts';
import { packets } from './packets.ts';
import type { Term } from './term.ts';

/** By the word that asks for it, in small letters. */
export const terms: Readonly<Record<string, Term>> = { ...links, ...packets, ...isolation };

/** @returns the term that this word asks for, with its name. */
export function termFor(word: string): readonly [name: string, term: Term] | undefined {
  const wanted = word.toLowerCase();
  return Object.entries(terms).find(
    ([name, { also = [], title }]) =>
      [name, title.en.toLowerCase(), ...also].includes(wanted) ||
      also.some((one) => one.toLowerCase() === wanted),
  );
}
