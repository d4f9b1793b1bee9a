import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { renderDot } from '../../../src/graph/dot.ts';
import { renderMermaid } from '../../../src/graph/mermaid.ts';
import { hostileTopology, hostileWords } from '../../support/graph-cases.ts';

const golden = new URL('../../golden/graph', import.meta.url).pathname;

function goldenFiles(extension: string): readonly (readonly [name: string, text: string])[] {
  return readdirSync(golden, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => [name, readFileSync(join(golden, name), 'utf8')]);
}

describe('Graphviz', () => {
  const parsed = async (text: string) =>
    await execa('dot', ['-Tplain'], { input: text, reject: false });

  test.each(goldenFiles('.dot'))('accepts %s without a warning', async (_, text) => {
    const { exitCode, stdout, stderr } = await parsed(text);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^node .*host\/br0/m);
  });

  test.each(hostileWords)('shows %j as it is', async (word) => {
    const { exitCode, stderr, stdout } = await parsed(
      renderDot(hostileTopology(word), { language: 'en' }),
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    // As many nodes and edges as with harmless names.
    const count = (text: string, what: string) =>
      text.split('\n').filter((line) => line.startsWith(`${what} `)).length;
    expect([count(stdout, 'node'), count(stdout, 'edge')]).toEqual([11, 8]);
  });

  test('refuses what is not in its language', async () => {
    expect((await parsed('graph { a [label="] }')).exitCode).not.toBe(0);
  });
});

/** Mermaid is much larger than this project, so that it is installed apart; its parser needs the DOM of a browser. */
const packages = ['mermaid@11.17.2', 'jsdom@24.1.3'];
const place = new URL(`../../../node_modules/.cache/${packages.join('-')}`, import.meta.url)
  .pathname;

const parser = `
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import('mermaid');
const answers = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const { diagramType } = await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const labels = [...db.getVertices().values()].map(({ text }) => text);
    answers.push({ diagramType, nodes: labels.length, edges: db.getEdges().length });
  } catch (error) {
    answers.push({ error: String(error) });
  }
}
console.log(JSON.stringify(answers));
`;

async function install(): Promise<void> {
  if (existsSync(place)) return;
  const making = `${place}-${process.pid}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(making, 'parse.js'), parser);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  await execa('npm', ['install', ...flags, ...packages], { cwd: making });
  try {
    renameSync(making, place);
  } catch {
    // Another process was faster.
    rmSync(making, { recursive: true });
  }
}

interface Answer {
  readonly error?: string;
  readonly diagramType?: string;
  readonly nodes?: number;
  readonly edges?: number;
}

describe('Mermaid', () => {
  beforeAll(install, 300_000);

  const parsed = async (texts: readonly string[]) => {
    const { stdout } = await execa('node', ['parse.js'], {
      cwd: place,
      input: JSON.stringify(texts),
      env: { NODE_EXTRA_CA_CERTS: '' },
    });
    return JSON.parse(stdout) as readonly Answer[];
  };

  test('accepts all golden diagrams', async () => {
    const files = goldenFiles('.mmd');
    expect(files.length).toBeGreaterThanOrEqual(10);
    const answers = await parsed(files.map(([, text]) => text));
    expect(files.map(([name], at) => [name, answers[at]?.error])).toEqual(
      files.map(([name]) => [name, undefined]),
    );
    expect(new Set(answers.map(({ diagramType }) => diagramType))).toEqual(
      new Set(['flowchart-v2']),
    );
  });

  test('takes hostile names for names', async () => {
    const answers = await parsed(
      ['', ...hostileWords].map((word) => renderMermaid(hostileTopology(word), { language: 'en' })),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toEqual({ diagramType: 'flowchart-v2', nodes: 11, edges: 8 });
  });

  test('refuses what is not in its language', async () => {
    expect((await parsed(['flowchart TB\n  a["]']))[0]?.error).toMatch(/error/i);
  });
});
