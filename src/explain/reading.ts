import type { Kind, Program, Token } from './grammar.ts';
import { type Given, type Surroundings, valueToken } from './value-token.ts';

export function baseName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

export interface Reading {
  readonly words: readonly Given[];
  readonly program: Program;
  readonly at: Surroundings;
  /** The values of the words so far. */
  readonly before: string[];
  readonly tokens: Token[];
}

export function tell(reading: Reading, token: Token, value: string): void {
  const of = baseName(reading.before[0] ?? '');
  reading.tokens.push(token.means === undefined ? { ...token, of } : token);
  reading.before.push(value);
}

export function takeValues(reading: Reading, kinds: readonly Kind[]): void {
  for (const kind of kinds) {
    const given = reading.words[reading.tokens.length];
    if (given === undefined) return;
    const token = valueToken(kind, given, reading.before, reading.at);
    tell(reading, { ...token, isValue: true }, given.value);
  }
}
