import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bridgeLink } from '../../rig/bridge-link.ts';
import { freshFacts } from '../../rig/fresh-facts.ts';
import { tutorialConfig as config } from '../../rig/tutorial-config.ts';
import type { Facts } from '../../src/facts/index.ts';
import { cmd } from '../../src/model/command.ts';
import { madeBy } from '../../src/model/step.ts';
import { makePlan, plannedResources } from '../../src/plan.ts';

const steps = new URL('../../src/steps', import.meta.url).pathname;
const plan = makePlan(config, freshFacts());
const lines = (facts = freshFacts()) =>
  makePlan(config, facts).steps.flatMap((step) =>
    step.commands.map(({ argv }) => argv.map(String).join(' ')),
  );

describe.each(plan.steps.map((step) => [step.id, step] as const))('%s', (id, step) => {
  test('is the name of its file', () => {
    expect(existsSync(join(steps, `${id}.ts`))).toBe(true);
  });
  test('explains why in both languages, in at most three sentences', () => {
    expect(step.why.en.split(/[.!?](?:\s|$)/).filter(Boolean).length).toBeLessThanOrEqual(3);
    expect(step.why.zh.split(/[。！？]/).filter(Boolean).length).toBeLessThanOrEqual(3);
    expect(step.why.en).not.toMatch(/\b(simply|just|please)\b|!/i);
    expect(step.title.zh).not.toBe('');
    expect(`${step.why.en}${step.title.en}`).not.toMatch(/undefined|null|\$\{/);
  });
  test('states what it makes', () => {
    expect(step.commands.flatMap(madeBy).length).toBeGreaterThan(0);
  });
});

test('every change to the host has an undo command, or disappears with one that has', () => {
  const kinds = plannedResources(plan).map(({ kind }) => kind);
  expect(kinds).toEqual([
    'link',
    'link',
    'process',
    'sysctl',
    'sysctl',
    'firewall-rule',
    'firewall-rule',
    'firewall-rule',
    'firewall-rule',
  ]);
});

test('names in ip commands always follow the keyword name or dev', () => {
  for (const line of lines().filter((one) => /(^| )ip (link|addr|route) /.test(one))) {
    expect(line).toMatch(/ (name|dev) /);
  }
});

test('no interface name is longer than the kernel allows', () => {
  for (const { outer, inner, device, network } of plan.lab.containers.flatMap(
    (one) => one.attachments,
  )) {
    for (const name of [outer, inner, device, network.bridge])
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(15);
  }
});

describe('forwarding', () => {
  const conf = (name: string) => `net/ipv4/conf/${name}/forwarding`;
  const switched = (values: Readonly<Record<string, string>>, change = {}) =>
    lines(
      freshFacts({
        ...change,
        sysctls: { [conf('default')]: '1', [conf('wan0')]: '1', ...values },
      }),
    ).flatMap((line) => /^sysctl -qw \S+conf\/(\S+)\/forwarding=1$/.exec(line)?.[1] ?? []);

  test('stays unchanged if each interface has it', () => {
    expect(switched({ 'net/ipv4/ip_forward': '1' })).toEqual([]);
    expect(switched({ 'net/ipv4/ip_forward': '0' })).toEqual([]);
  });

  test('is the interface’s own value, independent of ip_forward', () => {
    const on = { 'net/ipv4/ip_forward': '1', [conf('all')]: '1' };
    expect(switched({ ...on, [conf('default')]: '0' })).toEqual(['ctr0']);
    expect(switched({ ...on, [conf('wan0')]: '0' })).toEqual(['wan0']);
    expect(switched({ ...on, [conf('ctr0')]: '0' })).toEqual(['ctr0']);
  });

  test('is switched on for the interface of every route in any table', () => {
    const routes: Facts['routes'] = [
      { to: 'default', dev: 'wan0' },
      { to: 'default', dev: 'eth2', another: true },
      { to: '10.30.0.0/16', dev: 'eth1' },
      { to: '10.40.0.0/16', dev: 'tun0', table: '52' },
      { to: '172.17.0.0/16', dev: 'docker0', down: true },
      { to: '10.50.0.0/16', type: 'blackhole' },
      { to: '10.51.0.0/16', dev: 'lo', type: 'local', table: 'local' },
      { to: '10.60.0.0/16', dev: 'ctr0' },
    ];
    expect(switched({ [conf('default')]: '0' }, { routes })).toEqual([
      'ctr0',
      'eth2',
      'eth1',
      'tun0',
    ]);
  });
});

test('the rules go into Docker’s chain for user rules if it exists', () => {
  const facts = freshFacts({ firewall: { ...freshFacts().firewall, dockerUser: true } });
  expect(lines(facts).filter((line) => line.includes('-I DOCKER-USER')).length).toBe(3);
});

test('ctr neither makes nor deletes a foreign bridge, and keeps an empty one as it is', () => {
  const facts = freshFacts();
  const bridge = bridgeLink('ctr0', '192.168.0.1/24');
  const port = { ...bridge, name: 'eth1', kind: 'veth', master: 'ctr0', addresses: [] };
  const empty = makePlan(config, { ...facts, links: [...facts.links, bridge] });
  const down = { ...bridge, up: false, bridge: { stp: 'kernel', forwardDelay: 15 } as const };
  const keeps = (plan: typeof empty) =>
    plan.steps.find(({ id }) => id === 'ensure-bridge')?.commands;
  const values = { kind: 'bridge-settings', link: 'ctr0', mac: bridge.mac, mtu: 1500 };
  const up = { kind: 'link-setting', link: 'ctr0', setting: 'up', value: '' };
  expect(keeps(empty)).toEqual([
    {
      argv: cmd`ip link set dev ctr0 address ${bridge.mac} mtu 1500 up`,
      makes: [{ ...values, up: true, shared: 'bridge-state:ctr0' }, up],
    },
  ]);
  expect(keeps(makePlan(config, { ...facts, links: [...facts.links, down] }))).toEqual([
    {
      argv: cmd`ip link set dev ctr0 mtu 1500 up`,
      makes: [{ ...values, up: false, shared: 'bridge-state:ctr0' }, up],
    },
  ]);
  const there = makePlan(config, { ...facts, links: [...facts.links, bridge, port] });
  expect(there.steps.map((step) => step.id)).not.toContain('ensure-bridge');
  expect(JSON.stringify(there)).not.toContain('"name":"ctr0","group"');
  expect(there.lab.networks[0]?.prefix).toBe(24);
});

test('a plan inherits what a running run has made, as recorded', () => {
  const key = 'sysctl:net/ipv4/conf/wan0/forwarding';
  const made = {
    kind: 'sysctl',
    key: 'net/ipv4/conf/wan0/forwarding',
    value: '1',
    before: '0',
    shared: key,
  } as const;
  const facts = freshFacts({
    shared: { [key]: made },
    sysctls: { 'net/ipv4/ip_forward': '0', 'net/ipv4/conf/wan0/forwarding': '1' },
  });
  const step = makePlan(config, facts).steps.find((one) => one.id === 'enable-forwarding');
  expect(step?.inherits).toEqual([made]);
  expect(step?.commands.map(({ argv }) => argv.join(' '))).toEqual([
    'sysctl -qw net/ipv4/conf/ctr0/forwarding=1',
  ]);
});

test('a rootfs under /mnt is staged elsewhere', () => {
  const mounted = {
    ...config,
    containers: { labex: { ...config.containers.labex, rootfs: '/mnt/labex' } },
  };
  expect(JSON.stringify(makePlan(mounted as typeof config, freshFacts()).steps)).toContain(
    '"ctr","/media"',
  );
});
