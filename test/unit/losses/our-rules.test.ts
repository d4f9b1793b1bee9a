import { describe, expect, test } from '@jest/globals';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { presentRules, withOursFirst, withPlanned } from '../../../src/losses/our-rules.ts';
import { isKind, type Rule } from '../../../src/model/resource.ts';
import { toolOf } from '../../../src/model/rule.ts';
import { makePlan, plannedResources } from '../../../src/plan.ts';
import { rulesOf, rulesOfEither } from '../../../src/steps/rules-of.ts';
import { goldenCases } from '../../support/golden-cases.ts';

type Chains = Readonly<Record<string, readonly string[]>>;

/** What iptables(8) makes of the plan's own lines: -I puts a rule first, -A last. */
function carriedOut(lines: readonly string[]): Chains {
  const chains: Record<string, string[]> = {};
  for (const line of lines) {
    const [, table = '', flag = '', chain = '', spec = ''] =
      /^iptables -w 5 -t (\S+) (-[AI]) (\S+) (.*)$/.exec(line) ?? [];
    if (table === '') continue;
    const rules = chains[`${table} ${chain}`] ?? [];
    chains[`${table} ${chain}`] = flag === '-I' ? [spec, ...rules] : [...rules, spec];
  }
  return chains;
}

describe.each(Object.entries(goldenCases))('%s', (_, [text, facts]) => {
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error('the config is not valid');
  const plan = makePlan(config, facts);
  const { lab } = plan;
  const lines = plan.steps.flatMap(({ commands }) => commands.map(({ argv }) => argv.join(' ')));

  test('the packet filters are foreseen as the commands of the plan make them', () => {
    const empty = { ...facts.firewall, chains: [] };
    const planned = plannedResources(plan).filter(isKind('firewall-rule'));
    // Those of IPv6 are not followed.
    const made = planned.map(({ rule }) => rule).filter((rule) => toolOf(rule) === 'iptables');
    const { chains } = withPlanned(made, empty);
    const foreseen = Object.fromEntries(
      chains.map(({ table, name, rules }) => [`${table} ${name}`, rules]),
    );
    const inherited = plan.steps.some(({ inherits = [] }) => inherits.length > 0);
    if (!inherited) expect(foreseen).toEqual(carriedOut(lines));
    // What another run or somebody else has added already is the lab's need all the same.
    expect(rulesOf(lab, facts)).toEqual(expect.arrayContaining([...made]));
  });
});

test('a rule that a step adds is foreseen, whatever it is: nobody else knows the rules', () => {
  const [text, facts] = goldenCases.tutorial ?? ['', freshFacts()];
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error('the config is not valid');
  const { lab } = makePlan(config, facts);
  const another: Rule = { rule: 'between', chain: 'DOCKER-USER', bridge: 'br-other' };
  const firewall = withPlanned([another], { ...facts.firewall, chains: [] });
  expect(firewall.chains.map(({ name }) => name)).toEqual(['DOCKER-USER']);
  expect(presentRules([another], firewall)).toEqual([another]);
  expect(presentRules(rulesOfEither(lab, facts), firewall)).toEqual([]);
  const [chain] = firewall.chains;
  if (chain === undefined) throw new Error('no chain');
  const behind = { ...firewall, chains: [{ ...chain, rules: ['-j DROP', ...chain.rules] }] };
  expect(withOursFirst([another], behind).chains[0]?.rules.at(-1)).toBe('-j DROP');
  expect(withOursFirst([], behind)).toEqual(behind);
});
