import { own } from '../model/own.ts';
import { t } from '../model/text.ts';
import { programs } from './commands/index.ts';
import type { Program, Token } from './grammar.ts';
import { readOptions } from './read-options.ts';
import { readWords } from './read-words.ts';
import { baseName, type Reading } from './reading.ts';
import { expansionsIn } from './shell.ts';
import { type Given, type Surroundings, valueToken } from './value-token.ts';
import { expansion } from './values/expansions.ts';

export interface Walked {
  /** One for each word. */
  readonly tokens: readonly Token[];
  /** The innermost program of `nsenter … env … tee FILE`, and its words. */
  readonly innermost: readonly string[];
  readonly reads?: Program['reads'];
}

export function programOf(word: string): Program | undefined {
  return own(programs, baseName(word));
}

const inContainer = /^ctr:[a-z][\w-]*\/[a-z][\w-]*$/;

/** The words of one command, the program first. */
export function walk(words: readonly Given[], at: Surroundings, marked = false): Walked {
  const [first, ...rest] = words;
  if (first === undefined) return { tokens: [], innermost: [] };
  const values = words.map(({ value }) => value);
  if (first.expands) {
    const means = expansionsIn(first.value).map(expansion)[0];
    const whole =
      first.value === '$@'
        ? t('run the words that were passed, as a command', '把传入的词当作命令执行')
        : means;
    const others = rest.map((one) => valueToken('word', one, [], at));
    return { tokens: [{ text: first.text, means: whole }, ...others], innermost: values };
  }
  if (at.functions.has(first.value)) {
    const means = t(
      `${first.value}, a function of this script`,
      `${first.value}，这个脚本里的函数`,
    );
    const others = rest.map((one, index) =>
      index === 0 && /[;\s]/.test(one.value) ? editing(one) : valueToken('word', one, [], at),
    );
    return { tokens: [{ text: first.text, means }, ...others], innermost: values };
  }
  const program = programOf(first.value);
  if (program === undefined) return { tokens: unknown(words, marked), innermost: values };
  const reading: Reading = {
    words,
    program,
    at,
    before: [first.value],
    tokens: [{ text: first.text, means: program.means }],
  };
  const inner = program.style === 'words' ? readWords(reading) : readOptions(reading);
  if (typeof inner !== 'number') {
    return {
      tokens: reading.tokens,
      innermost: values,
      ...(program.reads === undefined ? {} : { reads: program.reads }),
    };
  }
  const isMarked = marked || values.slice(0, inner).some((one) => inContainer.test(one));
  const next = walk(words.slice(inner), at, isMarked);
  return { ...next, tokens: [...reading.tokens, ...next.tokens] };
}

function editing(given: Given): Token {
  return {
    text: given.text,
    means: t('what sed(1) changes in the lines', 'sed(1) 对这些行做的修改'),
  };
}

/** A program that is in no table: the config's own command, or something that ctr does not know. */
function unknown(words: readonly Given[], marked: boolean): readonly Token[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  if (!marked) return words.map(({ text }) => ({ text }));
  return [
    {
      text: first.text,
      means: t(
        `the command of the config: ${first.value}, a program of the container's root file system`,
        `配置里的命令：${first.value}，容器根文件系统里的程序`,
      ),
    },
    ...rest.map(({ text }) => ({
      text,
      means: t('a word for that program, from the config', '传给该程序的词，来自配置'),
    })),
  ];
}

/** The words after a program whose name is not there: a line of `ip -batch` or of iptables-restore. */
export function walkAs(
  program: string,
  words: readonly Given[],
  at: Surroundings,
): readonly Token[] {
  const head = { text: program, value: program, expands: false };
  return walk([head, ...words], at).tokens.slice(1);
}
