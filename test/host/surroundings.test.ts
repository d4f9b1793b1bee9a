import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  chmodSync(shop.directory, 0o755);
});
afterAll(() => shop.remove());

const user = [
  'setpriv',
  '--reuid',
  '1000',
  '--regid',
  '1000',
  '--clear-groups',
  'env',
  'HOME=/tmp',
];

/** Runs ctr from a shell that first changes limits, descriptors or the working directory. */
async function after(prepare: string, words: readonly string[], as: readonly string[] = []) {
  const line = `${prepare}; exec "$@"`;
  return await sh(['bash', '-c', line, 'bash', ...as, process.execPath, ctrPath, ...words]);
}

const removed = 'mkdir -p /run/gone && cd /run/gone && rmdir /run/gone';
const closed = 'mkdir -p -m 700 /run/closed && cd /run/closed';
const relative = [
  ['plan', 'lab.json'],
  ['plan', '/lab.json', '--facts', 'facts.json'],
  ['up', 'lab.json'],
  ['up', '--sandbox', 'lab.json'],
  ['validate', 'lab.json'],
  ['init'],
  ['rootfs', 'create', './labex'],
  ['sandbox', 'true'],
];

test.each(relative.map((words) => [words.join(' '), words] as const))(
  'ctr %s in a directory that was removed says so, in both languages; exit 4',
  async (_, words) => {
    const before = await snapshot();
    const en = await after(removed, words);
    expect(en).toMatchObject({ code: 4, out: '' });
    expect(en.err).toMatch(/^ctr: the working directory has been removed\n {2}try/);
    const zh = await after(removed, ['--lang', 'zh', ...words]);
    expect(zh).toMatchObject({ code: 4, out: '' });
    expect(zh.err).toMatch(/^ctr: 当前目录已被删除\n/);
    expect(await snapshot()).toBe(before);
  },
);

test.each(relative.map((words) => [words.join(' '), words] as const))(
  'ctr %s in a directory that the user may not enter says so; exit 4',
  async (_, words) => {
    const ran = await after(closed, words, user);
    expect(ran).toMatchObject({ code: 4, out: '' });
    expect(ran.err).toContain('this user may not enter the working directory /run/closed\n');
  },
);

test('verbs that need no working directory work without one', async () => {
  const before = await snapshot();
  for (const words of [['ps'], ['gc'], ['plan', file], ['up', file, '--', 'true']]) {
    expect(await after(removed, ['-q', ...words])).toMatchObject({ code: 0 });
  }
  for (const [prepare, as] of [
    [removed, []],
    [closed, user],
  ] as const) {
    const ran = await after(prepare, ['-q', 'up', '--sandbox', file, '--', 'pwd'], as);
    expect(ran).toMatchObject({ code: 0, out: '/\n' });
  }
  expect(await snapshot()).toBe(before);
});

test.each([
  'exec <&-',
  'exec >&-',
  'exec 2>&-',
  'exec <&- >&- 2>&-',
  'unset HOME PATH TERM LANG',
  'PATH=/nowhere; HOME=nowhere; export TMPDIR=/nowhere',
  'umask 777',
  'umask 000',
])('after `%s` a container comes up, runs and is gone', async (prepare) => {
  const before = await snapshot();
  const words = ['-q', 'up', file, '--', 'sh', '-c', 'umask; exit 7'];
  expect(await after(prepare, words)).toMatchObject({
    code: 7,
    out: />&-/.test(prepare.replace('2>&-', '')) ? '' : '0022\n',
  });
  expect(await snapshot()).toBe(before);
});

test('with a low limit of open files ctr reports the limit, and not a bug', async () => {
  for (const words of [
    ['up', '--sandbox', file, '--', 'true'],
    ['up', file, '--', 'true'],
  ]) {
    const ran = await after('ulimit -n 22', words);
    expect(ran).toMatchObject({ code: 4, out: '' });
    expect(ran.err).toMatch(/EMFILE/);
    expect(ran.err).not.toMatch(/bug/);
  }
});

test('ctr runs through a symbolic link, also by a relative path', async () => {
  mkdirSync(join(shop.directory, 'bin'));
  symlinkSync(ctrPath, join(shop.directory, 'bin', 'ctr'));
  const line = `cd ${shop.directory} && exec ${process.execPath} bin/ctr -q up --sandbox tutorial.json -- hostname`;
  expect(await sh(['sh', '-c', line])).toEqual({ code: 0, out: 'labex\n', err: '' });
});
