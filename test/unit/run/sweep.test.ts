import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { markedRules } from '../../../src/facts/firewall.ts';
import type { Facts, LinkFact } from '../../../src/facts/index.ts';
import { groupOf, markedCgroup, sharedGroup } from '../../../src/model/names.ts';
import { sharedAs } from '../../../src/model/resource.ts';
import { makePlan, plannedResources } from '../../../src/plan.ts';
import type { Marks } from '../../../src/run/marks.ts';
import { commandsOf, isDamaged } from '../../../src/run/repair.ts';
import { orphans, orphansInUse, outstanding } from '../../../src/run/sweep.ts';
import { emptyState, type Run } from '../../../src/state/runs.ts';

const text = readFileSync('examples/tutorial.json', 'utf8').replace('./labex', '/srv/labex');
const { config } = parseConfig(text, 'tutorial.json');
if (config === undefined) throw new Error('the example is not valid');
const fresh = withRootfs(freshFacts(), '/srv/labex');

function stateFor(facts: Facts) {
  if (config === undefined) throw new Error('the example is not valid');
  const resources = plannedResources(makePlan(config, facts));
  const how = { order: 'exact' as const, reserved: {}, detached: true, createdAt: '' };
  return emptyState(config, facts, { resources, ...how });
}
const state = stateFor(fresh);
const outer = commandsOf(state).lab.containers[0]?.attachments[0]?.outer ?? '';

function link(name: string, group: number, master?: string): LinkFact {
  return {
    name,
    kind: 'veth',
    group,
    mac: '',
    mtu: 1500,
    up: true,
    addresses: [],
    altnames: [],
    ...(master === undefined ? {} : { master }),
  };
}
const rule =
  '-t nat -A POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment "ctr:ctr0" -j MASQUERADE';
const mine = groupOf('labex');
const host: Marks = {
  links: [link('ctr0', sharedGroup), link(outer, mine, 'ctr0'), link('wan0', 0)],
  rules: markedRules([rule]),
  tables: [],
  cgroups: [],
};
const run: Run = { name: 'labex', alive: false, state };
const lines = (found: readonly { readonly argv: readonly string[] }[]) =>
  found.map(({ argv }) => argv.join(' '));

test('orphans finds marked objects without a plan, a veth pair once, and nothing foreign', () => {
  const inner = { ...link('any-name', mine), otherEnd: outer };
  const pair = {
    ...host,
    links: [
      inner,
      ...host.links.map((one) => (one.name === outer ? { ...one, otherEnd: inner.name } : one)),
    ],
  };
  expect(lines(orphans(pair, [], []))).toEqual([
    'iptables -w 5 -t nat -D POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE',
    'ip link del dev ctr0',
    `ip link del dev ${outer}`,
  ]);
  expect(orphans(pair, [run], [])).toHaveLength(1);
});

test('orphans spares what an unreadable run, or a container without a record, may need', () => {
  const stranger = { ...host, links: [...host.links, link('vethffffffffff', groupOf('gone'))] };
  const unreadable: Run = { name: 'labex', alive: true, damage: 'damaged' };
  const newer: Run = { name: 'labex', alive: false, damage: 'newer' };
  const start = { run: 'labex', container: 'labex', pid: 4711, start: '1' };
  for (const [runs, starts] of [
    [[unreadable], []],
    [[newer], []],
    [[], [start]],
  ] as const) {
    expect(lines(orphans(stranger, runs, starts))).toEqual(['ip link del dev vethffffffffff']);
  }
  // A dead run with a damaged record needs nothing, and a run without a record has made nothing.
  const dead: Run = { name: 'labex', alive: false, damage: 'damaged' };
  const early: Run = { name: 'other', alive: true };
  expect(orphans(host, [dead, early], [])).toHaveLength(3);
});

test('orphans finds a cgroup of ctr’s, unless a run may need it', () => {
  const path = '/sys/fs/cgroup/ctr.4026531840.labex.labex';
  const left = { links: [], rules: [], tables: [], cgroups: [{ run: 'labex', path }] };
  const cgroup = { kind: 'cgroup', mount: '/sys/fs/cgroup', cgroup: path.slice(15) } as const;
  const start = { run: 'labex', container: 'labex', pid: 4711, start: '1' };
  expect(lines(orphans(left, [], []))).toEqual([`rmdir ${path}`]);
  expect(orphans(left, [{ ...run, state: { ...state, resources: [cgroup] } }], [])).toEqual([]);
  expect(orphans(left, [{ name: 'labex', alive: true, damage: 'damaged' }], [])).toEqual([]);
  expect(orphans(left, [], [start])).toEqual([]);
  expect(markedCgroup(4026531840, 'ctr.4026531840.labex.web-1')).toBe('labex');
  for (const name of [
    'ctr.1.labex.labex',
    'ctr.4026531840.labex',
    'ctr',
    'system.slice',
    'x.4026531840.a.b',
  ]) {
    expect(markedCgroup(4026531840, name)).toBeUndefined();
  }
});

test('a bridge with a foreign port stays, and ctr names the port', () => {
  const used = { ...host, links: [...host.links, link('theirs0', 0, 'ctr0')] };
  expect(lines(orphans(used, [], []))).not.toContain('ip link del dev ctr0');
  expect(orphansInUse(used, [], [])).toEqual([
    { line: 'ip link del dev ctr0', result: 'in-use', reason: 'port theirs0' },
  ]);
});

test.each([
  ['a port', { ...link('theirs0', 0), master: 'ctr0' }, 'port theirs0'],
  ['an interface on top of it', { ...link('theirs0', 0), on: 'ctr0' }, 'interface theirs0'],
])('what others have built on a bridge of ours is told: %s', (_, theirs, reason) => {
  const bridge = { ...link('ctr0', sharedGroup), kind: 'bridge' };
  const used = { ...host, links: [bridge, theirs] };
  expect(orphansInUse(used, [], [])).toMatchObject([{ result: 'in-use', reason }]);
});

test.each([
  ['a second address', { addresses: ['192.168.0.1/16', '10.99.0.1/24'] }, 'address 10.99.0.1/24'],
  ['one that a daemon gave', { addresses: ['192.168.0.1/16', '169.254.7.7/16'] }, undefined],
  ['a VRF', { master: 'red' }, 'master red'],
])('what a bridge of ours was given or put into is told: %s', (_, change, reason) => {
  const bridge = { ...link('ctr0', sharedGroup), kind: 'bridge', ...change };
  const used = orphansInUse({ ...host, links: [bridge] }, [], []);
  expect(used.map((one) => one.reason)).toEqual(reason === undefined ? [] : [reason]);
});

const due = {
  run: 'labex',
  resources: state.resources,
  stillUsedBy: () => undefined,
  children: new Map(),
  known: new Set<string>(),
};

test('after the undos, sweep finds what still exists, also a renamed link', () => {
  const renamed = { ...host, links: [link('ctr0', sharedGroup), link('mine0', mine, 'ctr0')] };
  expect(lines(outstanding(renamed, due))).toEqual([
    'iptables -w 5 -t nat -D POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE',
    'ip link del dev ctr0',
    'ip link del dev mine0',
  ]);
  expect(
    outstanding({ links: [link('wan0', 0)], rules: [], tables: [], cgroups: [] }, due),
  ).toEqual([]);
});

test('resources that another run needs, or has with the same mark, are not outstanding', () => {
  const kept = { ...due, stillUsedBy: () => 'other' };
  expect(lines(outstanding(host, kept))).toEqual([`ip link del dev ${outer}`]);
  const known = { ...due, stillUsedBy: () => 'other', resources: [], known: new Set([outer]) };
  expect(outstanding(host, known)).toEqual([]);
});

test('check can judge every network command of a plan', () => {
  const { commands } = commandsOf(state);
  const nothing = {
    marks: { links: [], rules: [], tables: [], cgroups: [] },
    inside: new Map([['labex', { links: [], routes: [] }]]),
  };
  const networks = commands.filter(({ argv }) =>
    argv.some((word) => word === 'ip' || word === 'iptables'),
  );
  const damaged = commands.filter((command) => isDamaged(command, nothing, 'labex'));
  expect(damaged).toEqual(networks);
  expect(networks.length).toBeGreaterThan(16);
});

test('the plan of the last run contains what it shared with a run that has ended', () => {
  const shared = Object.fromEntries(
    state.resources.flatMap((one) => {
      const name = sharedAs(one);
      return name === undefined ? [] : [[name, one]];
    }),
  );
  const later = stateFor({
    ...fresh,
    links: [...fresh.links, { ...link('ctr0', sharedGroup), addresses: ['192.168.0.1/16'] }],
    sysctls: { ...fresh.sysctls, 'net/ipv4/conf/wan0/forwarding': '1' },
    firewall: { ...fresh.firewall, ours: [rule] },
    shared,
  });
  expect(commandsOf(later).commands).toEqual(commandsOf(state).commands);
});
