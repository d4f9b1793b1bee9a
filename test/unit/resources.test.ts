import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/parse.ts';
import { compact } from '../../src/fast/compact.ts';
import { groupOf } from '../../src/model/names.ts';
import type { Resource } from '../../src/model/resource.ts';
import { isResource } from '../../src/model/resource-schema.ts';
import { madeBy } from '../../src/model/step.ts';
import { makePlan, plannedResources, wayBack } from '../../src/plan.ts';
import { describe as described, isRemovable, removableKinds } from '../../src/resources/index.ts';
import { parseState, recordVersion } from '../../src/state/record.ts';
import { lanes, teardown, teardownOrders } from '../../src/teardown.ts';
import { goldenCases } from '../support/golden-cases.ts';

const plans = Object.entries(goldenCases).flatMap(([name, [text, facts]]) => {
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(name);
  const plan = makePlan(config, facts);
  return [
    [name, plan],
    [`${name}, fast`, compact(plan)],
  ] as const;
});

test('each removable kind is in exactly one lane of the fast way back', () => {
  const inLanes = lanes.flatMap(([, kinds]) => kinds);
  // Add a missing kind to `lanes` in src/teardown.ts.
  expect([...inLanes].sort()).toEqual([...removableKinds].sort());
});

/** Programs that change nothing. */
const onlyLook = ['test'];

describe.each(plans)('%s', (_, plan) => {
  const commands = plan.steps.flatMap((step) => step.commands);

  test('every command states what it makes, in a form that a record can store', () => {
    for (const command of commands) {
      const made = madeBy(command);
      const looks = onlyLook.some((program) => command.argv.includes(program));
      // A command must state the resources that it makes: add `makes` in its step.
      if (!looks) expect({ argv: command.argv, made: made.length }).not.toMatchObject({ made: 0 });
      for (const one of made) expect(isResource(JSON.parse(JSON.stringify(one)))).toBe(true);
    }
  });

  test('the way back removes everything once', () => {
    const removed = wayBack(plan).flatMap((step) =>
      step.commands.flatMap(({ removes = [] }) => removes),
    );
    const texts = (all: readonly Resource[]) => all.map((one) => JSON.stringify(one)).sort();
    expect(texts(removed)).toEqual(texts(plannedResources(plan)));
  });

  test('every resource is described in both languages', () => {
    for (const one of commands.flatMap(madeBy)) {
      const { says } = described(one);
      expect(says.en).not.toMatch(/undefined|^$/);
      expect(says.zh).not.toMatch(/undefined|^$/);
    }
  });
});

test('one by one, the way back is the exact reverse', () => {
  for (const [, plan] of plans) {
    const options = { run: plan.name, group: groupOf(plan.name), order: 'exact' } as const;
    const removed = teardown(plannedResources(plan), options).flatMap((step) =>
      step.commands.flatMap(({ removes = [] }) => removes),
    );
    expect(removed).toEqual(plannedResources(plan).toReversed());
  }
});

test('without resources the way back has no steps', () => {
  for (const order of teardownOrders) {
    expect(teardown([], { run: 'labex', group: groupOf('labex'), order })).toEqual([]);
  }
});

const link = { kind: 'link', name: 'ctr0', group: 7 };
const rule = { rule: 'masquerade', subnet: '10.0.0.0/24', bridge: 'ctr0' };

test.each<[string, unknown]>([
  ['a name with a blank', { ...link, name: 'ctr0 up' }],
  ['a name that is an option', { ...link, name: '-all' }],
  ['no group', { ...link, group: 0 }],
  ['a key that is none', { ...link, extra: 1 }],
  ['a kind that is none', { ...link, kind: 'constructor' }],
  ['a sysctl outside net', { kind: 'sysctl', key: 'kernel/hostname', value: '1', before: '0' }],
  ['a path in a key', { kind: 'sysctl', key: 'net/../kernel', value: '1', before: '0' }],
  ['a value with a command', { kind: 'sysctl', key: 'net/ipv4/a', value: '1;x', before: '0' }],
  ['a subnet with an option', { kind: 'firewall-rule', rule: { ...rule, subnet: '0/0 -j DROP' } }],
  [
    'another chain',
    { kind: 'firewall-rule', rule: { rule: 'between', chain: 'INPUT', bridge: 'a' } },
  ],
  ['a cgroup elsewhere', { kind: 'cgroup', mount: '/etc', cgroup: 'ctr.1.a.b' }],
  ['a cgroup above', { kind: 'cgroup', mount: '/sys/fs/cgroup', cgroup: 'ctr.1.a.b/../..' }],
  ['a container of another shape', { kind: 'process', container: '../x' }],
  ['nothing', null],
])('%s is no resource', (_, value) => {
  expect(isResource(value)).toBe(false);
});

describe.each(['labex', 'shared'])('the record v1-%s of the version before', (name) => {
  const state = parseState(readFileSync(`test/records/v1-${name}.state`, 'utf8'));

  test('is read as a current record', () => {
    expect(state.version).toBe(recordVersion);
    expect(state.name).toBe(name);
    expect(state.resources.every(isRemovable)).toBe(true);
    expect(JSON.stringify(state)).not.toMatch(/delete-link|restore-|end-container|"undos"/);
  });

  test('has the same way back as the current plan', () => {
    const { config, facts } = state;
    const plan = makePlan(config, facts);
    const planned = plannedResources(plan);
    expect(state.resources).toHaveLength(planned.length);
    expect(state.resources).toEqual(expect.arrayContaining([...planned]));
  });
});
