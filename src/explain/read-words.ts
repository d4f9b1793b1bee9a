import { own } from '../model/own.ts';
import type { Program, Scope, Token, Word } from './grammar.ts';
import { type Reading, takeValues, tell } from './reading.ts';
import { type Given, valueToken } from './value-token.ts';

/** The entry of a word; iproute2 takes any beginning of a word, and the first that fits. */
function entryOf(scope: Scope, value: string, program: Program): Word | undefined {
  const exact = own(scope.words, value);
  if (exact !== undefined || program.abbreviates === undefined || value === '') return exact;
  if (!/^-?[a-z]+$/.test(value)) return undefined;
  return Object.entries(scope.words).find(([name]) => name.startsWith(value))?.[1];
}

function resolve(next: Word['next']): Scope | undefined {
  return typeof next === 'function' ? next() : next;
}

const isOperand = (word: string) => ['dev', 'name', 'local', 'to'].includes(word);

export function readWords(reading: Reading): void {
  const { words, program } = reading;
  let scopes: readonly Scope[] = [program.scope];
  let operands = 0;
  while (reading.tokens.length < words.length) {
    const given = words[reading.tokens.length] as Given;
    const level = scopes.findIndex((scope) => entryOf(scope, given.value, program) !== undefined);
    const scope = scopes[level];
    const entry = scope === undefined ? undefined : entryOf(scope, given.value, program);
    const [, long = '', joined] = /^(--[a-z-]+)=(.*)$/s.exec(given.value) ?? [];
    const kinds = scopes.find((one) => one.operands !== undefined)?.operands ?? [];
    if (entry !== undefined) {
      scopes = scopes.slice(level);
      // `dev eth0` stands for the operand `eth0`.
      if (isOperand(given.value) && entry.takes?.[0] === kinds[operands]) operands += 1;
      tell(reading, { text: given.text, means: entry.means }, given.value);
      takeValues(reading, entry.takes ?? []);
      const next = resolve(entry.next);
      if (next !== undefined) {
        scopes = [next, ...scopes];
        operands = 0;
      }
      continue;
    }
    if (joined !== undefined) {
      const option = own(program.scope.words, long);
      const value = valueToken(
        option?.takes?.[0] ?? 'word',
        { ...given, value: joined },
        reading.before,
        reading.at,
      );
      tell(reading, joinedToken(given.text, option, value, long, joined), given.value);
      continue;
    }
    // iproute2 takes each operand once; elsewhere the last one repeats.
    const repeats = program.abbreviates === undefined;
    const kind = kinds[repeats ? Math.min(operands, kinds.length - 1) : operands];
    if (kind === undefined) tell(reading, { text: given.text }, given.value);
    else {
      operands += 1;
      tell(reading, valueToken(kind, given, reading.before, reading.at), given.value);
    }
  }
}

export function joinedToken(
  text: string,
  option: Word | undefined,
  value: Token,
  long: string,
  joined: string,
): Token {
  if (option === undefined) return { text };
  return {
    text,
    means: option.means,
    parts: [
      { text: long, means: option.means },
      { ...value, text: joined },
    ],
  };
}
