import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { canonicalSchema } from '../../src/config/schema.ts';
import { compact } from '../../src/fast/compact.ts';
import type { Plan } from '../../src/model/plan.ts';
import { madeBy } from '../../src/model/step.ts';
import { makePlan, plannedResources } from '../../src/plan.ts';
import { goldenCases } from '../support/golden-cases.ts';

const replicas = (count: number): Plan => {
  const config = canonicalSchema.parse({
    version: 1,
    name: 'lab',
    networks: {
      lab: { bridge: { name: 'ctr1' }, subnets: [{ subnet: '10.0.0.0/16', gateway: '10.0.0.1' }] },
    },
    containers: {
      web: { replicas: count, rootfs: '/srv/labex', interfaces: [{ network: 'lab' }] },
    },
  });
  return makePlan(config, withRootfs(freshFacts(), '/srv/labex'));
};

const plans = Object.entries(goldenCases).map(([name, [text, facts]]) => {
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(name);
  return [name, makePlan(config, facts)] as const;
});

const ordered = (plan: Plan) =>
  plannedResources(plan)
    .map((one) => JSON.stringify(one))
    .sort();

test.each(plans)('%s: the fast plan undoes exactly what the staged one does', (_, plan) => {
  expect(ordered(compact(plan))).toEqual(ordered(plan));
});

test.each(plans)('%s: the fast plan makes the same resources', (_, plan) => {
  const made = (one: Plan) =>
    new Set(
      one.steps
        .flatMap(({ commands }) => commands.flatMap(madeBy))
        .filter((resource) => !(resource.kind === 'peer' && resource.moves))
        .map((resource) => JSON.stringify(resource)),
    );
  const sorted = (all: ReadonlySet<string>) => [...all].sort();
  expect(sorted(made(compact(plan)))).toEqual(sorted(made(plan)));
});

test('the same plan gives the same fast plan, byte for byte, and is not changed', () => {
  const plan = replicas(3);
  const before = JSON.stringify(plan);
  expect(JSON.stringify(compact(plan))).toBe(JSON.stringify(compact(replicas(3))));
  expect(JSON.stringify(plan)).toBe(before);
});

test('no link is moved: ctr creates the other end with its name in the waiting process', () => {
  const lines = compact(replicas(2)).steps.flatMap(({ commands }) =>
    commands.flatMap(({ batch = [] }) => batch.map(({ argv }) => argv.map(String).join(' '))),
  );
  expect(lines.filter((line) => / link set .* netns /.test(line))).toEqual([]);
  expect(
    lines.filter((line) => /master ctr1 up type veth peer name eth0 .* netns /.test(line)),
  ).toHaveLength(2);
});

test('a network has as many commands with three hundred containers as with one', () => {
  const shared = (plan: Plan) =>
    plan.steps.filter(({ id }) => id === 'open-firewall').flatMap(({ commands }) => commands);
  expect(shared(compact(replicas(300)))).toEqual(shared(compact(replicas(1))));
});

test('one command releases all containers, after all of them are ready', () => {
  const { steps } = compact(replicas(3));
  const [last] = steps.slice(-1);
  expect(last?.commands).toMatchObject([
    { argv: ['echo', 'go'], gates: ['web-1', 'web-2', 'web-3'] },
  ]);
  expect(
    steps.filter(({ commands }) => commands.some(({ gates }) => gates !== undefined)),
  ).toHaveLength(1);
});

test('no program of the container runs between its start and its release', () => {
  for (const [, plan] of plans) {
    const words = compact(plan).steps.flatMap(({ commands }) =>
      commands.map(({ argv }) => argv[0]),
    );
    for (const word of words) {
      expect([
        'env',
        'ip',
        'nsenter',
        'sh',
        'tee',
        'mkdir',
        'sysctl',
        'iptables',
        'iptables-restore',
        'nft',
        'ip6tables-restore',
        'echo',
        'test',
      ]).toContain(word);
    }
  }
});
