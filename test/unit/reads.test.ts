import { expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/parse.ts';
import type { Runner } from '../../src/exec/runner.ts';
import { groupOf } from '../../src/model/names.ts';
import type { Resource } from '../../src/model/resource.ts';
import { makePlan, plannedResources } from '../../src/plan.ts';
import { isRemovable, judge, looksForItself, readsBefore } from '../../src/resources/index.ts';
import type { Read, ResourceKind, Seen } from '../../src/resources/kind.ts';
import { readBefore } from '../../src/run/read-before.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { outcome } from '../support/world.ts';

const asker = { group: groupOf('labex'), goes: () => false };

/** A host that was read whole, and has nothing. */
const nothing: Required<Seen> = {
  links: [],
  rules: [],
  tables: [],
  cgroups: [],
  inside: new Map(),
  processes: new Map(),
};

function only(needs: readonly Read[]): Seen {
  return Object.fromEntries(needs.map((need) => [need, nothing[need]]));
}

const removed = Object.values(goldenCases).flatMap(([text, facts]) => {
  const { config } = parseConfig(text, 'config.json');
  return config === undefined ? [] : plannedResources(makePlan(config, facts));
});

test('what is read before a removal is enough to judge what is removed', () => {
  expect(new Set(removed.map(({ kind }) => kind)).size).toBeGreaterThan(4);
  for (const one of removed.filter(isRemovable)) {
    if (looksForItself(one)) expect(readsBefore([one])).toEqual([]);
    else expect([one.kind, judge(one, only(readsBefore([one])), asker)]).not.toContain(undefined);
  }
});

test('only what these resources need is read', () => {
  const kinds = (...wanted: readonly Resource['kind'][]) =>
    readsBefore(removed.filter(({ kind }) => wanted.includes(kind)));
  expect(kinds('sysctl', 'cgroup', 'firewall-rule')).toEqual([]);
  expect(kinds('link', 'sysctl')).toEqual(['links']);
  expect(kinds('link', 'process')).toEqual(expect.arrayContaining(['links', 'processes']));
});

test('a judge that uses what its kind does not read does not compile', () => {
  const declared: ResourceKind<Resource, 'links'> = {
    reads: { links: true },
    // @ts-expect-error: `rules` are not read.
    judge: (_, { rules }) => ({ state: rules === undefined ? 'absent' : 'ours' }),
    says: () => ({ en: '', zh: '' }),
  };
  const forgotten: ResourceKind<Resource, 'links' | 'rules'> = {
    // @ts-expect-error: `rules` are missing.
    reads: { links: true },
    judge: (_, { rules }) => ({ state: rules === undefined ? 'absent' : 'ours' }),
    says: () => ({ en: '', zh: '' }),
  };
  expect([declared, forgotten].map(({ reads }) => reads)).toEqual([
    { links: true },
    { links: true },
  ]);
});

const saved = `*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -i ctr0 -o ctr0 -m comment --comment "ctr:ctr0" -j ACCEPT
COMMIT
`;

function hostWith(answer: (line: string) => { readonly error?: string; readonly output?: string }) {
  const ran: string[] = [];
  const run: Runner['run'] = async (argv) => {
    const line = argv.join(' ');
    ran.push(line);
    const { error = '', output = '' } = answer(line);
    return outcome(argv, error, output);
  };
  return { ran, runner: { run } as unknown as Runner };
}

test('each thing that a kind may need is read, and nothing else', async () => {
  const pid = process.pid;
  const { startTimeOf } = await import('../../src/exec/processes.ts');
  const children = new Map([['web', { pid, start: startTimeOf(pid) ?? '' }]]);
  const { ran, runner } = hostWith((line) => {
    if (line.includes('iptables-save')) {
      // The second answer is that of ip6tables-save.
      return { output: `${saved}\nctr-end-of-probe 0\n\nctr-end-of-probe 0\n` };
    }
    return { output: line.endsWith('addr show') ? '[{"ifname":"x0","group":"7"}]' : '[]' };
  });
  const hands = { runner, children };
  expect(await readBefore([], hands)).toEqual({});
  expect(await readBefore(['processes'], hands)).toEqual({ processes: children });
  expect(ran).toEqual([]);

  expect(await readBefore(['links'], hands)).toMatchObject({ links: [{ name: 'x0', group: 7 }] });
  expect(ran.splice(0)).toEqual(['ip -j -d addr show']);

  const { inside } = (await readBefore(['inside'], hands)) as Seen;
  expect(inside?.get('web')).toMatchObject({ links: [{ name: 'x0' }], routes: [] });
  expect(ran.every((line) => line.startsWith(`nsenter --target ${pid} --net ip`))).toBe(true);
  ran.splice(0);

  expect(await readBefore(['rules'], hands)).toMatchObject({ rules: [{ bridge: 'ctr0' }] });
  expect(ran[0]).toMatch(/^sh -c iptables-save/);
});

test('what cannot be read is told, and not taken for "nothing there"', async () => {
  const { runner } = hostWith(() => ({ error: 'it is broken' }));
  const pid = process.pid;
  const { startTimeOf } = await import('../../src/exec/processes.ts');
  const children = new Map([['web', { pid, start: startTimeOf(pid) ?? '' }]]);
  for (const need of ['links', 'inside', 'rules'] as const) {
    expect(typeof (await readBefore([need], { runner, children }))).toBe('string');
  }
});
