import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ctr } from '../../rig/ctr.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const directory = temporaryDirectory();
const file = join(directory, 'tutorial.html');
const recording = 'examples/tutorial.ctr.ndjson';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The most bytes that the page of the tutorial may have. */
const mostBytes = 150_000;

let browser: Browser;
/** What the page complained of, and what it asked the network for. */
const complaints: string[] = [];
const requests: string[] = [];

beforeAll(async () => {
  const made = await ctr(['report', recording, '--html', '--out', file]);
  expect(made).toEqual({ ...made, code: 0, out: '', err: '' });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Its own sandbox is not for root, and this test runs in one of ctr's.
    args: ['--no-sandbox'],
  });
}, 60_000);

afterAll(async () => await browser?.close());

type Options = Parameters<Browser['newPage']>[0];

async function open(options: Options = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  page.setDefaultTimeout(10_000);
  await page.goto(`file://${file}`);
  return page;
}

const place = (page: Page) => page.locator('.side .place').textContent();
const title = (page: Page) => page.locator('#title').textContent();

test('the page of the tutorial is one small file', () => {
  const { size } = statSync(file);
  console.log(`the page of the tutorial has ${size} bytes`);
  expect(size).toBeLessThanOrEqual(mostBytes);
  expect(readFileSync(file, 'utf8')).not.toMatch(/<(?:link|img|iframe)\b|\bsrc=/);
});

test('the slider moves the view: heading, picture, changes and list follow', async () => {
  const page = await open();
  expect(await place(page)).toBe('0 / 17');
  const slider = page.getByRole('slider');
  const before = await page.locator('.drawing').innerHTML();
  await slider.fill('4');
  expect(await place(page)).toBe('4 / 17');
  expect(await page.locator('nav [aria-current=step]').textContent()).toContain('4');
  expect(await page.locator('.drawing').innerHTML()).not.toBe(before);
  expect(await slider.getAttribute('aria-valuetext')).toContain((await title(page)) ?? '-');
  expect(await page.locator('.changes').textContent()).toContain('ctr0');
  expect(await page.locator('.commands pre').first().textContent()).toMatch(
    /^ip link set dev \S+ master ctr0$/,
  );
  await page.locator('.inventory summary').click();
  expect(await page.locator('.places').textContent()).toContain('198.51.100.2/24');
  await page.close();
});

test('keys: arrows, Home and End, also right after the page has loaded', async () => {
  const page = await open();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  expect(await place(page)).toBe('1 / 17');
  await page.keyboard.press('End');
  expect(await place(page)).toBe('end');
  expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
  await page.keyboard.press('Home');
  expect(await place(page)).toBe('0 / 17');
  // The slider has the same keys.
  await page.getByRole('slider').focus();
  await page.keyboard.press('ArrowRight');
  expect(await place(page)).toBe('1 / 17');
  // A step of the list, by keyboard alone.
  await page.getByRole('navigation').getByRole('button').nth(7).focus();
  await page.keyboard.press('Enter');
  expect(await place(page)).toBe('7 / 17');
  await page.close();
});

test('the language is switched in the page, and the view stays where it is', async () => {
  const page = await open();
  await page.getByRole('slider').fill('16');
  const english = await title(page);
  await page.getByRole('button', { name: '中文' }).click();
  expect(await place(page)).toBe('16 / 17');
  expect(await title(page)).not.toBe(english);
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(await page.locator('.side').textContent()).toContain('有哪些变化');
  expect(await page.locator('.drawing').textContent()).toMatch(/[\u4e00-\u9fff]/);
  await page.getByRole('button', { name: 'English' }).click();
  expect(await title(page)).toBe(english);
  await page.close();
});

test('the raw JSON of a step is its snapshot', async () => {
  const page = await open();
  await page.getByRole('slider').fill('8');
  await page.getByText('Raw JSON').click();
  const raw = JSON.parse((await page.locator('.raw').textContent()) ?? '');
  expect(raw.snapshot.containers.labex.links.map((one: { name: string }) => one.name)).toEqual(
    expect.arrayContaining(['lo', 'eth0']),
  );
  await page.close();
});

test('on paper there is every step', async () => {
  const page = await open();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate('dispatchEvent(new Event("beforeprint"))');
  expect(await page.locator('#print article').count()).toBe(19);
  expect(await page.locator('#page').isVisible()).toBe(false);
  expect(await page.locator('#print svg').count()).toBeGreaterThan(8);
  await page.close();
});

const looks: readonly (readonly [name: string, options: Options])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 380, height: 740 } }],
  ['without motion', { reducedMotion: 'reduce', colorScheme: 'dark' }],
];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Opens every part that is folded, but for the raw JSON, which would take axe-core long. */
const openAll =
  'for (const one of document.querySelectorAll("main section section details, figure details")) one.open = true';
const runAxe = 'axe.run(document, { resultTypes: ["violations"] })';

test.each(looks)('axe-core finds nothing to complain of: %s', async (_, options) => {
  const page = await open(options);
  const all: unknown[] = [];
  const views = [
    ['0', '中文'],
    ['8', 'English'],
    ['18', '中文'],
  ] as const;
  for (const [at, language] of views) {
    await page.getByRole('slider').fill(at);
    await page.getByRole('button', { name: language }).click();
    await page.evaluate(openAll);
    await page.evaluate(axe);
    const result = (await page.evaluate(runAxe)) as AxeResult;
    const found = result.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    all.push(...found.map((one) => [at, language, ...one]));
  }
  expect(all).toEqual([]);
  // Nothing is wider than the window: but for the picture, which scrolls by itself.
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBe(0);
  await page.close();
});

test('nothing was complained of, and nothing asked for but the file', () => {
  expect(complaints).toEqual([]);
  expect(new Set(requests)).toEqual(new Set([`file://${file}`]));
});
