import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compareTopologies } from '../../../src/graph/compare.ts';
import { graphFormats } from '../../../src/graph/formats.ts';
import { graphRenderers } from '../../../src/graph/index.ts';
import { renderSvg } from '../../../src/graph/svg.ts';
import { results } from '../../../src/json/results.ts';
import { languages } from '../../../src/model/text.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { expectGolden } from '../../support/golden.ts';
import { containersOnOneBridge, stageTopologies, twoNetworks } from '../../support/graph-cases.ts';

const golden = new URL('../../golden/graph', import.meta.url).pathname;
const rewrite = process.env.CTR_GOLDEN === 'write' && process.env.CI === undefined;

function compareWithGolden(text: string, folder: string, file: string): void {
  if (rewrite) {
    mkdirSync(join(golden, folder), { recursive: true });
    writeFileSync(join(golden, folder, file), text);
  }
  expectGolden(text, join(golden, folder, file));
}

const ends = { text: 'txt', ascii: 'ascii.txt', alt: 'alt.txt', svg: 'svg', mermaid: 'mmd' };
const inChinese = ['text', 'alt', 'svg', 'mermaid', 'dot'];
const cases = {
  '1-container': containersOnOneBridge(1),
  '2-containers': containersOnOneBridge(2),
  '10-containers': containersOnOneBridge(10),
  '30-containers': containersOnOneBridge(30),
  'two-networks': twoNetworks,
};

test.each(
  Object.entries(cases).flatMap(([name, topology]) =>
    graphFormats.flatMap((format) =>
      languages
        .filter((language) => language === 'en' || inChinese.includes(format))
        .map((language) => ({ name, topology, format, language })),
    ),
  ),
)('$name as $format in $language', ({ name, topology, format, language }) => {
  const text = graphRenderers[format](topology, { language, width: 80, color: false });
  const end = { ...ends, dot: 'dot', json: 'json' }[format];
  compareWithGolden(text, name, language === 'en' ? `graph.${end}` : `graph.zh.${end}`);
  if (['text', 'ascii'].includes(format)) {
    for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  }
});

const steps = stageTopologies.slice(1).map((after, at) => ({
  step: at + 1,
  compared: compareTopologies(stageTopologies[at] ?? after, after),
}));

test.each(steps)('step $step marks what it has changed', ({ step, compared }) => {
  const options = { language: 'en', width: 80, color: false } as const;
  compareWithGolden(graphRenderers.text(compared, options), 'steps', `step-${step}.txt`);
  compareWithGolden(graphRenderers.alt(compared, options), 'steps', `step-${step}.alt.txt`);
  const svg = renderSvg(compared, { language: 'en', among: stageTopologies });
  compareWithGolden(svg, 'steps', `step-${step}.svg`);
});

test.each(Object.values(cases))(
  '$name: its JSON has the shape that docs/json.md promises',
  (one) => {
    const text = graphRenderers.json(one, { language: 'en', width: 80, color: false });
    expect(results.graph.safeParse(JSON.parse(text)).error).toBeUndefined();
  },
);
