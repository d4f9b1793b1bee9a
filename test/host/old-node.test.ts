import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
});
afterAll(() => shop.remove());

/** Runs ctr as if by a Node of another version. */
async function under(version: string, words: readonly string[], variables: readonly string[] = []) {
  const fake = join(shop.directory, 'fake.cjs');
  writeFileSync(
    fake,
    `Object.defineProperty(process, 'version', { value: 'v${version}' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  return await sh(['env', ...variables, process.execPath, '-r', fake, ctrPath, ...words]);
}

test.each(['18.20.4', '20.10.0', '16.0.0', '8.17.0'])(
  'under Node %s nothing is done, and it is said which Node is needed',
  async (version) => {
    const before = await snapshot();
    for (const words of [['up', '-d', file], ['--version'], ['sandbox', 'true'], []]) {
      const ran = await under(version, words);
      expect(ran.err).toContain(`ctr: needs Node 20.11, this is ${version}\n`);
      expect(ran.out).toBe('');
      expect(ran.code).toBe(4);
    }
    expect(await snapshot()).toBe(before);
  },
);

test.each(['20.11.0', '22.0.0', '100.0.0'])('Node %s is new enough', async (version) => {
  expect(await under(version, ['--version'])).toMatchObject({ code: 0, err: '' });
});

test.each([
  { words: ['--lang', 'zh', 'ps'], variables: [] },
  { words: ['--lang=zh', 'ps'], variables: [] },
  { words: ['ps'], variables: ['CTR_LANG=zh'] },
  { words: ['ps'], variables: ['CTR_LANG=', 'LANG=zh_CN.UTF-8'] },
])('$words with $variables: the refusal is in Chinese', async ({ words, variables }) => {
  const { err } = await under('18.20.4', words, variables);
  expect(err).toContain('需要 Node 20.11 或更高版本，当前是 18.20.4');
});

test('with --json the refusal is an error event', async () => {
  const { err } = await under('18.20.4', ['--json', 'ps']);
  expect(JSON.parse(err)).toEqual({
    version: 1,
    event: 'error',
    code: 'node-too-old',
    exit_code: 4,
    message: {
      en: 'needs Node 20.11, this is 18.20.4',
      zh: '需要 Node 20.11 或更高版本，当前是 18.20.4',
    },
    try: [
      {
        en: 'a newer Node: https://nodejs.org/en/download',
        zh: '安装较新的 Node：https://nodejs.org/zh-cn/download',
      },
    ],
  });
});

test('the loader uses only syntax that Node 6 can parse', () => {
  const loader = readFileSync(ctrPath, 'utf8');
  const inWordsOf = (target: string) => transformSync(loader, { target }).code;
  expect(inWordsOf('es2015')).toBe(inWordsOf('esnext'));
});
