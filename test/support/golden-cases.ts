import { readFileSync } from 'node:fs';
import { bridgeLink } from '../../rig/bridge-link.ts';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Facts } from '../../src/facts/index.ts';
import { sharedGroup } from '../../src/model/names.ts';
import type { Plan } from '../../src/model/plan.ts';
import { sharedAs } from '../../src/model/resource.ts';
import { makePlan, plannedResources } from '../../src/plan.ts';

const tutorial = readFileSync('examples/tutorial.json', 'utf8').replace('./labex', '/srv/labex');
const example = (name: string) =>
  readFileSync(`examples/${name}.json`, 'utf8').replaceAll('./labex', '/srv/labex');

/** A config that has no problem. */
export function parsed(text: string): Config {
  const { config, problems } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

const fresh = withRootfs(freshFacts(), '/srv/labex', ['/bin/sh', 'httpd', 'sleep']);
const native = { ...fresh, tools: { ...fresh.tools, nft: '/usr/sbin/nft' } };
const bridge = bridgeLink('ctr0', '192.168.0.1/24');
const other = makePlan(parsed(tutorial.replace('labex', 'other').replace('.100', '.99')), fresh);
const publishing = makePlan(
  parsed(
    tutorial
      .replace('{', '{ "ports": ["8080:80"],')
      .replace('labex', 'other')
      .replace('.100', '.99'),
  ),
  fresh,
);

function sharedBy(plan: Plan): Facts['shared'] {
  return Object.fromEntries(
    plannedResources(plan).flatMap((one) => {
      const name = sharedAs(one);
      return name === undefined ? [] : [[name, one]];
    }),
  );
}

const shared = sharedBy(other);

/** The IPv6 of a fresh sandbox host. */
const routed6 = {
  present: true,
  routes: [
    { to: '2001:db8:ffff::/64', dev: 'wan0' },
    { to: 'default', dev: 'wan0', gateway: '2001:db8:ffff::1' },
  ],
  ours: [],
} as const;

/** A fresh sandbox host whose kernel forwards IPv6 on single interfaces. */
const modern6: Facts = {
  ...fresh,
  sysctls: {
    ...fresh.sysctls,
    'net/ipv6/conf/all/disable_ipv6': '0',
    'net/ipv6/conf/default/disable_ipv6': '0',
    'net/ipv6/conf/all/forwarding': '0',
    'net/ipv6/conf/all/force_forwarding': '0',
    'net/ipv6/conf/default/force_forwarding': '0',
    'net/ipv6/conf/wan0/force_forwarding': '0',
  },
  ipv6: routed6,
};

/** Each case is a fresh sandbox host with one difference. */
export const goldenCases: Readonly<Record<string, readonly [config: string, facts: Facts]>> = {
  tutorial: [tutorial, fresh],
  terminal: [tutorial, { ...fresh, terminal: 'xterm' }],
  'two-containers': [example('two-containers'), fresh],
  everything: [example('everything'), fresh],
  'user-namespace': [tutorial.replace('{', '{ "user_namespace": true,'), fresh],
  ports: [
    tutorial.replace(
      '{',
      '{ "ports": ["8080:80", "127.0.0.1:8053:53/udp", "198.51.100.2:8000-8002:9000-9002", "7000-7009:7000-7009"],',
    ),
    {
      ...fresh,
      tools: { ...fresh.tools, conntrack: '/usr/sbin/conntrack' },
      ports: { listeners: [], sctp: false },
    },
  ],
  'shared-ports': [
    tutorial.replace('{', '{ "ports": [{ "host": 8081, "container": 80, "protocol": "tcp" }],'),
    {
      ...fresh,
      links: [...fresh.links, { ...bridge, addresses: ['192.168.0.1/16'] }],
      sysctls: { ...fresh.sysctls, 'net/bridge/bridge-nf-call-iptables': '1' },
      ports: { listeners: [], sctp: false },
      runs: ['other'],
      reserved: { ctr0: ['192.168.0.99'] },
      shared: sharedBy(publishing),
    },
  ],
  nftables: [tutorial.replace('{', '{ "firewall": "nftables",'), native],
  'nftables-ports': [
    tutorial.replace(
      '{',
      '{ "firewall": "nftables", "ports": ["8080:80", "127.0.0.1:8053:53/udp", "198.51.100.2:8000-8002:9000-9002", "7000-7009:7000-7009"],',
    ),
    {
      ...native,
      tools: { ...native.tools, conntrack: '/usr/sbin/conntrack' },
      ports: { listeners: [], sctp: false },
    },
  ],
  'nftables-shared': [
    tutorial.replace('{', '{ "firewall": "auto", "ports": ["8081:80"],'),
    {
      ...native,
      tools: { ...native.tools, iptables: null, 'iptables-restore': null, 'iptables-save': null },
      links: [...fresh.links, { ...bridge, group: sharedGroup, addresses: ['192.168.0.1/16'] }],
      ports: { listeners: [], sctp: false },
      runs: ['other'],
      reserved: { ctr0: ['192.168.0.99'] },
      shared: sharedBy(
        makePlan(
          parsed(
            tutorial
              .replace('{', '{ "firewall": "nftables", "ports": ["8080:80"],')
              .replace('labex', 'other')
              .replace('.100', '.99'),
          ),
          native,
        ),
      ),
    },
  ],
  keyring: [tutorial, { ...fresh, tools: { ...fresh.tools, keyctl: '/usr/bin/keyctl' } }],
  limits: [
    tutorial.replace('{', '{ "limits": { "memory": "64M", "pids": 100 },'),
    {
      ...fresh,
      cgroup: {
        mount: '/sys/fs/cgroup',
        controllers: ['cpu', 'memory', 'pids'],
        netns: 4026531840,
      },
    },
  ],
  'existing-bridge': [
    tutorial,
    {
      ...fresh,
      links: [...fresh.links, bridge],
      sysctls: {
        'net/ipv4/ip_forward': '1',
        'net/ipv4/conf/default/forwarding': '1',
        'net/ipv4/conf/ctr0/forwarding': '1',
        'net/ipv4/conf/wan0/forwarding': '1',
      },
    },
  ],
  ipv6: [tutorial.replace('{', '{ "bridge_ip6": "auto",'), modern6],
  'ipv6-ports': [
    tutorial.replace(
      '{',
      '{ "bridge_ip6": "auto", "ports": ["8080:80", "[2001:db8::1]:8000-8001:80-81/udp", "127.0.0.1:7000-7009:7000-7009"],',
    ),
    {
      ...modern6,
      tools: { ...fresh.tools, conntrack: '/usr/sbin/conntrack' },
      ports: { listeners: [], sctp: false },
    },
  ],
  'ipv6-nftables-ports': [
    tutorial.replace(
      '{',
      '{ "bridge_ip6": "auto", "firewall": "nftables", "ports": ["8080:80", "[2001:db8::1]:9000:9000"],',
    ),
    { ...modern6, tools: native.tools, ports: { listeners: [], sctp: false } },
  ],
  'ipv6-nftables': [
    tutorial.replace('{', '{ "bridge_ip6": "auto", "firewall": "nftables",'),
    { ...modern6, tools: native.tools },
  ],
  // A kernel before Linux 6.17, and two networks of two families.
  'ipv6-routed': [
    JSON.stringify(
      {
        version: 1,
        name: 'lab',
        networks: {
          front: {
            bridge: { name: 'ctr0' },
            subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
            subnet6: 'fd00:88::/64',
            masquerade6: false,
          },
          back: {
            bridge: { name: 'ctr1' },
            subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
            masquerade: false,
            subnet6: 'auto',
            masquerade6: true,
          },
        },
        containers: {
          web: {
            rootfs: '/srv/labex',
            interfaces: [{ network: 'front', address6: 'fd00:88::80' }, { network: 'back' }],
            dns: { servers: ['2001:db8:ffff::1', '198.51.100.1'] },
          },
          db: { rootfs: '/srv/labex', interfaces: [{ network: 'back', gateway: false }] },
        },
      },
      null,
      2,
    ),
    {
      ...fresh,
      sysctls: {
        ...fresh.sysctls,
        'net/ipv6/conf/all/disable_ipv6': '0',
        'net/ipv6/conf/default/disable_ipv6': '0',
        'net/ipv6/conf/all/forwarding': '0',
      },
      ipv6: routed6,
    },
  ],
  shared: [
    tutorial,
    {
      ...fresh,
      links: [...fresh.links, { ...bridge, addresses: ['192.168.0.1/16'] }],
      runs: ['other'],
      reserved: { ctr0: ['192.168.0.99'] },
      shared,
    },
  ],
};
