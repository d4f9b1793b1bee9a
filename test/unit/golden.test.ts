import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseConfig } from '../../src/config/parse.ts';
import type { Facts } from '../../src/facts/index.ts';
import { neededTools } from '../../src/facts/needed-tools.ts';
import { compact } from '../../src/fast/compact.ts';
import { results } from '../../src/json/results.ts';
import type { Plan } from '../../src/model/plan.ts';
import { makePlan, programsIn } from '../../src/plan.ts';
import { renderers } from '../../src/render/index.ts';
import { expectGolden } from '../support/golden.ts';
import { goldenCases } from '../support/golden-cases.ts';

const golden = new URL('../golden', import.meta.url).pathname;
const cases = Object.keys(goldenCases);
const rewrite = process.env.CTR_GOLDEN === 'write' && process.env.CI === undefined;

if (rewrite) {
  for (const [name, [config, facts]] of Object.entries(goldenCases)) {
    mkdirSync(join(golden, name), { recursive: true });
    writeFileSync(join(golden, name, 'config.json'), config);
    writeFileSync(join(golden, name, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`);
  }
}

function planOf(name: string, terminal?: string) {
  const text = readFileSync(join(golden, name, 'config.json'), 'utf8');
  const { config, problems } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(JSON.stringify(problems));
  const facts = JSON.parse(readFileSync(join(golden, name, 'facts.json'), 'utf8')) as Facts;
  return makePlan(config, terminal === undefined ? facts : { ...facts, terminal });
}

const staged = (plan: Plan) => plan;
const renderings = [
  ['plan.txt', 'text', 'en', staged],
  ['plan.zh.txt', 'text', 'zh', staged],
  ['plan.sh', 'sh', 'en', staged],
  ['plan.json', 'json', 'en', staged],
  ['fast.txt', 'text', 'en', compact],
  ['fast.sh', 'sh', 'en', compact],
] as const;

test.each(cases.flatMap((name) => renderings.map((rendering) => [name, ...rendering] as const)))(
  '%s: %s is what the plan renders to',
  (name, file, format, language, form) => {
    const path = join(golden, name, file);
    const text = renderers[format](form(planOf(name)), {
      language,
      color: false,
      title: 'config.json',
      onTerminal: form(planOf(name, 'xterm')),
    });
    if (rewrite) writeFileSync(path, text);
    expectGolden(text, path);
  },
);

test.each([
  ['that is another', join(golden, 'tutorial/plan.txt')],
  ['that is not there', join(golden, 'nothing/plan.txt')],
])('a golden file %s says how it is rewritten and read', (_, path) => {
  expect(() => expectGolden('something else', path)).toThrow('npm run golden');
  expect(() => expectGolden('something else', path)).toThrow(`git diff test/golden/`);
});

const scripts = cases.flatMap((name) => [join(name, 'plan.sh'), join(name, 'fast.sh')]);

test.each(scripts)('%s passes shellcheck', async (script) => {
  const checked = await execa('shellcheck', ['-s', 'sh', join(golden, script)], {
    reject: false,
  });
  expect(checked.stdout).toBe('');
  expect(checked.exitCode).toBe(0);
});

test.each(cases)('%s: plan.json has the shape that docs/json.md promises', (name) => {
  const shown: unknown = JSON.parse(readFileSync(join(golden, name, 'plan.json'), 'utf8'));
  expect(results.plan.safeParse(shown).error).toBeUndefined();
});

test.each(cases)('%s: every program of the plan is one that ctr says it needs', (name) => {
  const programs = [planOf(name), compact(planOf(name))].flatMap(programsIn);
  // These are started only where they are there.
  const optional = ['conntrack', 'keyctl', 'nft'];
  const unknown = programs.filter((one) => ![...neededTools, ...optional].includes(one));
  // A program that is missing here goes into src/facts/needed-tools.ts.
  expect([...new Set(unknown)]).toEqual([]);
});
