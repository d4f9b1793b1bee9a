import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts } from '../../rig/fresh-facts.ts';
import { valuesOf } from '../../scripts/fuzz/configs.ts';
import { fuzz } from '../../scripts/fuzz/fuzz.ts';
import { lintPlan } from '../../scripts/fuzz/lint-plan.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { makePlan } from '../../src/plan.ts';
import { goldenCases } from '../support/golden-cases.ts';

test('a random config is refused with exit 3 before anything is started, or it has a sound plan', async () => {
  const { texts, planned, agreed, codes } = await fuzz(400, Date.now() % 1_000_000_000);
  expect(texts).toBe(400);
  // About 160 texts have values that agree; some 60 of 100 have a plan (edge cases come often), and a generator that does not know a word of the
  // schema makes hardly any.
  expect(agreed.texts).toBeGreaterThan(100);
  expect(agreed.planned / agreed.texts).toBeGreaterThan(0.4);
  // What is nearly right is mostly refused: if it were all right, little would have been tried.
  expect((planned - agreed.planned) / (texts - agreed.texts)).toBeLessThan(0.3);
  expect(codes.size).toBeGreaterThan(10);
});

test('what the generator makes of a schema is one of its values', () => {
  const schema = {
    type: 'object',
    properties: { mode: { type: 'string', enum: ['bridge', 'macvlan'] }, n: { const: 1 } },
    required: ['mode', 'n'],
  };
  const made = fc.sample(valuesOf(schema), { numRuns: 50, seed: 1 });
  const modes = new Set(made.map((one) => (one as { readonly mode: string }).mode));
  expect(modes).toEqual(new Set(['bridge', 'macvlan']));
});

test('the lint that judges plans finds what it looks for', () => {
  const [text, facts] = goldenCases.tutorial ?? ['', freshFacts()];
  const { config } = parseConfig(text, 'f');
  if (config === undefined) throw new Error('no config');
  const plan = makePlan(config, facts);
  expect(lintPlan(plan)).toEqual([]);
  const told = (change: (argv: readonly unknown[]) => readonly unknown[]) => {
    const steps = plan.steps.map((step) => ({
      ...step,
      commands: step.commands.map((command) => ({
        ...command,
        argv: change(command.argv) as never,
      })),
    }));
    return lintPlan({ ...plan, steps }).join('\n');
  };
  const word = (from: unknown, to: string) =>
    told((argv) => argv.map((arg) => (arg === from ? to : arg)));
  expect(word('ctr0', '-h')).toMatch(/not as it should be/);
  expect(word('ctr0', 'abcdefghijklmnop')).toMatch(/not as it should be/);
  expect(word('ctr0', 'a b')).toMatch(/a␣b/);
  expect(word('labex', '--file')).toMatch(/option out of data/);
  expect(word('/mnt/root', '\u001b[2J')).toMatch(/odd word/);
  expect(word('tee', 'dd')).toMatch(/dd is no tool of ours/);
  expect(told((argv) => argv.filter((arg) => arg !== 'dev'))).toMatch(/not as it should be/);
});
