import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { freshFacts } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import { assemble } from '../../src/facts/assemble.ts';
import { parseSaved } from '../../src/facts/firewall.ts';
import type { Facts } from '../../src/facts/index.ts';
import { parseRuleset } from '../../src/facts/nft.ts';
import { type OwnTable, parseOwnTables } from '../../src/facts/own-tables.ts';
import { portRuleIn, publishedBy } from '../../src/graph/published.ts';
import { allLosses } from '../../src/losses/all-losses.ts';
import { project } from '../../src/losses/project.ts';
import { couldLose, isHarmless } from '../../src/losses/quick-look.ts';
import { culprit, fuse, joined } from '../../src/model/batch.ts';
import { fillInput } from '../../src/model/command.ts';
import { sharedGroup } from '../../src/model/names.ts';
import { completeTables, networkTable } from '../../src/model/nft.ts';
import { isKind, type NftTable } from '../../src/model/resource.ts';
import { madeBy } from '../../src/model/step.ts';
import { makePlan } from '../../src/plan.ts';
import { firewallOf } from '../../src/resolve/firewall.ts';
import { settle } from '../../src/resolve/lab.ts';
import { portFindings } from '../../src/resolve/preflight/ports.ts';
import { takenTables } from '../../src/resolve/preflight/tables.ts';
import { judge, strays } from '../../src/resources/index.ts';
import { nftRulesOf, rulesOf } from '../../src/steps/rules-of.ts';

const short = {
  host_name: 'labex',
  root_dir: '/srv/labex',
  ip: '192.168.0.100',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1/16',
  dns: ['114.114.114.114'],
  firewall: 'nftables',
  ports: [
    '8080:80',
    '127.0.0.1:8053:53/udp',
    '198.51.100.2:8000-8002:9000-9002',
    '7000-7009:7000-7009',
  ],
};

function parsed(config: object): Config {
  const { config: found, problems } = parseConfig(JSON.stringify(config), 'f.json');
  if (found === undefined) throw new Error(JSON.stringify(problems));
  return found;
}

const probe = (path: string) => readFileSync(new URL(`../probes/${path}`, import.meta.url), 'utf8');
// Recorded while the lab above was up.
const text = probe('nftables-1.0.6/ours.txt');
const json = probe('nftables-1.0.6/ours.json');

const facts = freshFacts();
const plan = makePlan(parsed(short), facts);
const made = plan.steps.flatMap(({ commands }) => commands.flatMap(madeBy));
const tables = made.filter(isKind('nft-table'));
const rules = made.filter(isKind('nft-rule'));
const asker = { group: 1, goes: () => false };
const recorded = parseOwnTables(text);

/** The facts of a host with these rules of iptables(8) and nft(8). */
function withRules(iptables: string, nft: string): Facts {
  const { version: _, ...firewall } = assemble({
    saved: parseSaved(iptables),
    beside: { 'iptables-legacy': undefined, 'iptables-nft': undefined },
    native: { ...parseRuleset(nft), ours: [] },
    unread: [],
  });
  return { ...facts, firewall };
}

describe('what nft(8) lists', () => {
  test('is what the plan has written: each table and each rule is found, and is ours', () => {
    expect(recorded.map(({ table }) => table)).toEqual(['ctr/ctr0', 'ctr/ctr0/labex/labex']);
    expect(recorded.flatMap(({ foreign }) => foreign)).toEqual([]);
    expect(recorded.flatMap((one) => one.rules)).toHaveLength(rules.length);
    for (const one of [...tables, ...rules]) {
      expect(judge(one, { tables: recorded }, asker)).toEqual({ state: 'ours' });
    }
    expect(strays({ tables: recorded }, made, new Set())).toEqual([]);
  });

  const [first, second] = recorded as [OwnTable, OwnTable];
  const table = tables[0] as NftTable;
  const state = (seen: readonly OwnTable[]) => judge(table, { tables: seen }, asker)?.state;

  test('a table that is gone, emptied, shared with others or of others is told apart', () => {
    expect(state([second])).toBe('absent');
    expect(state([{ ...first, rules: [] }, second])).toBe('ours');
    expect(state([{ ...first, foreign: ['accept'] }])).toBe('in-use');
    expect(state([{ ...first, rules: [], foreign: ['accept'] }])).toBe('foreign');
    expect(state([{ ...first, rules: [], chains: [] }])).toBe('foreign');
    expect(judge(table, {}, asker)).toBeUndefined();
  });

  test('rules of others and other tables are no rules of ours', () => {
    const found = parseOwnTables(
      text
        .replace('accept comment "ctr:ctr0"', 'accept comment "mine"')
        .replace('chain postrouting {', 'chain theirs {')
        .replace('table ip ctr/ctr0/labex', 'table inet ctr/ctr0/labex'),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.foreign).toEqual([expect.stringContaining('comment "mine"'), 'chain theirs']);
  });

  test('a table without a record is a stray, unless nobody knows what living runs need', () => {
    const left = strays({ tables: recorded }, [], new Set());
    expect(left.map(({ argv }) => argv.join(' '))).toEqual([
      'nft delete table ip ctr/ctr0',
      'nft delete table ip ctr/ctr0/labex/labex',
    ]);
    expect(strays({ tables: recorded }, [], new Set(['other']))).toEqual([]);
    const shared = [{ ...first, foreign: ['accept'] }];
    expect(strays({ tables: shared }, [], new Set())[0]?.users).toBeDefined();
    expect(strays({ tables: [{ ...first, rules: [], chains: [] }] }, [], new Set())).toEqual([]);
  });
});

describe('one transaction', () => {
  const commands = plan.steps.flatMap(({ commands: all }) =>
    all.filter(({ argv }) => argv[0] === 'nft'),
  );

  test('makes all tables, and nft names the line of the one that failed', () => {
    expect(commands).toHaveLength(2);
    expect(fuse(commands)).toHaveLength(1);
    const all = joined(commands);
    const lines = fillInput(all.input ?? '', new Map())
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('create table'))).toHaveLength(2);
    const second = lines.findLastIndex((line) => line.startsWith('create table')) + 1;
    const said = (line: number) => ({
      stdout: '',
      stderr: `/dev/stdin:${line}:1-20: Error: Could not process rule: File exists`,
    });
    expect(culprit(all, said(1))).toBe(0);
    expect(culprit(all, said(second - 1))).toBe(0);
    expect(culprit(all, said(second))).toBe(1);
    expect(culprit(all, said(999))).toBeUndefined();
  });

  test('that repairs adds what is missing, and makes nothing anew', () => {
    const [command] = commands;
    const lost = rules[3];
    const repairs = completeTables(command?.makes ?? [], (one) => one !== lost);
    const lines = fillInput(repairs?.input ?? '', new Map());
    expect(lines).toMatch(/^add table ip ctr\/ctr0\nadd chain [^\n]+\nadd rule [^\n]+masquerade/);
    expect(lines.trimEnd().split('\n')).toHaveLength(3);
    expect(completeTables([], () => true)).toBeUndefined();
  });
});

test.each([
  [{ bridge: 'br0', masquerade: true }, 'ctr/br0'],
  [{ bridge: 'br0', masquerade: false }, 'ctr/br0/no.masquerade'],
  [
    { bridge: 'br0', masquerade: true, masqueradeExcept: '10.0.0.0/8' },
    'ctr/br0/except.10.0.0.0/8',
  ],
])('the table of %j is %s', (network, table) => {
  expect(networkTable(network)).toBe(table);
});

describe('"firewall"', () => {
  const both = { iptables: '/usr/sbin/iptables', nft: '/usr/sbin/nft' };
  const native = withRules(
    '',
    JSON.stringify({
      nftables: [
        {
          chain: {
            ...{ family: 'inet', table: 'site', name: 'in', type: 'filter', hook: 'input' },
            ...{ prio: 0, policy: 'drop' },
          },
        },
      ],
    }),
  );
  const chains = withRules('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n', '');
  test.each([
    ['nothing asked', undefined, facts, both, 'iptables'],
    ['iptables', 'iptables', native, both, 'iptables'],
    ['nftables', 'nftables', chains, both, 'nftables'],
    ['auto, no rules', 'auto', facts, both, 'iptables'],
    ['auto, rules of iptables', 'auto', chains, both, 'iptables'],
    ['auto, rules of nft', 'auto', native, both, 'nftables'],
    ['auto, no nft', 'auto', native, { ...both, nft: null }, 'iptables'],
    ['auto, no iptables', 'auto', facts, { ...both, iptables: null }, 'nftables'],
  ] as const)('%s', (_, wanted, { firewall }, tools, chosen) => {
    expect(firewallOf(wanted, { firewall, tools })).toBe(chosen);
  });

  test('of another word is refused with E084', () => {
    const { problems } = parseConfig(JSON.stringify({ ...short, firewall: 'nft' }), 'f.json');
    expect(problems.map(({ code }) => code)).toEqual(['E084']);
    expect(problems[0]?.fix?.en).toContain('"nftables"');
  });
});

describe('what takes packets of a lab in nftables', () => {
  const { ports: _, ...closed } = short;
  const said = (host: Facts, config: object = closed) => {
    const { lab } = settle(parsed(config), host);
    const ours = rulesOf(lab, host);
    expect(ours).toEqual([]);
    const view = project(lab, host, ours, nftRulesOf(lab, host));
    const found = allLosses(lab, view, ours);
    if (found.length > 0) expect(couldLose(lab, view)).toBe(true);
    return found;
  };

  test('is nothing on a fresh host, and our own tables are harmless', () => {
    expect(said(facts)).toEqual([]);
    expect(said(facts, short)).toEqual([]);
    const { chains } = withRules('', json).firewall;
    expect(chains.length).toBeGreaterThan(5);
    expect(chains.filter((chain) => !isHarmless(chain))).toEqual([]);
    const { lab } = settle(parsed(closed), facts);
    const up = { ...project(lab, facts, []), firewall: withRules('', json).firewall };
    expect(couldLose(lab, up)).toBe(false);
    expect(allLosses(settle(parsed(short), facts).lab, up, [])).toEqual([]);
  });

  test('a policy of iptables: an accept in a table does not help, and the fix says what does', () => {
    const host = withRules('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n', '');
    const [first, ...more] = said(host);
    expect(more).toEqual([]);
    expect(first?.code).toBe('W110');
    expect(first?.fix?.en).toContain('iptables -t filter -I FORWARD -i ctr0 -j ACCEPT');
    expect(first?.fix?.en).toContain('"firewall": "iptables"');
    expect(first?.fix?.zh).toContain('"firewall": "iptables"');
  });

  test('firewalld without a zone for the bridge: what to type', () => {
    const [first, ...more] = said(withRules('', probe('firewalls/firewalld-1.3.3-public.json')));
    expect(more).toEqual([]);
    expect(first?.fix?.en).toBe(
      'firewall-cmd --zone=trusted --add-interface=ctr0  # to undo: firewall-cmd --zone=trusted --remove-interface=ctr0',
    );
    expect(said(withRules('', probe('firewalls/firewalld-1.3.3-trusted.json')))).toEqual([]);
  });

  test('a rule in our table that is not ours is not taken for harmless', () => {
    const chain = withRules('', json).firewall.chains.find(({ name }) => name === 'forward');
    const drop = '[{"comment":"mine"},{"drop":null}]';
    expect(chain && isHarmless({ ...chain, rules: [...chain.rules, drop] })).toBe(false);
    expect(chain && isHarmless({ ...chain, table: 'theirs' })).toBe(false);
  });
});

describe('before a run', () => {
  const host = withRules('', json);

  test('a table without a run is in the way, and one of a living run is not', () => {
    const { lab } = settle(parsed(short), host);
    expect(takenTables(lab, host).map(({ code, place }) => [code, place])).toEqual([
      ['H044', 'ip ctr/ctr0'],
      ['H044', 'ip ctr/ctr0/labex/labex'],
    ]);
    const [shared] = tables as [NftTable];
    const other = settle(parsed({ ...short, name: 'other' }), host).lab;
    expect(takenTables(other, { ...host, shared: { [`${shared.shared}`]: shared } })).toEqual([]);
    expect(takenTables(lab, { ...host, runs: ['labex'] })).toEqual([]);
  });

  test('ports in tables of other runs are known', () => {
    const codes = (ports: readonly string[], runs: readonly string[]) => {
      const { lab } = settle(parsed({ ...short, name: 'other', ports }), host);
      return portFindings(lab, { ...host, runs }).problems.map(({ code, fix }) => [code, fix?.en]);
    };
    expect(codes(['8080:81'], ['labex'])).toEqual([['H041', expect.stringContaining('ctr down')]]);
    expect(codes(['8080:81'], [])).toEqual([['H041', 'run ctr gc']]);
    expect(codes(['7005:81'], ['labex'])).toHaveLength(1);
    expect(codes(['8001:81'], ['labex'])).toHaveLength(1);
    expect(codes(['127.0.0.1:8001:81', '8053:53'], ['labex'])).toEqual([]);
  });
});

test.each([
  ['of somebody else', 0, ['192.168.0.1/16'], 'ctr/ctr0/192.168.0.0/16'],
  ['of ctr', sharedGroup, ['192.168.0.1/16', '10.1.0.1/24'], 'ctr/ctr0'],
  [
    'of ctr for another subnet',
    sharedGroup,
    ['10.1.0.1/24', '192.168.0.1/16'],
    'ctr/ctr0/192.168.0.0/16',
  ],
])(
  'on a bridge %s the table is named so that other subnets may join',
  (_, group, addresses, name) => {
    const bridge = {
      ...{ name: 'ctr0', kind: 'bridge', group, mac: '02:00:00:00:00:01', mtu: 1500, up: true },
      ...{ addresses, altnames: [] },
    };
    const { lab } = settle(parsed(short), { ...facts, links: [...facts.links, bridge] });
    const except = { masqueradeExcept: '203.0.113.0/24' };
    expect(lab.networks.map(networkTable)).toEqual([name]);
    expect(lab.networks.map((one) => networkTable({ ...one, ...except }))).toEqual([
      `${name}/except.203.0.113.0/24`,
    ]);
    expect(lab.networks.map((one) => networkTable({ ...one, masquerade: false }))).toEqual([
      `${name}/no.masquerade`,
    ]);
  },
);

test('pictures show the published ports of a table', () => {
  const shown = recorded.flatMap(({ rules: all }) =>
    all.flatMap(({ chain, text: rule }) => {
      const port = portRuleIn(chain, rule);
      return port === undefined || port === 'helper' ? [] : (publishedBy(port) ?? []);
    }),
  );
  expect(shown).toEqual([
    '8080/tcp DNAT 192.168.0.100:80',
    '198.51.100.2:8000/tcp DNAT 192.168.0.100:9000',
    '198.51.100.2:8001/tcp DNAT 192.168.0.100:9001',
    '198.51.100.2:8002/tcp DNAT 192.168.0.100:9002',
    '7000-7009/tcp DNAT 192.168.0.100',
    '127.0.0.1:8053/udp DNAT 192.168.0.100:53',
  ]);
});
