import type { Statement, Token } from '../explain/grammar.ts';
import type { ExplainedToken } from './data.ts';

/** What a word means, and after it what it is made of and what a shell text in it does. */
function rows(token: Token, level: number): readonly ExplainedToken[] {
  const { text, means, parts = [], script = [] } = token;
  const own = means === undefined ? [] : [{ token: text, means, level }];
  return [
    ...own,
    ...parts.flatMap((one) => rows(one, level + 1)),
    ...script.flatMap((one) => tokensOf(one, level + 1)),
  ];
}

/** The words of a command with what they mean, one after the other. */
export function tokensOf({ tokens, input = [] }: Statement, level = 0): readonly ExplainedToken[] {
  return [
    ...tokens.flatMap((one) => rows(one, level)),
    ...input.flatMap((one) => tokensOf(one, level + 1)),
  ];
}
