import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
const rule = ['PREROUTING', '-i', 'ctr0', '-j', 'DROP'];

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  await sh(['iptables', '-t', 'raw', '-A', ...rule]);
});
afterAll(async () => {
  await sh(['iptables', '-t', 'raw', '-D', ...rule]);
  shop.remove();
});

test('what V8 compiled of the parts that are loaded late is kept, and used', async () => {
  const dist = join(shop.directory, 'dist');
  cpSync(join(ctrPath, '..'), dist, {
    recursive: true,
    filter: (path) => !path.endsWith('.cache'),
  });
  const main = readdirSync(dist).find((name) => /^main-.*\.js$/.test(name)) ?? '';
  const words = ['--state-dir', join(shop.directory, 'state'), 'plan', '--host'];
  words.push(shop.config('tutorial', tutorial()));
  const plan = () => sh([process.execPath, join(dist, 'ctr.js'), ...words]);
  const compiledAnew = await plan();
  const warm = new URL('../../scripts/build/warm.cjs', import.meta.url).pathname;
  await sh([process.execPath, warm, join(dist, main), ...words]);
  const kept = readdirSync(dist).filter((name) => /\.all-losses-\w+\.cache$/.test(name));
  expect(kept).toHaveLength(1);
  const withKept = await plan();
  expect(withKept.err).toMatch(/W110.*PREROUTING drops/);
  expect(withKept).toEqual(compiledAnew);
});
