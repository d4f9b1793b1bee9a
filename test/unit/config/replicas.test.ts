import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { containersOf } from '../../../src/config/replicas.ts';

const config = (container: object, subnet = '10.8.0.0/24', others: object = {}) =>
  JSON.stringify({
    version: 1,
    name: 'lab',
    networks: {
      lab: { bridge: { name: 'ctr1' }, subnets: [{ subnet, gateway: '10.8.0.1' }] },
    },
    containers: {
      web: { rootfs: '/r', interfaces: [{ network: 'lab' }], ...container },
      ...others,
    },
  }).replaceAll(',', ',\n');

const problemsOf = (text: string) =>
  parseConfig(text, 'lab.json').problems.map(({ code, place }) => `${code} ${place}`);

test.each([
  ['none', '0'],
  ['fewer than none', '-1'],
  ['a part of one', '1.5'],
  ['a thousand million', '1e9'],
  ['more ports than a bridge has', '1024'],
  ['a word', '"many"'],
])('%s is no number of replicas: the place of the value is named', (_, replicas) => {
  const text = config({ replicas: 1 }, '10.8.0.0/16').replace(
    '"replicas":1',
    `"replicas":${replicas}`,
  );
  const line = text.split('\n').findIndex((one) => one.includes('"replicas"')) + 1;
  expect(problemsOf(text)).toEqual([
    expect.stringMatching(new RegExp(`^E040 lab\\.json:${line}:\\d+$`)),
  ]);
});

test('more replicas than the subnet holds besides the gateway are refused', () => {
  expect(problemsOf(config({ replicas: 253 }))).toEqual([]);
  expect(problemsOf(config({ replicas: 254 }))).toEqual([
    expect.stringMatching(/^E042 lab\.json:/),
  ]);
  const two = { db: { rootfs: '/r', interfaces: [{ network: 'lab' }], replicas: 100 } };
  expect(problemsOf(config({ replicas: 154 }, '10.8.0.0/24', two))).toHaveLength(1);
});

test('several replicas cannot have a fixed address or a fixed MAC; a single one can', () => {
  const fixed = (replicas: number) =>
    config({
      replicas,
      interfaces: [{ network: 'lab', addresses: ['10.8.0.9'], mac: '02:00:00:00:00:09' }],
    });
  expect(problemsOf(fixed(2)).map((one) => one.slice(0, 4))).toEqual(['E041', 'E041']);
  expect(problemsOf(fixed(1))).toEqual([]);
});

test('a replica whose name is taken, or too long, is refused', () => {
  const other = { 'web-2': { rootfs: '/r', interfaces: [{ network: 'lab' }] } };
  expect(problemsOf(config({ replicas: 2 }, '10.8.0.0/24', other))[0]).toMatch(/^E043 /);
  const long = config({ replicas: 10 }).replace('"web"', `"${'w'.repeat(29)}"`);
  expect(problemsOf(long)).toEqual([expect.stringMatching(/^E043 /)]);
});

test('replicas are named in order, and so are their hosts', () => {
  const parsed = parseConfig(config({ replicas: 3, hostname: 'node' }), 'lab.json').config;
  if (parsed === undefined) throw new Error('no config');
  expect(containersOf(parsed).map(([name, { hostname }]) => [name, hostname])).toEqual([
    ['web-1', 'node-1'],
    ['web-2', 'node-2'],
    ['web-3', 'node-3'],
  ]);
});
