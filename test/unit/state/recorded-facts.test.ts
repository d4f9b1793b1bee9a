import { expect, test } from '@jest/globals';
import type { Facts } from '../../../src/facts/index.ts';
import { groupOf } from '../../../src/model/names.ts';
import { makePlan } from '../../../src/plan.ts';
import { recordedFacts } from '../../../src/state/recorded-facts.ts';
import { goldenCases, parsed } from '../../support/golden-cases.ts';

/** The host with the veth pairs of so many other runs. */
function crowded(facts: Facts, count: number): Facts {
  const names = Array.from({ length: count }, (_, index) => `veth-other${index}`);
  return {
    ...facts,
    links: [
      ...facts.links,
      ...names.map((name, index) => ({
        name,
        kind: 'veth',
        group: groupOf(`other${index}`),
        mac: 'fe:00:00:00:00:01',
        mtu: 1500,
        up: true,
        master: 'ctr0',
        addresses: [],
        altnames: [`ctr:other${index}.other${index}.eth0`],
      })),
    ],
    sysctls: {
      ...facts.sysctls,
      ...Object.fromEntries(names.map((name) => [`net/ipv4/conf/${name}/forwarding`, '0'])),
    },
    reservedInterfaces: [...(facts.reservedInterfaces ?? []), ...names],
  };
}

const cases = Object.entries(goldenCases).map(
  ([name, [text, facts]]) => [name, text, facts] as const,
);

test.each(cases)('%s: the plan is the same from what a record keeps', (_, text, facts) => {
  const config = parsed(text);
  const host = crowded(facts, 20);
  expect(makePlan(config, recordedFacts(host))).toEqual(makePlan(config, host));
});

const [, tutorial] = goldenCases.tutorial ?? [];
if (tutorial === undefined) throw new Error('no case called tutorial');

test('a record does not grow with the veth pairs of other runs', () => {
  const length = (count: number) => JSON.stringify(recordedFacts(crowded(tutorial, count))).length;
  // Only their names, in `reservedInterfaces`.
  expect(length(120) - length(20)).toBeLessThan(100 * '"veth-other100",'.length + 1);
});

test('an interface of the same group that no run has recorded is kept', () => {
  const host = { ...crowded(tutorial, 1), reservedInterfaces: [] };
  expect(recordedFacts(host).links).toEqual(host.links);
});
