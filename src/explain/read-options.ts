import { own } from '../model/own.ts';
import { t } from '../model/text.ts';
import { assignmentToken } from './assignments.ts';
import type { Kind, Token } from './grammar.ts';
import { joinedToken } from './read-words.ts';
import { baseName, type Reading, takeValues, tell } from './reading.ts';
import { type Given, valueToken } from './value-token.ts';

/** -euc: several options in one word (POSIX utility conventions, guideline 5). */
function cluster(reading: Reading, given: Given): boolean {
  const { words } = reading.program.scope;
  const letters = [...given.value.slice(1)];
  const parts: Token[] = [];
  for (const [index, letter] of letters.entries()) {
    const entry = own(words, `-${letter}`);
    if (entry === undefined) return false;
    parts.push({ text: `-${letter}`, means: entry.means });
    const kind = entry.takes?.[0];
    if (kind === undefined) continue;
    const rest = letters.slice(index + 1).join('');
    if (rest !== '') {
      parts.push(
        valueToken(kind, { text: rest, value: rest, expands: false }, reading.before, reading.at),
      );
      tell(reading, { text: given.text, means: entry.means, parts }, given.value);
    } else {
      tell(reading, { text: given.text, means: together, parts }, given.value);
      takeValues(reading, [kind]);
    }
    return true;
  }
  tell(reading, { text: given.text, means: together, parts }, given.value);
  return true;
}

const together = t('several options in one word', '几个选项合写在一起');

/** @returns whether the word was an option. */
function readOption(reading: Reading, given: Given): boolean {
  const { scope } = reading.program;
  const { value, text } = given;
  const entry = own(scope.words, value);
  if (entry !== undefined) {
    tell(reading, { text, means: entry.means }, value);
    takeValues(reading, entry.takes ?? []);
    return true;
  }
  const [, long = '', joined] = /^(--[\w-]+)=(.*)$/s.exec(value) ?? [];
  if (joined !== undefined) {
    const option = own(scope.words, long);
    const kind = option?.takes?.[0] ?? option?.may;
    if (kind === undefined) tell(reading, { text }, value);
    else {
      const token = valueToken(
        kind,
        { ...given, text: joined, value: joined },
        reading.before,
        reading.at,
      );
      tell(reading, joinedToken(text, option, token, long, joined), value);
    }
    return true;
  }
  if (!/^-[A-Za-z\d]/.test(value)) return false;
  if (!cluster(reading, given)) tell(reading, { text }, value);
  return true;
}

/** What sh(1) does with the words after `-c TEXT`, read from the text. */
function kindsAfter(script: string, rest: readonly Given[]): readonly Kind[] {
  const runs = /exec "\$@"/.test(script);
  if (!runs) return ['script-name', ...rest.map((): Kind => 'script-argument')];
  const directory: readonly Kind[] = /cd "\$1"/.test(script) ? ['directory'] : [];
  const loops = /while \[ "\$1" != -- \]/.test(script);
  const end = rest.findIndex(({ value }) => value === '--');
  const assigned = loops && end >= 0 ? rest.slice(1 + directory.length, end + 1) : [];
  return ['script-name', ...directory, ...assigned.map((): Kind => 'variable'), 'command'];
}

/** Reads the words after a program. @returns the index from which another command begins. */
export function readOptions(reading: Reading): number | undefined {
  const { words, program } = reading;
  let ended = false;
  let operands = 0;
  let kinds = program.scope.operands ?? [];
  while (reading.tokens.length < words.length) {
    const given = words[reading.tokens.length] as Given;
    if (!ended && given.value === '--' && !given.expands) {
      ended = true;
      tell(reading, { text: given.text, means: t('options end here', '选项到此为止') }, '--');
      continue;
    }
    if (!ended && !given.expands && readOption(reading, given)) {
      const isScript = reading.tokens.at(-1)?.script !== undefined;
      // Only the shell's -c has a text whose words follow.
      if (isScript && program.reads === 'shell') {
        const script = reading.before.at(-1) ?? '';
        kinds = kindsAfter(script, words.slice(reading.tokens.length));
        ended = true;
      }
      continue;
    }
    if (program.mixes === undefined) ended = true;
    const kind = kinds[Math.min(operands, kinds.length - 1)];
    operands += 1;
    if (kind === 'command') {
      if (baseName(reading.before[0] ?? '') === 'env' && /^\w+=/.test(given.value)) {
        tell(reading, assignmentToken(given, reading.at), given.value);
        continue;
      }
      return reading.tokens.length;
    }
    if (kind === 'variable' && given.value === '--') {
      tell(
        reading,
        { text: given.text, means: t('the variables end here', '变量到此为止') },
        given.value,
      );
    } else if (kind === 'variable' && /^\w+=/.test(given.value)) {
      tell(reading, assignmentToken(given, reading.at), given.value);
    } else if (kind === undefined) tell(reading, { text: given.text }, given.value);
    else tell(reading, valueToken(kind, given, reading.before, reading.at), given.value);
  }
  return undefined;
}
