import { type Language, parseLanguage } from '../model/text.ts';

/** The flags that take a value and may stand before a command; a test compares them with the command line. */
export const valueFlags = [
  ...['--lang', '--state-dir', '--timeout', '--pace', '--focus', '--until', '--keys', '--record'],
];

/** The number of ctr's own words after the verb; the user's command follows them. */
export const wordsBeforeCommand: Readonly<Record<string, number>> = {
  up: 1,
  exec: 1,
  explain: 1,
  sandbox: 0,
};

/** ctr's own words: all except the user's command after the file or name. */
export function ownWords(words: readonly string[]): readonly string[] {
  let verb: string | undefined;
  let room = Number.POSITIVE_INFINITY;
  let value = false;
  for (const [index, word] of words.entries()) {
    if (value) {
      value = false;
    } else if (word === '--') {
      return words.slice(0, index);
    } else if (word.length > 1 && word.startsWith('-')) {
      value = valueFlags.includes(word);
    } else if (verb === undefined) {
      verb = word;
      if (Object.hasOwn(wordsBeforeCommand, word)) room = wordsBeforeCommand[word] ?? 0;
    } else if (room <= 1) {
      return words.slice(0, index + room);
    } else room -= 1;
  }
  return words;
}

/** The value of a flag, as `--lang zh` or `--lang=zh`. The last occurrence wins. */
export function flagValue(flag: string, words: readonly string[]): string | undefined {
  const values = words.flatMap((word, index) => {
    if (word === flag) return words[index + 1] ?? [];
    return word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : [];
  });
  return values.at(-1);
}

/** The language and --json, from words that are not validated yet. */
export function voiceFlags(own: readonly string[]): { json: boolean; lang?: Language } {
  const lang = parseLanguage(flagValue('--lang', own) ?? '');
  return { json: own.includes('--json'), ...(lang === undefined ? {} : { lang }) };
}
