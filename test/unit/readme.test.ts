import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const root = new URL('../..', import.meta.url).pathname;
const files = ['README.md', 'README.zh-CN.md'] as const;
const [english, chinese] = files.map((file) => partsOf(readFileSync(`${root}${file}`, 'utf8')));

interface Parts {
  /** The sequence of headings with their levels, code blocks with their languages, lists, tables and quotes. */
  readonly outline: readonly string[];
  readonly blocks: readonly { readonly language: string; readonly text: string }[];
  readonly links: readonly string[];
  /** The texts in backquotes, sorted, since the word order of the languages differs. */
  readonly names: readonly string[];
}

function partsOf(markdown: string): Parts {
  const fence = /^```(\w*)\n(.*?)^```$/gms;
  const blocks = [...markdown.matchAll(fence)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
  const prose = markdown.replaceAll(fence, '```$1');
  const outline = prose
    .split('\n')
    .flatMap((line) => /^(?:#+ |- |```\w*$|\|.*\|$)/.exec(line)?.[0].replace(/^\|.*/, '|') ?? [])
    .concat(/^> /m.test(prose) ? ['>'] : []);
  const all = (pattern: RegExp) => [...prose.matchAll(pattern)].map(([, one = '']) => one).sort();
  return {
    outline,
    blocks,
    links: all(/\]\(([^)]+)\)/g).filter((link) => !/^README/.test(link)),
    names: all(/(?<!`)`([^`\n]+)`/g),
  };
}

/** A code block without sentences for the reader. */
function code({ language, text }: Parts['blocks'][number]): string {
  if (language === 'console') {
    const commands = text.split('\n').filter((line) => line.startsWith('$ '));
    return commands.join('\n').replaceAll(' --lang zh', '');
  }
  return language === 'sh' ? text.replaceAll(/ *#.*/g, '') : text;
}

test('both READMEs have the same sections, lists, tables and blocks in the same order', () => {
  expect(chinese?.outline).toEqual(english?.outline);
  expect(english?.outline.length).toBeGreaterThan(40);
});

test('both READMEs show the same commands and code, but for comments and what is printed', () => {
  expect(chinese?.blocks.map(code)).toEqual(english?.blocks.map(code));
});

test('both READMEs link to the same places, which are there', () => {
  expect(chinese?.links).toEqual(english?.links);
  for (const link of english?.links ?? []) {
    expect({ link, there: existsSync(`${root}${link}`) }).toEqual({ link, there: true });
  }
});

test('both READMEs name the same commands, options and files', () => {
  expect([...new Set(chinese?.names)]).toEqual([...new Set(english?.names)]);
});
