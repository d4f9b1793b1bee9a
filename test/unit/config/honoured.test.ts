import { expect, test } from '@jest/globals';
import { bridgeLink } from '../../../rig/bridge-link.ts';
import { freshFacts, withRootfs } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { keysAt } from '../../../src/config/schema.ts';
import type { Facts, LinkFact } from '../../../src/facts/index.ts';
import { makePlan } from '../../../src/plan.ts';
import { settle } from '../../../src/resolve/lab.ts';
import { preflight } from '../../../src/resolve/preflight.ts';

const tutorial = {
  host_name: 'labex',
  root_dir: '/srv/labex',
  ip: '192.168.0.100',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
};
const front = {
  bridge: { name: 'ctr1' },
  subnets: [{ subnet: '10.88.0.0/16', gateway: '10.88.0.1' }],
};
const web = { rootfs: '/srv/labex', interfaces: [{ network: 'front' }] };
const lab = (
  change: { network?: object; container?: object; one?: object; top?: object } = {},
) => ({
  version: 1,
  name: 'lab',
  networks: { front: { ...front, ...change.network } },
  containers: {
    web: { ...web, interfaces: [{ network: 'front', ...change.one }], ...change.container },
  },
  ...change.top,
});

const fresh = {
  ...withRootfs(withRootfs(freshFacts(), '/srv/labex'), '/srv/other'),
  cgroup: { mount: '/sys/fs/cgroup', controllers: ['memory', 'pids'], netns: 4026531840 },
} as const satisfies Facts;

/** The plan of a config as text, or the codes of its problems from validate or preflight. */
function outcome(
  config: object,
  facts: Facts = fresh,
): { validate?: string[]; up?: string[]; plan?: string } {
  const parsed = parseConfig(JSON.stringify(config, null, 1), 'f.json');
  if (parsed.config === undefined) return { validate: parsed.problems.map(({ code }) => code) };
  const settled = settle(parsed.config, facts);
  const all = [...settled.problems, ...preflight(settled.lab, facts, []).problems];
  if (all.length > 0) return { up: all.map(({ code }) => code) };
  return { plan: JSON.stringify(makePlan(parsed.config, facts).steps) };
}

/** For each key of a form, a value other than the default and its effect on the commands. */
const flatKeys: Readonly<Record<string, readonly [value: unknown, commands: string | RegExp]>> = {
  $schema: ['x', /labex/],
  host_name: ['other', '"hostname","other"'],
  root_dir: ['/srv/other', '/srv/other'],
  ip: ['192.168.0.7', '192.168.0.7/16'],
  bridge_name: ['br7', '"name","br7"'],
  bridge_ip: ['192.168.0.9', '192.168.0.9/16'],
  name: ['seven', 'ctr:seven/labex'],
  command: [['sleep', '60'], '"sleep","60"'],
  mac: ['02:00:00:00:00:07', '02:00:00:00:00:07'],
  mtu: [1234, '"mtu","1234"'],
  dns: [['9.9.9.9'], 'nameserver 9.9.9.9'],
  user_namespace: [true, '/uid_map'],
  limits: [{ memory: '64M', pids: 77 }, /67108864.*77|77.*67108864/],
  masquerade: [false, /^(?!.*MASQUERADE)/],
  environment: [{ A: 'seven' }, 'A=seven'],
  working_dir: ['/tmp', '"/tmp"'],
  firewall: ['nftables', '"create","table","ip","ctr/ctr0"'],
  ports: [['8080:80'], '"--to-destination","192.168.0.100:80"'],
  bridge_ip6: ['fd00:7::1/64', '"fd00:7::1/64"'],
  ip6: ['fd00:7::7/64', '"fd00:7::7/64"'],
  masquerade6: [false, /^(?!.*ip6tables[^[]*nat).*fd00:7::1/],
};

const containerKeys: typeof flatKeys = {
  hostname: ['other', '"hostname","other"'],
  replicas: [2, 'web-2'],
  rootfs: ['/srv/other', '/srv/other'],
  command: [['sleep', '60'], '"sleep","60"'],
  environment: [{ A: 'seven' }, 'A=seven'],
  working_dir: ['/tmp', '"/tmp"'],
  user_namespace: [true, '/uid_map'],
  limits: [{ memory: '64M', pids: 77 }, /67108864.*77|77.*67108864/],
  interfaces: [[{ network: 'front' }, { network: 'front' }], '"name","eth1"'],
  dns: [
    { servers: ['9.9.9.9'], search: ['corp.example'], options: ['ndots:3'] },
    /search corp\.example.*nameserver 9\.9\.9\.9.*options ndots:3/,
  ],
  ports: [['127.0.0.1:8080:80/udp'], /127\.0\.0\.1\/32.*"udp".*"8080"/],
  extra_hosts: [{ db: '10.88.0.9' }, '10.88.0.9 db'],
};
const interfaceKeys: typeof flatKeys = {
  network: ['front', 'ctr1'],
  name: ['lan0', '"name","lan0"'],
  addresses: [['10.88.0.7/16'], '10.88.0.7/16'],
  host_interface: ['lan7', '"name","lan7"'],
  gateway: ['10.88.0.9', '"via","10.88.0.9"'],
  mac: ['02:00:00:00:00:07', '02:00:00:00:00:07'],
  address6: ['fd00:7::7', '"fd00:7::7/64"'],
};
const networkKeys: typeof flatKeys = {
  bridge: [{ name: 'br7', mac: '02:00:00:00:00:07' }, /br7.*02:00:00:00:00:07/],
  subnets: [[{ subnet: '10.89.0.0/24', gateway: '10.89.0.7' }], '10.89.0.7/24'],
  mtu: [1234, '"mtu","1234"'],
  masquerade: [false, /^(?!.*MASQUERADE)/],
  masquerade_except: ['203.0.113.0/24', /"-d","203\.0\.113\.0\/24"/],
  subnet6: ['fd00:7::/64', '"fd00:7::1/64"'],
  gateway6: ['fd00:7::7', '"fd00:7::7/64"'],
  masquerade6: [false, /^(?!.*ip6tables[^[]*nat).*fd00:7::1/],
};

const topKeys: typeof flatKeys = {
  firewall: ['nftables', '"create","table","ip","ctr/ctr1"'],
};
const flatBeside = (key: string) =>
  key === 'ip6' || key === 'masquerade6' ? { bridge_ip6: 'fd00:7::1/64' } : {};
const networkBeside = (key: string) =>
  key === 'gateway6' || key === 'masquerade6' ? { subnet6: 'fd00:7::/64' } : {};

const rows = [
  ...Object.entries(topKeys).map(
    ([key, row]) => ['top', key, lab({ top: { [key]: row[0] } }), row[1]] as const,
  ),
  ...Object.entries(flatKeys).map(
    ([key, row]) =>
      ['tutorial', key, { ...tutorial, ...flatBeside(key), [key]: row[0] }, row[1]] as const,
  ),
  ...Object.entries(containerKeys).map(
    ([key, row]) => ['container', key, lab({ container: { [key]: row[0] } }), row[1]] as const,
  ),
  ...Object.entries(interfaceKeys).map(
    ([key, row]) =>
      [
        'interface',
        key,
        lab({
          ...(key === 'address6' ? { network: networkBeside('gateway6') } : {}),
          one: { [key]: row[0] },
        }),
        row[1],
      ] as const,
  ),
  ...Object.entries(networkKeys).map(
    ([key, row]) =>
      ['network', key, lab({ network: { ...networkBeside(key), [key]: row[0] } }), row[1]] as const,
  ),
];
test.each(rows)('%s %s: the commands contain the value', (_, __, config, commands) => {
  const { plan, ...refused } = outcome(config);
  expect(refused).toEqual({});
  if (typeof commands === 'string') expect(plan).toContain(commands);
  else expect(plan).toMatch(commands);
});

test('no key of either form is left out of these tables', () => {
  const canonical = (...path: string[]) => keysAt('canonical', path);
  expect(keysAt('tutorial', [])).toEqual(expect.arrayContaining(Object.keys(flatKeys)));
  expect(Object.keys(flatKeys)).toEqual(expect.arrayContaining([...keysAt('tutorial', [])]));
  for (const [keys, known] of [
    [containerKeys, canonical('containers', 'web')],
    [interfaceKeys, canonical('containers', 'web', 'interfaces', '0')],
    [networkKeys, canonical('networks', 'front')],
  ] as const) {
    expect(Object.keys(keys).toSorted()).toEqual([...known].toSorted());
  }
});

const bridge = bridgeLink('ctr1', '10.88.0.1/16');
const port: LinkFact = {
  ...bridge,
  name: 'p0',
  kind: 'veth',
  mtu: 1400,
  master: 'ctr1',
  addresses: [],
};
const withLinks = (...links: LinkFact[]): Facts => ({
  ...fresh,
  links: [...fresh.links, ...links],
});
const auto = { subnets: [{ subnet: 'auto', gateway: '10.88.0.1' }] };
const two = (first: object, second: object) => ({
  interfaces: [
    { network: 'front', ...first },
    { network: 'front', ...second },
  ],
});

test.each<[string, object, string[]]>([
  [
    'two prefixes in the tutorial’s form',
    { ...tutorial, ip: '192.168.0.100/24', bridge_ip: '192.168.0.1/16' },
    ['E029'],
  ],
  [
    'an address and a bridge in different networks, no prefix written',
    { ...tutorial, bridge_ip: '10.1.0.1' },
    ['E022'],
  ],
  ['the broadcast address of the default /16', { ...tutorial, ip: '192.168.255.255' }, ['E021']],
  ['a bridge with the broadcast address', { ...tutorial, bridge_ip: '192.168.255.255' }, ['E021']],
  [
    'an address of another prefix than its network',
    lab({ one: { addresses: ['10.88.0.10/24'] } }),
    ['E029'],
  ],
  [
    'two prefixes on a network whose subnet is auto',
    lab({
      network: auto,
      container: two({ addresses: ['10.88.0.5/24'] }, { addresses: ['10.88.0.6/25'] }),
    }),
    ['E029'],
  ],
  [
    'an address outside of auto',
    lab({ network: auto, one: { addresses: ['10.99.0.5'] } }),
    ['E022'],
  ],
  [
    'two default routes',
    lab({ container: two({ gateway: '10.88.0.1' }, { gateway: '10.88.0.2' }) }),
    ['E019'],
  ],
  ['a gateway outside', lab({ one: { gateway: '10.99.0.1' } }), ['E023']],
  ['a gateway that is the broadcast address', lab({ one: { gateway: '10.88.255.255' } }), ['E021']],
  [
    'a gateway that is the container itself',
    lab({ one: { addresses: ['10.88.0.5'], gateway: '10.88.0.5' } }),
    ['E033'],
  ],
  [
    'a replica whose host name becomes too long',
    lab({ container: { replicas: 2, hostname: 'h'.repeat(62) } }),
    ['E044'],
  ],
  [
    'an address outside of the IPv6 subnet',
    lab({ network: { subnet6: 'fd00:7::/64' }, one: { address6: 'fd00:8::7' } }),
    ['E022'],
  ],
  [
    'an IPv6 address with another prefix than its network',
    lab({ network: { subnet6: 'fd00:7::/64' }, one: { address6: 'fd00:7::7/80' } }),
    ['E029'],
  ],
  ['an IPv6 address on a network without', lab({ one: { address6: 'fd00:7::7' } }), ['E034']],
  ['NAT66 on a network without IPv6', lab({ network: { masquerade6: true } }), ['E034']],
  ['the flat form with an address only', { ...tutorial, ip6: 'fd00:7::7' }, ['E034']],
  ['a subnet of link-local addresses', lab({ network: { subnet6: 'fe80::/64' } }), ['E021']],
  [
    'the gateway’s own IPv6 address',
    lab({ network: { subnet6: 'fd00:7::/64' }, one: { address6: 'fd00:7::1' } }),
    ['E024'],
  ],
  [
    'the same IPv6 address twice, written in two ways',
    lab({
      network: { subnet6: 'fd00:7::/64' },
      container: two({ address6: 'fd00:7::7' }, { address6: 'fd00:7:0:0::7/64' }),
    }),
    ['E025'],
  ],
  [
    'an IPv6 address where a subnet belongs',
    lab({ network: { subnet6: 'fd00:7::5/64' } }),
    ['E028'],
  ],
  [
    'one IPv6 address for several replicas',
    lab({
      network: { subnet6: 'fd00:7::/64' },
      container: { replicas: 2 },
      one: { address6: 'fd00:7::7' },
    }),
    ['E041'],
  ],
  ['an IPv6 address that is none', lab({ one: { address6: 'fd00::7::1' } }), ['E020']],
  [
    'overlapping IPv6 subnets',
    lab({
      network: { subnet6: 'fd00:7::/64' },
      top: {
        networks: {
          front: { ...front, subnet6: 'fd00:7::/64' },
          back: {
            bridge: { name: 'ctr2' },
            subnets: [{ subnet: '10.89.0.0/16', gateway: '10.89.0.1' }],
            subnet6: 'fd00::/16',
          },
        },
      },
    }),
    ['E026'],
  ],
  ['a second line for a name', lab({ container: { extra_hosts: { WEB: '10.88.0.9' } } }), ['E071']],
  ['another localhost', lab({ container: { extra_hosts: { localhost: '10.88.0.9' } } }), ['E071']],
  [
    'a container with the MAC of its bridge',
    lab({
      network: { bridge: { name: 'ctr1', mac: '02:00:00:00:00:07' } },
      one: { mac: '02:00:00:00:00:07' },
    }),
    ['E031'],
  ],
])('%s is refused by validate, which needs no host', (_, config, codes) => {
  expect(outcome(config)).toEqual({ validate: codes });
});

test('the message about two different prefixes names both places', () => {
  const config = { ...tutorial, ip: '192.168.0.100/24', bridge_ip: '192.168.0.1/16' };
  const [problem] = parseConfig(JSON.stringify(config, null, 1), 'f.json').problems;
  expect(problem?.place).toBe('f.json:4:8');
  for (const language of ['en', 'zh'] as const) {
    expect(problem?.message[language]).toContain('f.json:6:15');
  }
});

test.each<[string, object, Facts, string[]]>([
  [
    'another prefix than the bridge has',
    lab({ network: { subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }] } }),
    withLinks(bridge),
    ['E063'],
  ],
  [
    'an address with another prefix than the bridge has',
    lab({ network: auto, one: { addresses: ['10.88.0.5/24'] } }),
    withLinks(bridge),
    ['E063'],
  ],
  [
    'another MAC than the bridge has',
    lab({ network: { bridge: { name: 'ctr1', mac: '02:00:00:00:00:07' } } }),
    withLinks(bridge),
    ['E064'],
  ],
  [
    'a larger MTU than the bridge’s ports',
    lab({ network: { mtu: 1450 } }),
    withLinks(bridge, port),
    ['E083'],
  ],
  [
    'the broadcast address of the bridge’s subnet',
    lab({ network: auto, one: { addresses: ['10.88.0.255'] } }),
    withLinks({ ...bridge, addresses: ['10.88.0.1/24'] }),
    ['E021'],
  ],
])('%s is refused before up, and by plan', (_, config, facts, codes) => {
  expect(outcome(config, facts)).toEqual({ up: codes });
});

test('a gateway that is named on a later interface is the default route, and the only one', () => {
  const { plan } = outcome(lab({ container: two({}, { gateway: '10.88.0.9' }) }));
  const made = /"kind":"route","to":"default","via":"([^"]+)","dev":"([^"]+)"/g;
  const routes = [...(plan ?? '').matchAll(made)];
  expect(routes.map(([, via, dev]) => [via, dev])).toEqual([['10.88.0.9', 'eth1']]);
});

test('the prefix behind an address decides a subnet that is auto', () => {
  const { plan } = outcome(lab({ network: auto, one: { addresses: ['10.88.0.5/24'] } }));
  expect(plan).toContain('"10.88.0.1/24"');
  expect(plan).toContain('"10.88.0.5/24"');
});

test('the fix of W101 has the result that it promises', () => {
  const parsed = parseConfig(JSON.stringify(tutorial), 'f.json');
  if (parsed.config === undefined) throw new Error('no config');
  const [warning] = settle(parsed.config, fresh).warnings;
  expect(warning?.code).toBe('W101');
  const [, advice = ''] = /"bridge_ip": "([^"]+)"/.exec(warning?.fix?.en ?? '') ?? [];
  const followed = parseConfig(JSON.stringify({ ...tutorial, bridge_ip: advice }), 'f.json');
  if (followed.config === undefined) throw new Error('the advice is refused');
  const settled = settle(followed.config, fresh);
  expect(settled.warnings).toEqual([]);
  expect(settled.lab).toEqual(settle(parsed.config, fresh).lab);
});
