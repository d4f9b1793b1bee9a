import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Facts, LinkFact } from '../../src/facts/index.ts';
import { groupOf, outerName } from '../../src/model/names.ts';
import { makePlan } from '../../src/plan.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';

const facts = withRootfs(freshFacts(), '/r');

type One = Readonly<Record<string, unknown>>;

function text(containers: Readonly<Record<string, readonly One[]>>, more: One = {}): string {
  const network = (number: number, bridge: string) => ({
    bridge: { name: bridge },
    subnets: [{ subnet: `10.${number}.0.0/24`, gateway: `10.${number}.0.1` }],
  });
  return JSON.stringify({
    version: 1,
    name: 'run',
    networks: { lab: network(8, 'ctr0'), other: network(9, 'veth-bridge') },
    containers: Object.fromEntries(
      Object.entries(containers).map(([name, interfaces]) => [
        name,
        {
          rootfs: '/r',
          interfaces: interfaces.map((one) => ({ network: 'lab', ...one })),
          ...more,
        },
      ]),
    ),
  });
}

function config(...given: Parameters<typeof text>): Config {
  const parsed = parseConfig(text(...given), 'c.json');
  if (parsed.config === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function codesOf(...given: Parameters<typeof text>): readonly string[] {
  return parseConfig(text(...given), 'c.json').problems.map(({ code }) => code);
}

/** Both ends of every cable, in order. */
function ends(from: Config, on: Facts = facts): readonly string[] {
  return settle(from, on).lab.containers.flatMap(({ attachments }) =>
    attachments.flatMap(({ outer, inner }) => [outer, inner]),
  );
}

function link(name: string, change: Partial<LinkFact> = {}): LinkFact {
  return {
    name,
    kind: 'veth',
    group: 0,
    mac: '',
    mtu: 1500,
    up: true,
    addresses: [],
    altnames: [],
    ...change,
  };
}

function having(...links: readonly LinkFact[]): Facts {
  return { ...facts, links: [...facts.links, ...links] };
}

const hash = outerName('run', 'web', 'eth0');
const web = config({ web: [{}] });

test('the ends of a cable are called after the container', () => {
  expect(ends(web)).toEqual(['veth-web', 'veth-web-c']);
  expect(ends(config({ web: [{}, { network: 'other' }] }))).toEqual([
    'veth-web-0',
    'veth-web-0-c',
    'veth-web-1',
    'veth-web-1-c',
  ]);
});

test('a name that is too long gives way to the derived one, each end by itself', () => {
  const of = (name: string) => outerName('run', name, 'eth0');
  expect(ends(config({ frontend: [{}] }))).toEqual(['veth-frontend', 'veth-frontend-c']);
  expect(ends(config({ 'front-end1': [{}] }))).toEqual(['veth-front-end1', `${of('front-end1')}c`]);
  expect(ends(config({ 'front-end12': [{}] }))).toEqual([
    of('front-end12'),
    `${of('front-end12')}c`,
  ]);
});

test.each<[string, Facts]>([
  ['an interface', having(link('veth-web'))],
  ['an altname', having(link('eth7', { altnames: ['veth-web'] }))],
  ['an interface of another run', having(link('veth-web', { group: groupOf('other') }))],
  ['a run that lost its interface', { ...facts, reservedInterfaces: ['veth-web'] }],
])('%s of that name makes the name a derived one', (_, on) => {
  expect(ends(web, on)).toEqual([hash, `${hash}c`]);
  expect(preflight(settle(web, on).lab, on, []).problems).toEqual([]);
});

test('an interface that this run has made does not rename it', () => {
  const on = having(link('veth-web', { group: groupOf('run') }));
  expect(ends(web, on)).toEqual(['veth-web', 'veth-web-c']);
});

test('no container loses its name to the inner end of another', () => {
  expect(ends(config({ web: [{}], 'web-c': [{}] }))).toEqual([
    'veth-web',
    `${hash}c`,
    'veth-web-c',
    'veth-web-c-c',
  ]);
});

test('a bridge of the config keeps its name', () => {
  expect(ends(config({ bridge: [{}] }))[0]).toBe(outerName('run', 'bridge', 'eth0'));
});

test('the config may choose the name, and then nobody else gets it', () => {
  const chosen = config({ web: [{}], db: [{ host_interface: 'veth-web' }] });
  expect(ends(chosen)).toEqual([hash, `${hash}c`, 'veth-web', 'veth-web-c']);
});

test.each<[string, readonly One[], readonly string[]]>([
  ['a slash', [{ host_interface: 'a/b' }], ['E011']],
  ['a space', [{ host_interface: 'a b' }], ['E011']],
  ['nothing', [{ host_interface: '' }], ['E011']],
  ['a dot', [{ host_interface: '.' }], ['E011']],
  ['two dots', [{ host_interface: '..' }], ['E011']],
  ['16 bytes', [{ host_interface: 'a234567890123456' }], ['E011']],
  ['a reserved name', [{ host_interface: 'all' }], ['E012']],
  ['the name of a bridge', [{ host_interface: 'ctr0' }], ['E045']],
  ['a name twice', [{ host_interface: 'a' }, { network: 'other', host_interface: 'a' }], ['E045']],
  ['15 bytes', [{ host_interface: 'a23456789012345' }], []],
])('host_interface: %s', (_, interfaces, codes) => {
  expect(codesOf({ web: interfaces })).toEqual(codes);
});

test('replicas cannot share a chosen name', () => {
  expect(codesOf({ web: [{ host_interface: 'a' }] }, { replicas: 2 })).toEqual(['E041']);
});

test.each<[string, Facts]>([
  ['exists', having(link('lan7'))],
  ['exists as an altname', having(link('eth7', { altnames: ['lan7'] }))],
  ['belongs to a run', { ...facts, reservedInterfaces: ['lan7'] }],
])('a chosen name that %s is a problem, with a way out', (_, on) => {
  const { lab } = settle(config({ web: [{ host_interface: 'lan7' }] }), on);
  const { problems } = preflight(lab, on, []);
  expect(problems.map(({ code }) => code)).toEqual(['H004']);
  expect(problems[0]?.fix?.en).toContain('"host_interface"');
});

test('facts of an older ctr give the names that it gave', () => {
  const { reservedInterfaces, ...old } = facts;
  expect(reservedInterfaces).toEqual([]);
  expect(ends(web, old)).toEqual([hash, `${hash}c`]);
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);

test('no two ends of a lab share a name, none is too long, and the plan is always the same', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
      fc.array(name.map((one) => `veth-${one}`.slice(0, 15))),
      fc.boolean(),
      (names, taken, two) => {
        const interfaces = two ? [{}, { network: 'other' }] : [{}];
        const from = config(Object.fromEntries(names.map((one) => [`c${one}`, interfaces])));
        const on = { ...having(...[...new Set(taken)].map((one) => link(one))) };
        const found = ends(from, on);
        expect(new Set([...found, ...taken]).size).toBe(found.length + new Set(taken).size);
        for (const one of found) expect(one.length).toBeLessThanOrEqual(15);
        expect(JSON.stringify(makePlan(from, on))).toBe(JSON.stringify(makePlan(from, on)));
      },
    ),
    { numRuns: 60 },
  );
});
