import { describe, expect, test } from '@jest/globals';
import { languages } from '../../../src/model/text.ts';
import { diffLines } from '../../../src/render/changes.ts';
import { explain } from '../../../src/snapshot/index.ts';
import { sideEffects } from '../../../src/snapshot/side-effects/index.ts';
import {
  containerState,
  linkState,
  loopback,
  routeState,
  snapshotOf,
} from '../../support/snapshots.ts';

const bridge = linkState({
  name: 'br0',
  kind: 'bridge',
  index: 3,
  up: true,
  state: 'UNKNOWN',
  carrier: true,
});
const port = { state: 'disabled', isolated: false, locked: false };
const veth = linkState({ name: 'veth-web', index: 4, peer: 'veth-web-c' });
const before = snapshotOf({ links: [loopback, bridge, veth] });
const after = snapshotOf({
  links: [loopback, { ...bridge, state: 'DOWN', carrier: false }, { ...veth, master: 'br0', port }],
});
const master = {
  kind: 'link-setting',
  link: 'veth-web',
  setting: 'master',
  value: 'br0',
} as const;

describe('explain', () => {
  test('tells what a step asked for from what it did not', () => {
    const { changes, hidden, missing } = explain(before, after, { makes: [master] });
    expect(changes.map(({ of, field, cause }) => [of, field, cause])).toEqual([
      ['veth-web', 'master', 'asked'],
      ['br0', 'carrier', 'surprise'],
    ]);
    expect(changes[1]?.why?.en).toContain('An empty bridge');
    expect(hidden).toEqual({ implied: 1 });
    expect(missing).toEqual([]);
  });

  test('without the step, all is a surprise; none of it is known that only a command does', () => {
    const [first] = explain(before, after).changes.filter(({ field }) => field === 'master');
    expect(first).toMatchObject({ cause: 'surprise' });
    expect(first?.why).toBeUndefined();
  });

  test('lists the resources that did not appear', () => {
    const address = { kind: 'address', link: 'br0', address: '10.0.0.1/24' } as const;
    const inside = { kind: 'hostname', container: 'web', hostname: 'web' } as const;
    const found = explain(before, before, { makes: [master, address, inside] });
    expect(found.missing.map(({ en }) => en)).toEqual([
      'veth-web: port of br0',
      'br0: address 10.0.0.1/24',
    ]);
  });

  test('an undo asks for what it removes', () => {
    const removed = explain(after, snapshotOf({ links: [loopback, bridge] }), {
      removes: [{ kind: 'link', name: 'veth-web', group: 1 }],
    });
    expect(removed.changes[0]).toMatchObject({ of: 'veth-web', op: 'removed', cause: 'asked' });
  });

  test('what IPv6, groups and timers do is counted', () => {
    const neighbour = { address: '10.0.0.2', dev: 'br0', mac: '02:00:00:00:00:09' };
    const was = snapshotOf({ links: [bridge], neighbours: [{ ...neighbour, state: 'REACHABLE' }] });
    const is = snapshotOf({
      links: [
        { ...bridge, addresses: [{ address: 'fe80::1/64', scope: 'link', tentative: true }] },
      ],
      neighbours: [{ ...neighbour, state: 'STALE' }],
      fdb: [{ mac: '33:33:00:00:00:01', dev: 'br0', state: 'permanent' }],
      routes: [routeState({ to: 'fe80::/64', dev: 'br0' })],
    });
    expect(explain(was, is)).toEqual({
      changes: [],
      hidden: { ipv6: 2, timer: 1, multicast: 1 },
      missing: [],
    });
  });

  test('settings of a new interface are counted, unless they are not the default', () => {
    const conf = (dev: string, value: string) => ({ [`net/ipv4/conf/${dev}/forwarding`]: value });
    const was = snapshotOf({ sysctls: conf('default', '0') });
    const with_ = (value: string) =>
      snapshotOf({
        links: [loopback, bridge],
        sysctls: { ...conf('default', '0'), ...conf('br0', value) },
      });
    expect(explain(was, with_('0')).hidden).toEqual({ defaults: 1 });
    expect(explain(was, with_('1')).changes).toContainEqual(
      expect.objectContaining({ object: 'sysctl', to: '1', cause: 'surprise' }),
    );
  });
});

describe('side effects', () => {
  test('each has its own sentence in both languages', () => {
    expect(new Set(sideEffects.map(({ id }) => id)).size).toBe(sideEffects.length);
    for (const language of languages) {
      const sentences = sideEffects.map(({ says }) => says[language]);
      expect(new Set(sentences).size).toBe(sideEffects.length);
      for (const sentence of sentences) expect(sentence).toMatch(/[.。]$/);
    }
  });
});

describe('lines', () => {
  const diff = explain(before, after, { makes: [master] });

  test('fit into 80 columns, and say all without colour', () => {
    expect(diffLines(diff, 'en', 80)).toEqual([
      'host',
      '  ~ veth-web  master – → br0    asked for',
      '  ! br0       carrier yes → no  side effect',
      '      An empty bridge that nobody gave a MAC counts as having a carrier. With',
      '      ports, it has one only while a port works, and this port is dead: it is',
      '      down, or the other end of its cable is.',
      'hidden: 1 implied',
    ]);
  });

  test('are wrapped where a rule is longer than the terminal is wide', () => {
    const text =
      '-A POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment "ctr:ctr0" -j MASQUERADE';
    const rule = { tool: 'iptables', table: 'nat', chain: 'POSTROUTING', text } as const;
    const lines = diffLines(explain(snapshotOf(), snapshotOf({ firewall: [rule] })), 'en', 80);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const all = lines.join(' ').replaceAll(/ +/g, ' ');
    expect(all).toContain(`! firewall + -t nat ${text} unexpected`);
  });

  test('are aligned in Chinese as well', () => {
    const [, first, second] = diffLines(diff, 'zh', 80);
    expect(first).toBe('  ~ veth-web  所属网桥 – → br0  按要求');
    expect(second).toBe('  ! br0       载波 有 → 无      附带影响');
  });

  test('a first process that waits is not shown with its script', () => {
    const command = ['sh', '-c', 'read -r go', 'ctr:lab/web', '/', '/bin/sh'];
    const web = containerState({}, { command });
    const lines = diffLines(explain(snapshotOf(), snapshotOf({}, { web })), 'en', 80);
    expect(lines.join('\n')).toContain('waiting for ctr');
    expect(lines.join('\n')).not.toContain('read -r');
  });
});
