import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
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

/** Runs ctr in another network namespace of the same machine. */
function fromElsewhere(args: readonly string[]) {
  return sh(['unshare', '--net', process.execPath, ctrPath, ...args]);
}

test('ctr does not undo, check or repair a run of another network namespace', async () => {
  const before = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  const up = await snapshot();
  for (const words of [
    ['down', 'labex'],
    ['down', '--all'],
    ['check', 'labex'],
    ['repair', 'labex'],
  ]) {
    const ran = await fromElsewhere(words);
    expect(ran.err).toContain('run labex is in another network namespace');
    expect(ran.err).not.toContain('undone');
    expect(ran.code).toBe(4);
    // The proposed command fits this verb, and works.
    expect(ran.err).toMatch(
      new RegExp(`try +nsenter --net=/proc/\\d+/ns/net ctr ${words[0]} labex`),
    );
  }
  expect((await fromElsewhere(['exec', 'labex', '--', 'hostname'])).out).toBe('labex\n');
  expect((await fromElsewhere(['gc'])).code).toBe(0);
  expect((await fromElsewhere(['up', '-d', file])).err).toContain('H003');
  expect(await snapshot()).toBe(up);
  const way = /nsenter --net=\S+/.exec((await fromElsewhere(['down', 'labex'])).err)?.[0] ?? '';
  const named = await sh(['sh', '-c', `${way} ${process.execPath} ${ctrPath} -q down labex`]);
  expect(named.code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('a dead run of another network namespace keeps its record until somebody there undoes it', async () => {
  const before = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  const marked = await sh([
    'sh',
    '-c',
    "ps -eo pid,args | grep '[c]tr-supervisor' | awk '{print $1}'",
  ]);
  await sh(['kill', '-9', ...marked.out.trim().split('\n')]);
  const again = await fromElsewhere(['-q', 'up', '-d', file]);
  expect(again.err).toContain('another network namespace');
  expect(again.code).toBe(4);
  expect((await fromElsewhere(['ps'])).out).toMatch(/labex +labex +dead/);
  const found = await ctr(['ps']);
  expect(found.err).toMatch(
    /W108 +labex +the ctr process of this run had died; ctr undid \d+ changes?/,
  );
  expect(await snapshot()).toBe(before);
});

test('a record disappears with its network namespace', async () => {
  const before = await snapshot();
  const program = `${process.execPath} ${ctrPath}`;
  const script = `ip link set dev lo up; ${program} -q up -d ${file}; ps -eo pid,args | grep '[c]tr-supervisor' | awk '{print $1}' | xargs kill -9`;
  await sh(['unshare', '--net', 'sh', '-c', script]);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect((await ctr(['ps'])).out).not.toContain('labex');
  expect(await snapshot()).toBe(before);
});

test.each([
  ['up', ['up', '-d']],
  ['ps', ['ps']],
  ['gc', ['gc']],
] as const)('after kill -9, %s says which run it recovered', async (verb, words) => {
  const before = await snapshot();
  const killed = `${process.execPath} ${ctrPath} -q up ${file} -- sleep 300 & ctr=$!
    until ${process.execPath} ${ctrPath} ps | grep -q running; do sleep 0.1; done; kill -9 $ctr; wait $ctr`;
  await sh(['sh', '-c', killed]);
  const other = shop.config('other', tutorial({ name: 'other' }));
  const ran = await ctr(verb === 'up' ? [...words, other] : words);
  expect(ran.err).toMatch(
    /W108 +labex +the ctr process of this run had died; ctr undid \d+ changes?/,
  );
  expect(ran.code).toBe(0);
  await ctr(['-q', 'down', 'other']);
  expect(await snapshot()).toBe(before);
});
