import { writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readRecording } from '../../../src/recording/read.ts';
import { stopsOf } from '../../../src/recording/stops.ts';
import { cast } from '../../../src/replay/cast.ts';
import { pageData } from '../../../src/report/data.ts';
import { htmlPage } from '../../../src/report/html.ts';
import { markdown } from '../../../src/report/markdown.ts';
import { worksheet } from '../../../src/report/worksheet.ts';
import { expectGolden } from '../../support/golden.ts';

const golden = new URL('golden', import.meta.url).pathname;
const recording = readRecording('examples/tutorial.ctr.ndjson');
const stops = stopsOf(recording);

const renderings: Readonly<Record<string, string>> = {
  'handout.md': markdown(recording, 'en'),
  'handout.zh.md': markdown(recording, 'zh'),
  'worksheet.md': worksheet(recording, 'en'),
  'worksheet.zh.md': worksheet(recording, 'zh'),
  'replay.cast': cast(recording, stops, 'en', 5),
};

const rewrite = process.env.CTR_GOLDEN === 'write' && process.env.CI === undefined;

test.each(Object.entries(renderings))('%s is what the tutorial renders to', (name, text) => {
  const path = `${golden}/${name}`;
  if (rewrite) writeFileSync(path, text);
  expectGolden(text, path);
});

test('every gap of a worksheet has one answer, in order', () => {
  for (const text of [worksheet(recording, 'en'), worksheet(recording, 'zh')]) {
    const gaps = [...text.matchAll(/\((\d+)\) ________/g)].map(([, number]) => Number(number));
    const answers = [...text.matchAll(/^- \*\*\((\d+)\)\*\*/gm)].map(([, number]) =>
      Number(number),
    );
    expect(gaps.length).toBeGreaterThan(20);
    expect(gaps).toEqual(gaps.map((_, index) => index + 1));
    expect(answers).toEqual(gaps);
  }
});

test('a cast has a header, times that never go back, and a marker for each stop', () => {
  const [header, ...events] = cast(recording, stops, 'zh')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(header).toMatchObject({ version: 2, width: 90 });
  const times = events.map(([seconds]) => seconds as number);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(events.filter(([, kind]) => kind === 'm')).toHaveLength(stops.length);
  expect(new Set(events.map(([, kind]) => kind))).toEqual(new Set(['o', 'm']));
});

const hostile = '</script><script>alert(1)</script><!--\u2028';

test('what a recording contains is text to the page and to Markdown, whatever it is', () => {
  const title = { en: hostile, zh: hostile };
  const header = { ...recording.header, name: hostile };
  const steps = header.steps.map((step) => ({ ...step, title, why: title, undo: [hostile] }));
  const bad = { ...recording, header: { ...header, steps } };
  const page = htmlPage(
    pageData(bad, () => []),
    { script: 'x', style: 'y' },
    'en',
  );
  expect(page.match(/<script/g)).toHaveLength(2);
  const data = /id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  expect(data).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(JSON.parse(String(inflateRawSync(Buffer.from(data, 'base64')))).header.name).toBe(hostile);
  const text = markdown(bad, 'en').replaceAll(/^(`{3,}).*?^\1$/gms, '');
  expect(text).not.toMatch(/(?<!\\)<script/);
});

test('the policy of the page allows its own script and style, and nothing else', () => {
  const page = htmlPage(
    pageData(recording, () => []),
    { script: 'x', style: 'y' },
    'zh',
  );
  expect(page).toContain('<html lang="zh-CN">');
  expect(page).toContain(
    // printf x | openssl dgst -sha256 -binary | base64
    "script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='",
  );
  expect(page).toContain("default-src 'none'");
  expect(page).not.toContain('unsafe');
});
