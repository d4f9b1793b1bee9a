import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorsPage } from '../../scripts/generate/errors-page.ts';
import { crossProblems } from '../../src/config/problems.ts';
import { configCodes } from '../../src/model/codes/config.ts';
import { runtimeErrors } from '../../src/model/codes/errors.ts';
import { fileErrors } from '../../src/model/codes/files.ts';
import { hostCodes } from '../../src/model/codes/host.ts';
import { errorNames, problemCodes } from '../../src/model/codes/index.ts';
import type { Meaning } from '../../src/model/codes/meaning.ts';
import { stateErrors } from '../../src/model/codes/state.ts';
import { usageErrors } from '../../src/model/codes/usage.ts';
import { warningCodes } from '../../src/model/codes/warnings.ts';
import { exitCodes } from '../../src/model/errors.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The source files that may use a code. */
const source = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('model/codes/'))
  .map((path) => readFileSync(join(root, 'src', path), 'utf8'));

function matches(pattern: RegExp): readonly string[] {
  return [
    ...new Set(source.flatMap((text) => [...text.matchAll(pattern)].map(([, one = '']) => one))),
  ].toSorted();
}

const all: readonly (readonly [string, Meaning])[] = [
  ...Object.entries(problemCodes),
  ...Object.entries(errorNames),
];

test('no code is in two tables', () => {
  const parts = [
    ...[configCodes, hostCodes, warningCodes],
    ...[usageErrors, fileErrors, runtimeErrors, stateErrors],
  ].flatMap((one) => Object.keys(one));
  expect(parts.toSorted()).toEqual([...new Set(parts)].toSorted());
  expect(parts.toSorted()).toEqual(all.map(([code]) => code).toSorted());
});

test('the codes of problems in src are exactly those of the table', () => {
  expect(matches(/'([EHW]\d{3})'/g)).toEqual(Object.keys(problemCodes).toSorted());
});

/** Codes that several places use for the same problem, with the number of places. */
const saidOften: Readonly<Record<string, number>> = {
  ...{ E001: 2, E002: 2, E003: 7, E009: 2, H002: 2, H004: 2, H009: 2, H010: 2, W105: 2, W124: 2 },
  // Of IPv4, and of IPv6.
  ...{ E026: 2, E062: 2, H005: 2 },
};

test('a code has one meaning: one place uses it, or as many as listed here', () => {
  const said = source.flatMap((text) => [...text.matchAll(/code: '([EHW]\d{3})'/g)]);
  const counts: Record<string, number> = {};
  for (const [, code = ''] of said) counts[code] = (counts[code] ?? 0) + 1;
  expect(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 1))).toEqual(
    saidOften,
  );
});

test('the names of errors in src are exactly those of the table', () => {
  const made = matches(/new CtrError\(\s*'([a-z-]+)'/g);
  const ofCommandLine = matches(/^ {4}code: '[a-zA-Z]+',\n {4}name: '([a-z-]+)'/gm);
  const otherwise = matches(/\.name \?\? '([a-z-]+)',\n/g);
  expect([...new Set([...made, ...ofCommandLine, ...otherwise])].toSorted()).toEqual(
    Object.keys(errorNames).toSorted(),
  );
});

test('an error ends ctr with an exit code that its row lists', () => {
  const made = source.flatMap((text) => [
    ...text.matchAll(/new CtrError\(\s*'([a-z-]+)',\s*(?:[\w. ]+>[\w. ]+\? )?exitCodes\.(\w+)/g),
  ]);
  expect(made.length).toBeGreaterThan(40);
  for (const [, name = '', exit = ''] of made) {
    const { exits } = errorNames[name as keyof typeof errorNames];
    expect({ name, exits }).toEqual({
      name,
      exits: expect.arrayContaining([exitCodes[exit as keyof typeof exitCodes]]),
    });
  }
});

test('every exit code of a row is one of ctr’s, or stands for a signal', () => {
  const known: readonly number[] = [...Object.values(exitCodes), 129, 130, 143];
  for (const { exits } of Object.values(errorNames)) {
    expect(exits.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining([...exits]));
  }
});

test('the keys of crossProblems are codes of the table', () => {
  const codes = Object.keys(crossProblems).filter((key) => key !== 'withoutPrefix');
  expect(Object.keys(problemCodes)).toEqual(expect.arrayContaining(codes));
});

const han = /\p{Script=Han}/u;

/** The number of full stops at the end of a sentence. */
function sentences(text: string): number {
  return (text.match(/[.。](?= |$|[\p{Script=Han}])/gu) ?? []).length;
}

test.each(all)(
  '%s: its meaning and what to do are whole sentences in both languages, three at most',
  (_, { means, fix }) => {
    for (const { en, zh } of [means, fix]) {
      expect(en).toMatch(/^\S.*\.$/);
      expect(en).not.toMatch(han);
      expect(zh).toMatch(/^\S.*。$/);
      expect(zh).toMatch(han);
    }
    expect(sentences(`${means.en} ${fix.en}`)).toBeLessThanOrEqual(3);
    expect(sentences(`${means.zh}${fix.zh}`)).toBeLessThanOrEqual(3);
  },
);

test('no two codes have the same text', () => {
  for (const language of ['en', 'zh'] as const) {
    const said = all.map(([, { means }]) => means[language]);
    expect(said.filter((one, index) => said.indexOf(one) !== index)).toEqual([]);
  }
});

test('docs/errors.md matches the tables, with a heading for every code', () => {
  const page = readFileSync(`${root}docs/errors.md`, 'utf8');
  expect(page).toBe(errorsPage());
  const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, one = '']) => one);
  expect(headings.toSorted()).toEqual(all.map(([code]) => code).toSorted());
});
