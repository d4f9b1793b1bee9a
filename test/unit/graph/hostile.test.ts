import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareTopologies } from '../../../src/graph/compare.ts';
import { graphFormats } from '../../../src/graph/formats.ts';
import { graphRenderers } from '../../../src/graph/index.ts';
import { svgStyle } from '../../../src/graph/svg-style.ts';
import { languages } from '../../../src/model/text.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { hostileTopology, hostileWords, stageTopologies } from '../../support/graph-cases.ts';

/** Characters that a terminal would act on (Unicode Cc, Cf, Zl, Zp). */
const powerful = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;

interface Xml {
  readonly elements: readonly string[];
  readonly attributes: readonly string[];
  /** Texts and values of attributes. */
  readonly texts: readonly string[];
}

/** Takes a document apart. @throws where it is not well-formed (XML 1.0). */
function parseXml(document: string): Xml {
  const open: string[] = [];
  const elements: string[] = [];
  const attributes: string[] = [];
  const texts: string[] = [];
  const token = /<\/([\w:]+)>|<([\w:]+)((?: [\w:-]+="[^"<]*")*)(\/?)>|([^<>]+)/gy;
  while (token.lastIndex < document.length) {
    const at = token.lastIndex;
    const [, closed, opened, inner = '', alone, text] = token.exec(document) ?? [];
    if (closed !== undefined) {
      if (open.pop() !== closed) throw new Error(`</${closed}> at ${at} closes another element`);
    } else if (opened !== undefined) {
      if (alone === '') open.push(opened);
      elements.push(opened);
      for (const [, name = '', value = ''] of inner.matchAll(/ ([\w:-]+)="([^"]*)"/g)) {
        attributes.push(name);
        texts.push(value);
      }
    } else if (text !== undefined) texts.push(text);
    else throw new Error(`no XML at ${at}: ${document.slice(at, at + 40)}`);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  for (const text of texts) {
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`a bare & in ${text}`);
  }
  return { elements, attributes, texts };
}

test.each(['<a><b></a></b>', '<a b="<"/>', '<a>&</a>', '<a', 'a > b'])('%s is no XML', (text) => {
  expect(() => parseXml(text)).toThrow(Error);
});

function decoded(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    '#39': "'",
    amp: '&',
  };
  return text.replaceAll(/&([a-z]+|#39);/g, (_, name: string) => entities[name] ?? '');
}

test.each(
  graphFormats.flatMap((format) => languages.map((language) => [format, language] as const)),
)('%s in %s has no power over a terminal, whatever names are in it', (format, language) => {
  for (const word of hostileWords) {
    const text = graphRenderers[format](hostileTopology(word), {
      language,
      width: 80,
      color: false,
    });
    expect(powerful.exec(text)?.[0]).toBeUndefined();
    // No half of a surrogate pair in XML.
    if (format === 'svg') expect(Buffer.from(text).toString()).toBe(text);
  }
});

test.each(hostileWords)('drawn with characters, %j stays within the terminal', (word) => {
  for (const width of [40, 80]) {
    const options = { language: 'zh', width, color: false } as const;
    for (const format of ['text', 'ascii'] as const) {
      const lines = graphRenderers[format](hostileTopology(word), options).split('\n');
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    }
    expect(graphRenderers.ascii(hostileTopology(word), options)).toMatch(/^[\n -~]*$/);
  }
});

test.each(hostileWords)('an SVG with %j is well-formed, and runs and loads nothing', (word) => {
  const svg = graphRenderers.svg(hostileTopology(word), {
    language: 'en',
    width: 80,
    color: false,
  });
  const { elements, attributes, texts } = parseXml(svg);
  if (!/[\p{Cc}\p{Cf}\ud800-\udfff\uffff]/u.test(word)) {
    expect(texts.map(decoded).some((text) => text.includes(word))).toBe(true);
  }
  const known = 'svg title desc style rect text tspan path g circle'.split(' ');
  expect(elements.filter((name) => !known.includes(name))).toEqual([]);
  expect(attributes.filter((name) => /^on|href|^style$/.test(name))).toEqual([]);
  expect(svgStyle).not.toMatch(/url\(|@import|@font-face/);
});

test('the colours of a terminal are all that passes in colour', () => {
  const [before, after] = [stageTopologies[3], stageTopologies[4]];
  if (before === undefined || after === undefined) throw new Error('there are no stages');
  const compared = compareTopologies(before, after);
  const text = graphRenderers.text(compared, { language: 'en', width: 80, color: true });
  expect(text).toContain('\u001b[32m');
  expect(
    text
      .split('\u001b[')
      .map((part, at) => (at === 0 ? part : part.replace(/^\d*m/, '')))
      .join(''),
  ).toBe(graphRenderers.text(compared, { language: 'en', width: 80, color: false }));
});

test('strings of dot and of Mermaid end where they are meant to', () => {
  void fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (word) => {
      const options = { language: 'en', width: 80, color: false } as const;
      const topology = hostileTopology(word);
      for (const line of graphRenderers.dot(topology, options).split('\n')) {
        // Each line is whole: its strings are closed, and what is outside of them is of ours.
        const outside = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
        expect(outside).toMatch(/^[\w\s[\]{}=,;.-]*(?:""[\w\s[\]{}=,;.-]*)*$/);
      }
      for (const line of graphRenderers.mermaid(topology, options).split('\n').slice(1)) {
        const outside = line.replaceAll(/"[^"]*"/g, '""');
        expect(outside).toMatch(/^[\w\s[\](){}=,;:.>/#-]*(?:""[\w\s[\](){}/>]*)?$/);
      }
    }),
  );
});
