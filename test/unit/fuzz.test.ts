import { expect, test } from '@jest/globals';
import { freshFacts } from '../../rig/fresh-facts.ts';
import { fuzz } from '../../scripts/fuzz/fuzz.ts';
import { lintPlan } from '../../scripts/fuzz/lint-plan.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { makePlan } from '../../src/plan.ts';
import { goldenCases } from '../support/golden-cases.ts';

test('a random config is refused with exit 3 before anything is started, or it has a sound plan', async () => {
  const { texts, planned, codes } = await fuzz(400, Date.now() % 1_000_000_000);
  expect(texts).toBe(400);
  // The sample must contain both valid and invalid configs.
  expect(planned).toBeGreaterThan(80);
  expect(planned).toBeLessThan(320);
  expect(codes.size).toBeGreaterThan(10);
});

test('the plan linter finds defects', () => {
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
  expect(word('tee', 'rm')).toMatch(/rm is no tool of ours/);
  expect(told((argv) => argv.filter((arg) => arg !== 'dev'))).toMatch(/not as it should be/);
});
