import type { Text } from '../../model/text.ts';
import type { Statement, Token } from '../grammar.ts';

/** What a value means. */
export interface Told {
  readonly means: Text;
  readonly parts?: readonly Token[];
  readonly script?: readonly Statement[];
}

/** What is known about the command when one of its values is explained. */
export interface About {
  /** The words of the command so far, without quotes, the program first. */
  readonly before: readonly string[];
  /** The file that the line's output goes to, if any. */
  readonly sink?: string | undefined;
}

export type Describe = (value: string, about: About) => Told | undefined;

export function told(en: string, zh: string): Told {
  return { means: { en, zh } };
}
