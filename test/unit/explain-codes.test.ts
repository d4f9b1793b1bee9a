import { expect, jest, test } from '@jest/globals';
import { createVoice } from '../../src/cli/context.ts';
import { errorNames, problemCodes } from '../../src/model/codes/index.ts';
import { type CtrError, exitCodes } from '../../src/model/errors.ts';
import { explain } from '../../src/verbs/explain.ts';

const all = [...Object.keys(problemCodes), ...Object.keys(errorNames)];

async function told(...[word, flags = {}]: [string?, { lang?: string; json?: boolean }?]) {
  const print = jest.fn<(text: string) => void>();
  const voice = { ...createVoice({ lang: 'en', ...flags }), print };
  const opened = () => Promise.reject(new Error('nothing is started to explain a code'));
  await explain(voice, opened, word === undefined ? [] : [word]);
  return print.mock.calls.map(([text]) => text).join('\n');
}

/** Without the line breaks of the terminal and the backquotes of the page. */
function flat(text: string): string {
  return text.replaceAll(/[\s`]+/g, '');
}

test('explain H005 says what it means and what to do, in any case and in both languages', async () => {
  const { means, fix } = problemCodes.H005;
  expect(flat(await told('H005'))).toBe(flat(`H005${means.en}Whattodo:${fix.en}`));
  expect(await told('h005')).toBe(await told('H005'));
  expect(flat(await told('H005', { lang: 'zh' }))).toBe(flat(`H005${means.zh}怎么办：${fix.zh}`));
});

test('explain with the name of an error lists its exit codes', async () => {
  expect(await told('Step-Failed')).toMatch(/\nExit code: 5, 6$/);
});

test('explain codes names every code once, and explain names explain codes', async () => {
  const listed = (await told('codes')).split('\n').map((line) => line.split(' ')[0]);
  expect(listed.toSorted()).toEqual(all.toSorted());
  expect(await told()).toMatch(/ explain codes\n/);
});

test('under --json one code has the same shape as all of them', async () => {
  const one = JSON.parse(await told('h005', { json: true }));
  expect(one.codes).toMatchObject([
    { code: 'H005', exit_codes: [], means: problemCodes.H005.means },
  ]);
  const every = JSON.parse(await told('codes', { json: true }));
  expect(every.codes).toHaveLength(all.length);
  expect(every.codes).toContainEqual(one.codes[0]);
});

test.each([
  ['H05', 'ctr explain H005'],
  ['stepfailed', 'ctr explain step-failed'],
  ['chrot', 'ctr explain chroot'],
  ['code', 'ctr explain codes'],
  ['something else entirely', 'ctr explain codes'],
])('explain %s is wrong usage, and %s is what to try first', async (word, first) => {
  const error = await told(word).catch((thrown: unknown) => thrown as CtrError);
  expect(error).toMatchObject({ code: 'no-such-topic', exitCode: exitCodes.usage });
  expect((error as CtrError).details.try?.[0]).toBe(first);
});
