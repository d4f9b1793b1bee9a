import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Necessity } from '../../src/necessity/result.ts';
import { needed, neededByFew } from '../support/needed.ts';
import { full } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(() => shop.remove());

async function table(file: string, ...words: readonly string[]): Promise<string> {
  const { code, out, err } = await ctr(['--json', 'lab', 'necessity', ...words, file]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

function expectSentences(rows: Necessity['rows']): void {
  const untold = rows.filter(
    ({ breaks, stops, means }) => breaks.length === 0 && stops === undefined && means === undefined,
  );
  expect(untold).toEqual([]);
}

/** Every row breaks a promise, stops the run or has its sentence; what is said to be needed is. */
function expectTold({ rows }: Necessity): void {
  const untold = rows.filter(
    ({ breaks, stops, means }) => breaks.length === 0 && stops === undefined && means === undefined,
  );
  expect(untold).toEqual([]);
  const needless = rows.filter(
    ({ purpose, means }) => means !== undefined && [...needed, ...neededByFew].includes(purpose),
  );
  expect(needless).toEqual([]);
  // Nothing is left behind, so a host was good for every row.
  expect(rows.flatMap(({ breaks }) => breaks).map(({ promise }) => promise)).not.toContain('gone');
}

test('every third row of the tutorial, twice the same', async () => {
  const file = shop.config('tutorial', tutorial());
  const before = await snapshot();
  const first = await table(file, '--sample', '3');
  expect(await table(file, '--sample', '3', '--jobs', '3')).toBe(first);
  expect(await snapshot()).toBe(before);
  const result = JSON.parse(first) as Necessity;
  expectTold(result);
  expect(result.not_kept).toEqual([]);
  const broken = (number: number) =>
    result.rows.find(({ row }) => row === number)?.breaks.map(({ promise }) => promise);
  // The bridge is off; the default route is gone; forwarding is off where answers arrive.
  expect(broken(3)).toEqual(['gateway', 'world', 'name', 'page', 'inbound']);
  expect(broken(27)).toEqual(['world', 'name', 'page']);
});

test('a config with a problem is told once, before any experiment', async () => {
  const file = shop.config('bad', tutorial({ ip: '10.0.0.1' }));
  const { code, err } = await ctr(['lab', 'necessity', file]);
  expect(code).toBeGreaterThan(0);
  expect(err.match(/^ctr: /gm)).toHaveLength(1);
});

const pair = {
  version: 1,
  name: 'pair',
  networks: {
    net: {
      bridge: { name: 'ctr2' },
      subnets: [{ subnet: '10.80.0.0/24', gateway: '10.80.0.1' }],
    },
  },
  containers: {
    web: { rootfs: './labex', interfaces: [{ network: 'net' }] },
    db: { rootfs: './labex', user_namespace: true, interfaces: [{ network: 'net' }] },
  },
};

// Minutes: npm run necessity:all.
if (full) {
  test.each([
    ['the tutorial', tutorial(), []],
    ['the tutorial where FORWARD drops', tutorial(), ['--drop']],
    ['two containers', pair, []],
    ['two containers where FORWARD drops', pair, ['--drop']],
  ])(
    'all rows of %s',
    async (_, config, words) => {
      const file = shop.config('whole', config);
      const first = await table(file, ...words);
      const result = JSON.parse(first) as Necessity;
      expectTold(result);
      const broken = new Set(
        result.rows
          .filter(({ breaks, stops }) => breaks.length > 0 || stops !== undefined)
          .map(({ purpose }) => purpose),
      );
      expect(needed.filter((one) => !broken.has(one))).toEqual([]);
      expect(await table(file, ...words)).toBe(first);
    },
    600_000,
  );

  test('all rows of a lab with two networks, one without a way out', async () => {
    const config = JSON.parse(readFileSync('examples/everything.json', 'utf8')) as object;
    const { rows } = JSON.parse(
      await table(shop.config('everything', config), '--jobs', '4'),
    ) as Necessity;
    expectSentences(rows);
  }, 600_000);
}
