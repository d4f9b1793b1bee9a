import { describe, expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../../rig/fresh-facts.ts';
import { tutorialSchema } from '../../../src/config/schema.ts';
import { fromTutorial } from '../../../src/config/tutorial.ts';
import type { Facts } from '../../../src/facts/index.ts';
import { settle } from '../../../src/resolve/lab.ts';
import { freeSubnet } from '../../../src/resolve/preflight/overlaps.ts';
import { preflight } from '../../../src/resolve/preflight.ts';
import { losses, projected } from './losses.ts';

const config = (change = {}) =>
  fromTutorial(
    tutorialSchema.parse({
      host_name: 'labex',
      root_dir: '/srv/labex',
      ip: '192.168.0.100/24',
      bridge_name: 'ctr0',
      bridge_ip: '192.168.0.1/24',
      ...change,
    }),
  );
const fresh = freshFacts();
function said(change: Partial<Facts>, values = {}) {
  const facts = withRootfs(freshFacts(change), '/srv/labex');
  const { lab } = settle(config(values), facts);
  const { problems, warnings } = preflight(lab, facts, []);
  return { lab, facts, problems, warnings: [...warnings, ...losses(lab, projected(lab, facts))] };
}
const texts = (problems: readonly { readonly code: string; readonly message: { en: string } }[]) =>
  problems.map(({ code, message }) => `${code} ${message.en}`);

test('a usual host has no losses', () => {
  const { warnings, problems } = said({});
  expect([...warnings, ...problems]).toEqual([]);
});

test('the planned host loses nothing; with forwarding off on an interface, the loss names that interface', () => {
  const { lab, facts } = said({});
  const planned = projected(lab, facts);
  expect(losses(lab, planned)).toEqual([]);
  const sysctls = { ...planned.sysctls, 'net/ipv4/conf/wan0/forwarding': '0' };
  expect(texts(losses(lab, { ...planned, sysctls }))).toEqual([
    'W120 this host does not forward packets that come in by wan0: net/ipv4/conf/wan0/forwarding is 0',
  ]);
});

test('the plan switches on a bridge that is down, so it loses nothing', () => {
  const [, wan] = fresh.links;
  if (wan === undefined) throw new Error('no link');
  const down = { ...wan, name: 'ctr0', kind: 'bridge', up: false, addresses: ['192.168.0.1/24'] };
  const { lab, facts } = said({ links: [...fresh.links, down] });
  expect(losses(lab, projected(lab, facts))).toEqual([]);
  expect(losses(lab, { ...projected(lab, facts), links: facts.links })).not.toEqual([]);
});

test('an uplink that was added later is checked, too', () => {
  const { lab, facts } = said({});
  const planned = projected(lab, facts);
  const host = {
    ...planned,
    routes: [{ to: 'default', dev: 'eth1' }, ...planned.routes],
    sysctls: { ...planned.sysctls, 'net/ipv4/conf/eth1/forwarding': '0' },
  };
  expect(losses(lab, host).map(({ place }) => place)).toEqual(['eth1']);
});

test('the default route’s absence, and its interface without a carrier, are told apart', () => {
  const [way, near] = fresh.routes;
  expect(texts(said({ routes: near === undefined ? [] : [near] }).warnings)).toEqual([
    'W105 this host has no default route: the container will reach only this host and the networks that this host has routes to',
  ]);
  const lame = way === undefined ? [] : [{ ...way, down: true } as const];
  expect(texts(said({ routes: lame }).warnings)).toEqual([
    'W105 the default route goes through wan0, which has no carrier: the container will reach only this host and the networks that this host has other routes to',
  ]);
});

test('two routes of /1 are a default route, as VPNs set it', () => {
  const routes: Facts['routes'] = [
    { to: '0.0.0.0/1', dev: 'tun0' },
    { to: '128.0.0.0/1', dev: 'tun0' },
  ];
  expect(said({ routes }).warnings).toEqual([]);
});

test.each([
  ['blackhole', '10.244.3.0/26', 0],
  ['unreachable', '172.20.0.0/16', 0],
  ['prohibit', '203.0.113.7', 0],
  // Routes to the name server, to a part of the containers' subnet, and to the internet.
  ['blackhole', '114.114.0.0/16', 1],
  ['blackhole', '192.168.0.128/25', 1],
  ['unreachable', '0.0.0.0/1', 1],
] as const)('%s %s takes what a lab needs: %i', (type, to, lost) => {
  const routes: Facts['routes'] = [...fresh.routes, { to, type }];
  expect(said({ routes }).warnings.map(({ code }) => code)).toEqual(lost === 0 ? [] : ['W122']);
});

test.each([
  ['FORWARD', 1],
  ['DOCKER-USER', 0],
  ['ufw-before-forward', 0],
] as const)('of a policy DROP beside a chain %s, W103 is said %i times', (name, times) => {
  const chain = { tool: 'iptables', family: 'ip', table: 'filter', name, rules: [] } as const;
  const firewall = { ...fresh.firewall, forwardPolicy: 'DROP', chains: [chain] } as const;
  const codes = said({ firewall }).warnings.map(({ code }) => code);
  expect(codes.filter((code) => code === 'W103')).toHaveLength(times);
});

test('a rule that loses several packets is reported once', () => {
  const rules: Facts['rules'] = [
    { priority: 0, table: 'local' },
    { priority: 100, iif: 'ctr0', action: 'blackhole' },
    { priority: 32766, table: 'main' },
  ];
  expect(texts(said({ rules }).warnings)).toEqual([
    'W122 policy rule 100 (blackhole) loses the packets from ctr0 to 114.114.114.114, 1.1.1.1, 198.51.100.1',
  ]);
});

describe('subnets that overlap routes', () => {
  const wide: Facts['routes'] = [...fresh.routes, { to: '10.0.0.0/8', dev: 'tun0' }];
  const small = { ip: '10.88.0.10', bridge_ip: '10.88.0.1/24' };

  test('a longer prefix within the subnet keeps its route, and its interface gets forwarding', () => {
    const routes: Facts['routes'] = [...fresh.routes, { to: '192.168.1.0/24', dev: 'eth1' }];
    const tutorial = { ip: '192.168.0.100', bridge_ip: '192.168.0.1' };
    const { lab, problems } = said({ routes }, tutorial);
    expect(problems).toEqual([]);
    expect(lab.networks[0]?.elsewhere).toEqual(['192.168.1.0/24']);
    expect(lab.uplinks).toEqual(['wan0', 'eth1']);
  });

  test('a shorter prefix causes a warning, and an error if the subnet contains an address that the host needs', () => {
    expect(texts(said({ routes: wide }, small).warnings)).toEqual([
      'W124 10.88.0.0/24 is a part of 10.0.0.0/8, which this host reaches through tun0: while this run is up, this host cannot reach machines in that part',
    ]);
    const refused = (change: Partial<Facts>) =>
      said({ routes: wide, ...change }, small).problems.map(({ code }) => code);
    expect(refused({ resolvers: ['10.88.0.53'] })).toEqual(['H005']);
    expect(refused({ resolvers: ['10.89.0.53'] })).toEqual([]);
    expect(
      refused({
        neighbours: [
          { address: '10.88.0.9', dev: 'tun0', mac: '52:54:00:00:00:09', state: 'REACHABLE' },
        ],
      }),
    ).toEqual(['H005']);
    expect(
      refused({ routes: [...wide, { to: '10.1.0.0/16', dev: 'tun0', gateway: '10.88.0.3' }] }),
    ).toEqual(['H005']);
    const [lo, wan] = fresh.links;
    if (lo === undefined || wan === undefined) throw new Error('no links');
    const own = { ...wan, addresses: ['10.88.0.7/8'] };
    expect(refused({ links: [lo, own] })).toEqual(['H005']);
    expect(refused({ links: [{ ...lo, addresses: ['10.88.0.7/32'] }, wan] })).toEqual([]);
  });

  test('a resolver with a route of a longer prefix stays reachable', () => {
    const routes: Facts['routes'] = [...wide, { to: '10.88.0.53', dev: 'tun0' }];
    expect(said({ routes, resolvers: ['10.88.0.53'] }, small).problems).toEqual([]);
  });

  test('a subnet of public addresses causes a warning', () => {
    const eight = { ip: '8.8.8.9', bridge_ip: '8.8.8.1/24' };
    expect(texts(said({}, eight).warnings)).toEqual([
      expect.stringContaining('W124 8.8.8.0/24 has public addresses'),
    ]);
  });

  test('if all private addresses are routed, ctr chooses no subnet', () => {
    const { lab, facts } = said({});
    const all = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
    const routes: Facts['routes'] = all.map((to) => ({ to, dev: 'tun0' }));
    expect(freeSubnet(24, lab, facts)).toBe('10.88.0.0/24');
    expect(freeSubnet(24, lab, { ...facts, routes })).toBeUndefined();
    expect(freeSubnet(24, lab, { ...facts, routes: routes.slice(0, 1) })).toBe('172.24.0.0/24');
  });
});
