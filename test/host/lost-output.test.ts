import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
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

/** Redirections of bash for descriptor `N` that lose the output. */
const ways: Readonly<Record<string, string>> = {
  full: 'exec N>/dev/full',
  closed: 'exec N>&-',
  // The only reader closes before the first write.
  'without a reader': 'p=$(mktemp -u); mkfifo "$p"; exec 9<>"$p"; exec N>"$p" 9<&-; rm "$p"',
};

/** Runs ctr with one of its outputs lost. */
async function losing(descriptor: 1 | 2, way: string, words: readonly string[]) {
  const lose = ways[way]?.replaceAll('N', String(descriptor)) ?? '';
  return await sh(['bash', '-c', `${lose}; "$@"`, 'bash', process.execPath, ctrPath, ...words]);
}

describe.each(Object.keys(ways))('a standard error that is %s', (way) => {
  test('changes neither a foreground run nor its exit code', async () => {
    const before = await snapshot();
    const long = 'yes 0123456789 | head -c 300000 >&2; echo here; exit 3';
    for (const flags of [[], ['--fast'], ['-v'], ['--one-by-one', '-v'], ['--json']]) {
      const ran = await losing(2, way, ['up', ...flags, file, '--', 'sh', '-c', long]);
      expect({ flags, ...ran }).toMatchObject({ flags, code: 3, out: 'here\n' });
      expect(differences(before, await snapshot())).toEqual([]);
    }
  });

  test('changes neither a detached run nor the exit codes of its verbs', async () => {
    const before = await snapshot();
    const calls: readonly (readonly [code: number, out: RegExp, ...words: readonly string[]])[] = [
      [0, /^labex\n$/, '-v', 'up', '-d', file, '--', 'sh', '-c', 'echo written; sleep 600'],
      [4, /^$/, 'up', file, '--', 'true'],
      [0, /labex +running/, 'ps'],
      [0, /192\.168\.0\.100/, 'inspect', 'labex'],
      [0, /./, 'check', 'labex'],
      [0, /^$/, '-v', 'repair', 'labex'],
      [0, /^written\n$/, 'logs', 'labex'],
      [9, /^inside\n$/, '-v', 'exec', 'labex', '--', 'sh', '-c', 'echo inside; exit 9'],
      [125, /^$/, 'exec', 'nobody', '--', 'true'],
      [0, /^$/, '-v', 'down', 'labex'],
      [2, /^$/, 'down', 'labex'],
      [0, /^$/, '-v', 'gc'],
    ];
    for (const [code, out, ...words] of calls) {
      const ran = await losing(2, way, words);
      expect({ words, ...ran }).toMatchObject({ words, code, out: expect.stringMatching(out) });
    }
    expect(differences(before, await snapshot())).toEqual([]);
  });

  test('changes neither plans nor the exit codes of wrong words and files', async () => {
    const { out } = await ctr(['plan', file]);
    expect(await losing(2, way, ['plan', file])).toMatchObject({ code: 0, out });
    expect(await losing(2, way, ['plan', '/nowhere'])).toMatchObject({ code: 3, out: '' });
    expect(await losing(2, way, ['--json', 'plan', '/nowhere'])).toMatchObject({ code: 3 });
    expect(await losing(2, way, ['nonsense'])).toMatchObject({ code: 2, out: '' });
    expect(await losing(2, way, ['rootfs'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('a standard output that is full', () => {
  test('makes a verb whose results are lost exit with 4, with a message in the right language', async () => {
    for (const words of [['ps'], ['plan', file], ['--help'], ['schema'], ['--json', 'ps']]) {
      const ran = await losing(1, 'full', words);
      expect({ words, ...ran }).toMatchObject({ words, code: 4 });
      expect(ran.err).toMatch(/cannot write to standard output: no space left on the device/);
    }
    expect((await losing(1, 'full', ['--lang', 'zh', 'ps'])).err).toMatch(/无法写到标准输出/);
    const event = JSON.parse((await losing(1, 'full', ['--json', 'ps'])).err);
    expect(event).toMatchObject({ event: 'error', code: 'cannot-write', exit_code: 4 });
  });

  test('leaves a detached run up, and loses only its name', async () => {
    const before = await snapshot();
    expect(await losing(1, 'full', ['up', '-d', file, '--', 'sleep', '600'])).toMatchObject({
      code: 4,
    });
    expect(await ctr(['ps', '-q'])).toMatchObject({ code: 0, out: 'labex\n' });
    expect(await ctr(['down', 'labex'])).toMatchObject({ code: 0 });
    expect(differences(before, await snapshot())).toEqual([]);
  });
});
