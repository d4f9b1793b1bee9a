import { expect, jest, test } from '@jest/globals';
import { createVoice } from '../../../src/cli/context.ts';
import type { Answer } from '../../../src/explain/answers/answer.ts';
import { answerFor, answers } from '../../../src/explain/answers/index.ts';
import { kinds } from '../../../src/explain/kinds.ts';
import { stepIds } from '../../../src/explain/step-ids.ts';
import { termFor, terms } from '../../../src/explain/terms/index.ts';
import { explain } from '../../../src/verbs/explain.ts';

async function told(words: readonly string[], flags: { lang?: string; json?: boolean } = {}) {
  const print = jest.fn<(text: string) => void>();
  const voice = { ...createVoice({ lang: 'en', ...flags }), print };
  await explain(voice, () => Promise.reject(new Error('nothing is started')), words);
  return print.mock.calls.map(([text]) => text).join('\n');
}

test.each(stepIds)('explain %s says why, with commands, in both languages', async (id) => {
  const { steps } = JSON.parse(await told([id], { json: true }));
  expect(steps).toMatchObject([{ id, commands: expect.arrayContaining([expect.any(String)]) }]);
  expect(await told([id])).toContain(steps[0].title.en);
  expect(await told([id], { lang: 'zh' })).toContain(steps[0].title.zh);
});

test.each(Object.keys(kinds))('explain %s explains the kind of resource', async (kind) => {
  const found = JSON.parse(await told([kind], { json: true }));
  expect(found.kinds).toMatchObject([{ kind }]);
});

test('at least 40 terms are explained, by their names in both languages', () => {
  expect(Object.keys(terms).length).toBeGreaterThanOrEqual(40);
  for (const [name, { title, text }] of Object.entries(terms)) {
    expect(termFor(name)?.[0]).toBe(name);
    expect(termFor(title.zh)).toBeDefined();
    expect(Math.min(text.en.length, text.zh.length)).toBeGreaterThan(5);
  }
});

test.each([
  ['neighbor', 'neighbour'],
  ['LOWERLAYERDOWN', 'lowerlayerdown'],
  ['IPTables', 'netfilter'],
  ['网桥', 'bridge'],
])('%s is the term %s', (word, name) => {
  expect(termFor(word)?.[0]).toBe(name);
});

test('at least 34 answers, each in both languages, with cause and cure', () => {
  const all = Object.values<Answer>(answers);
  expect(all.length).toBeGreaterThanOrEqual(34);
  for (const { means, causes, cure } of all) {
    expect(causes.length).toBeGreaterThan(0);
    for (const { en, zh } of [means, cure, ...causes]) {
      expect(en).not.toBe('');
      expect(zh).not.toBe('');
    }
  }
});

test('an answer is explained with whatever stands before it', async () => {
  const text = 'RTNETLINK answers: File exists';
  expect(answerFor(text)?.[0]).toBe('file-exists');
  expect(await told([text])).toContain('What to do: ');
  expect(await told(text.split(' '), { lang: 'zh' })).toContain('怎么办：');
});

test('flags may stand after a word that is no command', async () => {
  expect(JSON.parse(await told(['bridge', '--json'])).terms).toHaveLength(1);
  expect(await told(['bridge', '--lang', 'zh'])).toContain('网桥');
  expect(await told(['ip', '--json'])).not.toBe('');
});

test.each([['frobnicate'], ['frobnicate', 'the', 'widget'], ['frobnicate the widget']])(
  'what ctr knows nothing of is wrong usage: %s',
  async (...words) => {
    await expect(told(words)).rejects.toMatchObject({ code: 'no-such-topic' });
  },
);

test('a word that means several things is explained as each of them', async () => {
  const found = JSON.parse(await told(['masquerade'], { json: true }));
  expect([found.steps.length, found.terms.length]).toEqual([1, 1]);
});
