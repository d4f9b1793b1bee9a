import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { parseSaved } from '../../src/facts/firewall.ts';
import type { Facts } from '../../src/facts/index.ts';
import { parseListeners } from '../../src/facts/ports.ts';
import { portRuleIn, publishedBy } from '../../src/graph/published.ts';
import { markedBridge, markedRun } from '../../src/model/names.ts';
import { collides, parsePort, portText, redirections } from '../../src/model/ports.ts';
import { ruleSpec } from '../../src/model/rule.ts';
import { settle } from '../../src/resolve/lab.ts';
import { portRules } from '../../src/resolve/port-rules.ts';
import { portFindings } from '../../src/resolve/preflight/ports.ts';
import { rulesOf } from '../../src/steps/rules-of.ts';
import { losses, projected } from './losses/losses.ts';

const tutorial = {
  host_name: 'labex',
  root_dir: '/srv/labex',
  ip: '192.168.0.100/24',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
};

function labOf(ports: readonly unknown[], facts: Facts = freshFacts(), more: object = {}) {
  const { config, problems } = parseConfig(
    JSON.stringify({ ...tutorial, ports, ...more }),
    'f.json',
  );
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return settle(config, facts).lab;
}

const codesOf = (config: object) =>
  parseConfig(JSON.stringify(config), 'f.json').problems.map(({ code }) => code);

test.each([
  ['8080:80', '8080:80/tcp'],
  ['8080:80/tcp', '8080:80/tcp'],
  ['0.0.0.0:8080:80', '0.0.0.0:8080:80/tcp'],
  ['[::]:8080:80', '[::]:8080:80/tcp'],
  ['[::1]:8080:80', '[::1]:8080:80/tcp'],
  ['[2001:DB8:0::1]:8000-8001:80-81/udp', '[2001:db8::1]:8000-8001:80-81/udp'],
  [{ host: 8080, container: 80, address: '2001:db8::1' }, '[2001:db8::1]:8080:80/tcp'],
  ['127.0.0.1:53:5353/udp', '127.0.0.1:53:5353/udp'],
  ['8000-8010:80-90/sctp', '8000-8010:80-90/sctp'],
  ['10.0.0.5:7000-7001:7000-7001', '10.0.0.5:7000-7001:7000-7001/tcp'],
  [{ host: 8080, container: 80 }, '8080:80/tcp'],
  [
    { host: '8000-8001', container: '80-81', protocol: 'udp', address: '10.0.0.5' },
    '10.0.0.5:8000-8001:80-81/udp',
  ],
] as const)('%j is the port %s', (written, text) => {
  const port = parsePort(written);
  expect(port === undefined ? undefined : portText(port)).toBe(text);
});

test.each([
  '8080',
  '80:',
  ':80',
  '0:80',
  '8080:65536',
  '8010-8000:90-80',
  '8000-8010:80-91',
  '8080:80/icmp',
  '300.0.0.1:8080:80',
  'host:8080:80',
  '::1:8080:80',
  '[10.0.0.1]:8080:80',
  '[1::2::3]:8080:80',
  '8080:80 ',
])('%s is no port', (written) => {
  expect(parsePort(written)).toBeUndefined();
  expect(codesOf({ ...tutorial, ports: [written] })).toEqual(['E046']);
});

test('an unknown key of a port is told by its name, and its place in both forms', () => {
  expect(
    codesOf({ ...tutorial, ports: [{ host: 1, container: 1, adress: '10.0.0.1' }] }),
  ).toContain('E002');
});

test('two ports that want the same packets, a long range that shifts, and replicas with a port', () => {
  expect(codesOf({ ...tutorial, ports: ['8080:80', '127.0.0.1:8080:81'] })).toEqual(['E047']);
  expect(codesOf({ ...tutorial, ports: ['8080:80', '8080:80/udp'] })).toEqual([]);
  expect(codesOf({ ...tutorial, ports: ['8000-8064:9000-9064'] })).toEqual(['E048']);
  expect(codesOf({ ...tutorial, ports: ['8000-8063:9000-9063', '1-7999:1-7999'] })).toEqual([]);
  const container = { rootfs: '/srv/labex', interfaces: [{ network: 'n' }], ports: ['80:80'] };
  const config = {
    version: 1,
    name: 'lab',
    networks: { n: { bridge: { name: 'n0' }, subnets: [{ subnet: 'auto', gateway: '10.0.0.1' }] } },
  };
  expect(codesOf({ ...config, containers: { a: { ...container, replicas: 2 } } })).toEqual([
    'E041',
  ]);
});

test('ports collide where protocol, some port and some address are the same', () => {
  const port = (text: string) => parsePort(text) as NonNullable<ReturnType<typeof parsePort>>;
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['80:1', '80:2', true],
    ['80:1', '80:1/udp', false],
    ['1.1.1.1:80:1', '2.2.2.2:80:1', false],
    ['1.1.1.1:80:1', '80:1', true],
    ['80-90:80-90', '90:1', true],
    ['80-90:80-90', '91:1', false],
    ['[::1]:80:1', '80:1', true],
    ['[::1]:80:1', '[::2]:80:1', false],
    ['[::]:80:1', '0.0.0.0:80:1', false],
    ['[::]:80:1', '10.0.0.1:80:1', false],
    ['[::]:80:1', '[2001:db8::1]:80:1', true],
  ];
  for (const [one, other, expected] of cases) {
    expect([one, other, collides(port(one), port(other))]).toEqual([one, other, expected]);
    expect(collides(port(other), port(one))).toBe(expected);
  }
});

test('a range that keeps its numbers needs one rule, another one a rule for each port', () => {
  const rules = (text: string) => {
    const port = parsePort(text);
    return port === undefined ? [] : redirections(port, '10.0.0.2');
  };
  expect(rules('7000-7009:7000-7009')).toEqual([{ ports: '7000:7009', to: '10.0.0.2' }]);
  expect(rules('80:80')).toEqual([{ ports: '80', to: '10.0.0.2' }]);
  expect(rules('8000-8001:80-81')).toEqual([
    { ports: '8000', to: '10.0.0.2:80' },
    { ports: '8001', to: '10.0.0.2:81' },
  ]);
});

test('only where replies would go another way is a source address replaced', () => {
  const hairpins = (ports: readonly string[], change: object = {}) => {
    const [attachment] = labOf(ports).containers[0]?.attachments ?? [];
    if (attachment === undefined) throw new Error('no interface');
    return portRules({ ...attachment, ...change }, 'labex', freshFacts()).flatMap((rule) =>
      rule.rule === 'hairpin' ? [rule.source ?? 'all'] : [],
    );
  };
  expect(hairpins(['80:80'])).toEqual(['192.168.0.0/24', '127.0.0.0/8']);
  expect(hairpins(['127.0.0.1:80:80'])).toEqual(['127.0.0.0/8']);
  expect(hairpins(['198.51.100.2:80:80'])).toEqual(['192.168.0.0/24']);
  // The container's way out is another router, or it has none.
  expect(hairpins(['80:80'], { gateway: '192.168.0.9' })).toEqual(['all']);
  expect(hairpins(['80:80'], { gateway: null })).toEqual(['all']);
});

test('a rule of a port names its run in its mark', () => {
  expect([markedBridge('ctr:br0:web'), markedRun('ctr:br0:web')]).toEqual(['br0', 'web']);
  expect([markedBridge('ctr:br0'), markedRun('ctr:br0')]).toEqual(['br0', undefined]);
  expect(markedBridge('other:br0')).toBeUndefined();
});

test('ss(8) as it prints', () => {
  const lines = [
    'tcp   LISTEN 0 511   127.0.0.1:8080  0.0.0.0:*    users:(("node",pid=12,fd=18))',
    'tcp   LISTEN 0 511           *:9090        *:*',
    'udp   UNCONN 0 0   127.0.0.53%lo:53  0.0.0.0:*',
    'tcp   LISTEN 0 128        [::]:22        [::]:*',
    'tcp   LISTEN 0 128 [::ffff:10.0.0.5]:23  *:*',
    'udp   UNCONN 0 0   [fe80::1]%wan0:546  [::]:*',
    'tcp   LISTEN 0 128        [::1]:631        [::]:*',
    '',
  ];
  expect(parseListeners(lines.join('\n'))).toEqual([
    { protocol: 'tcp', address: '127.0.0.1', port: 8080, by: 'node (pid 12)' },
    { protocol: 'tcp', address: '0.0.0.0', port: 9090 },
    { protocol: 'tcp', address: '::', port: 9090 },
    { protocol: 'udp', address: '127.0.0.53', port: 53 },
    { protocol: 'tcp', address: '::', port: 22 },
    { protocol: 'tcp', address: '10.0.0.5', port: 23 },
    { protocol: 'udp', address: 'fe80::1', port: 546 },
    { protocol: 'tcp', address: '::1', port: 631 },
  ]);
});

/** Facts of a host with these lines of iptables-save(8). */
function withRules(...lines: readonly string[]): Facts {
  const saved = parseSaved(lines.join('\n'));
  const facts = freshFacts();
  const firewall = { ...facts.firewall, chains: saved.chains, ours: saved.ours };
  return { ...withRootfs(facts, '/srv/labex'), firewall };
}

function codesFor(ports: readonly unknown[], change: Partial<Facts>): readonly string[] {
  const facts = { ...freshFacts(), tools: { conntrack: '/usr/sbin/conntrack' }, ...change };
  const { problems, warnings } = portFindings(labOf(ports, facts), facts);
  return [...problems, ...warnings].map(({ code }) => code);
}

test('a port is refused where others have it', () => {
  const listens = (address: string, protocol: 'tcp' | 'udp' = 'tcp') => ({
    ports: { listeners: [{ protocol, address, port: 8080 }], sctp: true },
  });
  expect(codesFor(['8080:80'], listens('0.0.0.0'))).toEqual(['H040']);
  expect(codesFor(['8080:80'], listens('127.0.0.1'))).toEqual(['H040']);
  expect(codesFor(['198.51.100.2:8080:80'], listens('127.0.0.1'))).toEqual([]);
  expect(codesFor(['8080:80'], listens('0.0.0.0', 'udp'))).toEqual([]);
  const theirs = withRules(
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
  );
  expect(codesFor(['8080:80'], { firewall: theirs.firewall })).toEqual(['H042']);
  expect(codesFor(['8000-8999:8000-8999'], { firewall: theirs.firewall })).toEqual(['H042']);
  expect(codesFor(['8081:80', '8080:80/udp'], { firewall: theirs.firewall })).toEqual([]);
  // Packets for a loopback address do not arrive from elsewhere.
  expect(codesFor(['127.0.0.1:8080:80'], { firewall: theirs.firewall })).toEqual([]);
  const ours = withRules(
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    '-A PREROUTING -p tcp -m tcp --dport 8000:8100 -m addrtype --dst-type LOCAL -m comment --comment "ctr:br0:web" -j DNAT --to-destination 10.0.0.2',
  );
  expect(codesFor(['8080:80'], { firewall: ours.firewall, runs: ['web'] })).toEqual(['H041']);
  expect(codesFor(['8101:80'], { firewall: ours.firewall, runs: ['web'] })).toEqual([]);
  // ctr down leaves an engine's container alone.
  const fixFor = (run: string) => {
    const text = JSON.stringify(ours.firewall).replaceAll('ctr:br0:web', `ctr:br0:${run}`);
    const facts = { ...freshFacts(), firewall: JSON.parse(text), runs: [run] };
    return portFindings(labOf(['8080:80']), facts).problems[0]?.fix?.en;
  };
  expect(fixFor('web')).toContain('ctr down web');
  expect(fixFor('cni-0123456789')).toContain('stop that container with its engine');
  const [left] = portFindings(labOf(['8080:80']), {
    ...freshFacts(),
    firewall: ours.firewall,
  }).problems;
  expect(left?.fix?.en).toBe('run ctr gc');
});

test('SCTP needs a kernel that has it', () => {
  const sctp = (has: boolean) => ({ ports: { listeners: [], sctp: has } });
  expect(codesFor(['8080:80/sctp'], sctp(false))).toEqual(['H043']);
  expect(codesFor(['8080:80/sctp'], sctp(true))).toEqual([]);
});

test('warnings: an address that the host has not, and no conntrack(8)', () => {
  expect(codesFor(['10.9.9.9:8080:80'], {})).toEqual(['W144']);
  expect(codesFor(['198.51.100.2:8080:80', '127.0.0.5:80:80'], {})).toEqual([]);
  expect(codesFor(['8080:80'], { tools: { conntrack: null } })).toEqual(['W145']);
});

test('a firewall that takes packets for a published port is named', () => {
  const found = (...lines: readonly string[]) => {
    const facts = withRules(...lines);
    const lab = labOf(['8080:80'], facts);
    return losses(lab, projected(lab, facts)).map(({ code, message }) => `${code} ${message.en}`);
  };
  expect(found()).toEqual([]);
  // Ours is inserted before theirs.
  expect(found('*filter', ':FORWARD DROP [0:0]', '-A FORWARD -p tcp --dport 80 -j DROP')).toEqual(
    [],
  );
  const raw = found(
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    '-A PREROUTING -p tcp --dport 8080 -j DROP',
  );
  expect(raw).toEqual([
    expect.stringMatching(/^W110 .*raw PREROUTING drops .*published port 8080:80\/tcp/),
  ]);
  // INPUT is about packets for the host itself, and these go to the container.
  expect(
    found('*filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p tcp -m tcp --dport 8080 -j DROP'),
  ).toEqual([]);
});

test('the rules of a port come after those of the network, and are its own', () => {
  const lab = labOf(['8080:80']);
  const rules = rulesOf(lab, freshFacts()).map(({ rule }) => rule);
  expect(rules).toEqual([
    ...['between', 'outward', 'answers', 'masquerade'],
    ...['guard-loopback', 'hairpin', 'hairpin', 'admit', 'publish', 'publish'],
  ]);
});

test('in a picture, a port is one line, and its other rules are none', () => {
  const [attachment] = labOf(['8080:80', '127.0.0.1:53:53/udp']).containers[0]?.attachments ?? [];
  const rules = attachment === undefined ? [] : portRules(attachment, 'labex', freshFacts());
  const lines = rules.map((rule) => {
    const { chain, spec } = ruleSpec(rule);
    const shown = portRuleIn(chain, `-A ${chain} ${spec.map(String).join(' ')}`);
    return shown === 'helper' || shown === undefined ? shown : publishedBy(shown);
  });
  expect(lines).toEqual([
    ...['helper', 'helper', 'helper'],
    ...['8080/tcp DNAT 192.168.0.100:80', undefined],
    '127.0.0.1:53/udp DNAT 192.168.0.100',
  ]);
});
