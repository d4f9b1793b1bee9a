import type { Text } from '../../model/text.ts';

/** A word of networking or of containers, for somebody who has never met it. */
export interface Term {
  readonly title: Text;
  readonly text: Text;
  /** A command that shows it, on a host with a container of ctr. */
  readonly see?: string;
  /** Other ways to write it, in small letters. */
  readonly also?: readonly string[];
}

export function term(
  title: readonly [en: string, zh: string],
  text: readonly [en: string, zh: string],
  see?: string,
  also: readonly string[] = [],
): Term {
  return {
    title: { en: title[0], zh: title[1] },
    text: { en: text[0], zh: text[1] },
    also: [...also, title[1]],
    ...(see === undefined ? {} : { see }),
  };
}
