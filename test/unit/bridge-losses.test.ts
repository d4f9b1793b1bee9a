import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bridgeLink } from '../../rig/bridge-link.ts';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { LinkFact } from '../../src/facts/index.ts';
import { bridgeLosses, enslavedWays } from '../../src/losses/bridge.ts';
import { couldLose } from '../../src/losses/quick-look.ts';
import { groupOf } from '../../src/model/names.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';
import { projected } from './losses/losses.ts';

const text = readFileSync('examples/tutorial.json', 'utf8').replace('./labex', '/srv/labex');
const { config } = parseConfig(text, 'tutorial.json');
if (config === undefined) throw new Error('the example is not valid');
const lab = settle(config, withRootfs(freshFacts(), '/srv/labex')).lab;
const fresh = withRootfs(freshFacts(), '/srv/labex');
const outer = lab.containers[0]?.attachments[0]?.outer ?? '';

const bridge = bridgeLink('ctr0', '192.168.0.1/16');
const other: LinkFact = { ...bridge, name: 'eth1', kind: 'veth', master: 'ctr0', addresses: [] };
const port = { state: 'forwarding', isolated: false, locked: false };
const ours: LinkFact = { ...other, name: outer, group: groupOf('labex'), port };
const stp = { stp: 'kernel', forwardDelay: 15 } as const;

const losing: readonly [what: string, links: readonly LinkFact[], says: RegExp | undefined][] = [
  ['nothing', [bridge, ours], undefined],
  ['a smaller MTU of its own', [{ ...bridge, mtu: 1400 }], /ctr0 has MTU 1400.* 1500/],
  ['a port of a smaller MTU', [bridge, { ...other, mtu: 1280 }], /eth1 has MTU 1280/],
  ['STP, before the port is there', [{ ...bridge, bridge: stp }], /runs STP.*30 s/],
  [
    'STP of a daemon, whose port is learning',
    [
      { ...bridge, bridge: { ...stp, stp: 'daemon' } },
      { ...ours, port: { ...port, state: 'learning' } },
    ],
    /STP daemon.*learning/,
  ],
  ['STP whose port forwards', [{ ...bridge, bridge: stp }, ours], undefined],
  [
    'VLANs, and none for a new port',
    [{ ...bridge, bridge: { stp: 'off', forwardDelay: 15, vlan: 0 } }],
    /filters VLANs/,
  ],
  [
    'a VRF',
    [
      { ...bridge, master: 'red' },
      { ...bridge, name: 'red', kind: 'vrf' },
    ],
    /in the VRF red/,
  ],
  [
    'a bond',
    [
      { ...bridge, master: 'bond0' },
      { ...bridge, name: 'bond0', kind: 'bond' },
    ],
    /port of bond0/,
  ],
  [
    'a VRF that a bridge of ctr was put in',
    [
      { ...bridge, group: groupOf('labex'), master: 'red' },
      { ...bridge, name: 'red', kind: 'vrf' },
    ],
    /in the VRF red/,
  ],
  ['no ARP', [{ ...bridge, noArp: true }], /ARP is off on ctr0/],
  [
    'a port that neither learns nor is flooded',
    [bridge, { ...ours, port: { ...port, blind: true } }],
    /has learning and flood off/,
  ],
  ['a locked port', [bridge, { ...ours, port: { ...port, locked: true } }], /is locked/],
];

test.each(losing)('up warns about a bridge setting that loses packets: %s', (_, links, says) => {
  const host = { ...fresh, links: [...fresh.links, ...links] };
  const found = bridgeLosses(lab, host, []);
  const subnet = { to: '192.168.0.0/16', dev: 'ctr0' };
  const planned = projected(lab, { ...host, routes: [...host.routes, subnet] });
  expect(couldLose(lab, planned) || found.length === 0).toBe(true);
  expect(found).toHaveLength(says === undefined ? 0 : 1);
  if (says !== undefined) expect(found[0]?.message.en).toMatch(says);
});

test('for a bridge that filters VLANs, up names the VLAN of the containers', () => {
  const vlans = { ...bridge, bridge: { stp: 'off', forwardDelay: 15, vlan: 7 } as const };
  const { warnings } = preflight(lab, { ...fresh, links: [...fresh.links, vlans] }, []);
  expect(warnings.find(({ code }) => code === 'W133')?.message.en).toContain('VLAN 7');
});

test.each([
  ['REACHABLE', 'H022'],
  ['STALE', 'W136'],
])('a neighbour that is %s and has the address is told by its MAC', (state, code) => {
  const mac = '52:54:00:00:00:07';
  const facts = {
    ...fresh,
    links: [...fresh.links, bridge, other],
    neighbours: [{ address: '192.168.0.100', dev: 'ctr0', mac, state }],
  };
  const said = (links: readonly LinkFact[]) => {
    const { problems, warnings } = preflight(lab, { ...facts, links }, []);
    const about = [...problems, ...warnings].filter((one) => one.message.en.includes(mac));
    return about.map((one) => one.code);
  };
  expect(said(facts.links)).toEqual([code]);
  // If all ports are ctr's, the setting comes from an earlier container of ctr's.
  expect(said([...fresh.links, bridge])).toEqual([]);
});

test.each<readonly [kind: string, taken: boolean]>([
  ['bridge', true],
  ['bond', true],
  ['openvswitch', true],
  ['vrf', false],
])('answers that come in by a port of a %s are taken: %s', (kind, taken) => {
  const master = { ...bridge, name: 'above', kind };
  const links = freshFacts().links.map((link) =>
    link.name === 'wan0' ? { ...link, master: 'above' } : link,
  );
  const host = { ...fresh, links: [...links, master] };
  const found = enslavedWays(lab, host, []);
  expect(couldLose(lab, host) || found.length === 0).toBe(true);
  expect(found.map(({ place }) => place)).toEqual(taken ? ['wan0'] : []);
  // The routes are on the interface that it is a port of.
  const routes = fresh.routes.map((route) => ({ ...route, dev: 'above' }));
  expect(enslavedWays(lab, { ...fresh, routes, links: [...links, master] }, [])).toEqual([]);
});
