import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { shell, shellIn } from '../../rig/shell.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Diagnosis, Finding, Hint } from '../../src/diagnosis/cause.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Question } from '../../src/diagnosis/evidence.ts';
import { gather } from '../../src/diagnosis/gather.ts';
import { readNamespaces } from '../../src/diagnosis/read.ts';
import { runner } from '../../src/exec/runner.ts';
import { readHost } from '../../src/facts/read.ts';
import type { Lab } from '../../src/model/lab.ts';
import type { Place } from '../../src/model/place.ts';
import { settle } from '../../src/resolve/lab.ts';
import { worldPid } from '../../src/snapshot/index.ts';
import { full } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let lab: Lab;
const pids = new Map<string, number>();
/** Addresses of the containers, and the bridges. */
const [web, db, api] = ['10.88.0.2', '10.88.0.3', '10.89.0.2'];
const [front, back] = ['front0', 'back0'];
const outside = '203.0.113.80';
const uplinkAddress = '198.51.100.2';

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  const network = (bridge: string, subnet: string, gateway: string) => ({
    bridge: { name: bridge },
    subnets: [{ subnet, gateway }],
  });
  const container = (on: string, address: string) => ({
    rootfs: './labex',
    command: ['sleep', '6000'],
    interfaces: [{ network: on, addresses: [address] }],
  });
  const file = shop.config('causes', {
    version: 1,
    name: 'causes',
    networks: {
      front: network(front, '10.88.0.0/24', '10.88.0.1'),
      back: network(back, '10.89.0.0/24', '10.89.0.1'),
    },
    containers: {
      web: container('front', web),
      db: container('front', db),
      api: container('back', api),
    },
  });
  const { config } = loadConfig(file);
  const held = { runs: [], reserved: {}, shared: {} };
  lab = settle(config, { ...(await readHost(runner, config, null)), ...held }).lab;
  expect(await ctr(['up', '-d', file])).toMatchObject({ code: 0 });
  const { out } = await ctr(['--json', 'inspect', 'causes']);
  const told = JSON.parse(out) as { containers: readonly { name: string; pid: number }[] };
  for (const one of told.containers) pids.set(one.name, one.pid);
});
afterAll(async () => {
  await ctr(['down', 'causes']);
  shop.remove();
});

/** The command prefix that enters a namespace. */
function enter(place: Place): readonly string[] {
  if (place === 'host') return [];
  const pid = place === 'world' ? worldPid() : pids.get(place.slice('container '.length));
  return ['nsenter', '--target', String(pid), '--net'];
}

function where() {
  return { containers: pids, world: worldPid() };
}

type Asked = Partial<Question>;

function questionOf(asked: Asked): Question {
  return { from: 'container web', to: outside, protocol: 'icmp', ...asked };
}

/** What the state alone tells. */
async function byState(asked: Asked): Promise<Diagnosis> {
  const reading = await readNamespaces(runner, where());
  return diagnose({ question: questionOf(asked), reading, lab });
}

/** What a probe tells. */
async function byProbe(asked: Asked): Promise<Diagnosis> {
  const { evidence } = await gather(runner, where(), questionOf(asked), { lab });
  return diagnose(evidence);
}

function findingsOf(diagnosis: Diagnosis): readonly Finding[] {
  if (diagnosis.kind === 'named') return [diagnosis.finding, ...diagnosis.also];
  return diagnosis.kind === 'undecided' ? diagnosis.between : [];
}

/** The kind of a diagnosis with the causes that it names. */
function shortly(diagnosis: Diagnosis): string {
  const causes = findingsOf(diagnosis).map(({ cause }) => cause);
  const after = diagnosis.kind === 'unknown' ? [diagnosis.after.en] : [];
  return [diagnosis.kind, ...new Set([...causes, ...after])].join(' ');
}

/** Whether the packet of a question is answered. */
async function answered({ from = 'container web', to = outside, protocol, port }: Asked) {
  const tcp = `const s = require('node:net').connect({host: '${to}', port: ${port}}, () => process.exit(0));
    s.on('error', () => process.exit(1)); setTimeout(() => process.exit(2), 800);`;
  const argv =
    protocol === 'tcp' ? [process.execPath, '-e', tcp] : ['ping', '-n', '-c', '1', '-W', '1', to];
  return (await sh([...enter(from), ...argv])).code === 0;
}

const world: Place = 'world';
const inDb: Place = 'container db';
const nat = 'iptables -t nat';
const published = `-d ${uplinkAddress} -p tcp --dport 8080 -j DNAT --to-destination`;

interface Row {
  readonly id: string;
  readonly title?: string;
  /** Lines of shell, on the host where nothing else is said. */
  readonly plant: readonly string[];
  readonly heal: readonly string[];
  readonly in?: Place;
  readonly asks?: Asked;
  /** What else is found. */
  readonly also?: readonly string[];
  /** Its fix is not all that is needed. */
  readonly partly?: true;
  /** What the probe tells, when not the cause alone. */
  readonly probed?: string;
  /** The state alone does not say it surely. */
  readonly unsure?: true;
}

const toDb: Asked = { to: db };
const toApi: Asked = { to: api };
const fromWorld: Asked = { from: world, to: uplinkAddress, protocol: 'tcp', port: 8080 };

const rows: readonly Row[] = [
  {
    id: 'forwarding-off',
    plant: ['sysctl -qw net.ipv4.ip_forward=1', 'sysctl -qw net.ipv4.ip_forward=0'],
    heal: ['sysctl -qw net.ipv4.ip_forward=1'],
  },
  {
    id: 'forwarding-off-interface',
    plant: [`sysctl -qw net.ipv4.conf.${front}.forwarding=0`],
    heal: [`sysctl -qw net.ipv4.conf.${front}.forwarding=1`],
  },
  {
    id: 'forwarding-off-interface',
    title: 'of the uplink, for answers',
    plant: ['sysctl -qw net.ipv4.conf.wan0.forwarding=0'],
    heal: ['sysctl -qw net.ipv4.conf.wan0.forwarding=1'],
  },
  {
    id: 'host-route-missing',
    plant: ['ip route del default'],
    heal: ['ip route add default via 198.51.100.1'],
  },
  {
    id: 'host-route-missing',
    title: 'to the containers',
    plant: [`ip route del 10.88.0.0/24 dev ${front}`],
    heal: [`ip route add 10.88.0.0/24 dev ${front} proto kernel scope link src 10.88.0.1`],
  },
  ...['blackhole', 'unreachable', 'prohibit'].map((type) => ({
    id: 'host-route-blocked',
    title: type,
    plant: [`ip route add ${type} ${outside}`],
    heal: [`ip route del ${type} ${outside}`],
  })),
  {
    id: 'host-route-blocked',
    title: 'for answers',
    plant: [`ip route add blackhole ${web}`],
    heal: [`ip route del blackhole ${web}`],
  },
  {
    id: 'host-route-elsewhere',
    title: 'the default route moved to another interface',
    plant: [
      'ip link add dmy0 type veth peer name dmy0p',
      'ip link set dmy0p up',
      'ip link set dmy0 up',
      'ip route replace default dev dmy0',
    ],
    heal: ['ip link del dmy0', 'ip route replace default via 198.51.100.1 dev wan0'],
  },
  {
    id: 'host-route-elsewhere',
    title: 'the default route has another gateway',
    plant: ['ip route replace default via 198.51.100.77 dev wan0'],
    heal: ['ip route replace default via 198.51.100.1 dev wan0'],
  },
  {
    id: 'host-route-elsewhere',
    title: 'for answers',
    plant: [`ip route add ${web} dev wan0`],
    heal: [`ip route del ${web} dev wan0`],
  },
  {
    id: 'host-policy',
    plant: ['ip route add blackhole default table 99', 'ip rule add pref 100 lookup 99'],
    heal: ['ip rule del pref 100', 'ip route flush table 99'],
  },
  {
    id: 'host-policy',
    title: 'for answers',
    plant: [
      'ip route add default via 198.51.100.1 table 99',
      'ip rule add pref 100 to 10.88.0.0/24 lookup 99',
    ],
    heal: ['ip rule del pref 100', 'ip route flush table 99'],
  },
  {
    id: 'subnet-taken',
    title: 'by an address',
    plant: [
      'ip link add vpn0 type veth peer name vpn0p',
      'ip link set vpn0p up',
      'ip link set vpn0 up',
      'ip addr add 10.88.0.99/25 dev vpn0',
    ],
    heal: ['ip link del vpn0'],
  },
  {
    id: 'subnet-taken',
    title: 'by a route',
    plant: [
      'ip link add vpn0 type veth peer name vpn0p',
      'ip link set vpn0p up',
      'ip link set vpn0 up',
      'ip route add 10.88.0.0/25 dev vpn0',
    ],
    heal: ['ip link del vpn0'],
  },
  {
    id: 'subnet-taken',
    title: 'and a policy that accepts only what leaves by the bridge',
    also: ['reply-filter'],
    probed: 'named subnet-taken reply-filter',
    plant: [
      'ip link add vpn0 type veth peer name vpn0p',
      'ip link set vpn0p up',
      'ip link set vpn0 up',
      'ip route add 10.88.0.0/25 dev vpn0',
      'iptables -P FORWARD DROP',
    ],
    heal: ['ip link del vpn0', 'iptables -P FORWARD ACCEPT'],
  },
  {
    id: 'ingress-filter',
    title: 'raw',
    plant: [`iptables -t raw -I PREROUTING -s ${web} -p icmp -j DROP`],
    heal: ['iptables -t raw -F PREROUTING'],
  },
  {
    id: 'ingress-filter',
    title: 'netdev',
    plant: [
      `nft 'add table netdev guard; add chain netdev guard in { type filter hook ingress device ${front} priority 0; policy accept; }; add rule netdev guard in ip protocol icmp drop'`,
    ],
    heal: ['nft delete table netdev guard'],
  },
  {
    id: 'reverse-path',
    partly: true,
    also: ['host-route-elsewhere'],
    plant: ['sysctl -qw net.ipv4.conf.all.rp_filter=1', `ip route add ${web} dev wan0`],
    heal: ['sysctl -qw net.ipv4.conf.all.rp_filter=0', `ip route del ${web} dev wan0`],
  },
  {
    id: 'forward-policy',
    plant: [
      'iptables-save -t filter >/run/filter.rules',
      'iptables -F FORWARD',
      'iptables -P FORWARD DROP',
    ],
    heal: ['iptables-restore </run/filter.rules'],
  },
  {
    id: 'forward-rule',
    plant: [`iptables -I FORWARD -s ${web} -j DROP`],
    heal: [`iptables -D FORWARD -s ${web} -j DROP`],
  },
  {
    id: 'forward-reject',
    plant: ['iptables -I FORWARD -p icmp -j REJECT'],
    heal: ['iptables -D FORWARD -p icmp -j REJECT'],
  },
  {
    id: 'forward-table',
    plant: [
      `nft 'add table inet guard; add chain inet guard pass { type filter hook forward priority 10; policy drop; }'`,
    ],
    heal: ['nft delete table inet guard'],
  },
  {
    id: 'bridge-netfilter',
    plant: [`iptables -I FORWARD -i ${front} -o ${front} -j DROP`],
    heal: [
      `iptables -D FORWARD -i ${front} -o ${front} -j DROP`,
      'sysctl -qw net.bridge.bridge-nf-call-iptables=1',
    ],
    asks: toDb,
  },
  {
    id: 'masquerade-missing',
    plant: [
      `${nat} -S POSTROUTING >/dev/null`,
      'iptables-save -t nat >/run/nat.rules',
      `${nat} -F POSTROUTING`,
    ],
    heal: ['iptables-restore </run/nat.rules'],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a rule before it',
    plant: [`${nat} -I POSTROUTING -s ${web} -j ACCEPT`],
    heal: [`${nat} -D POSTROUTING -s ${web} -j ACCEPT`],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a wrong address',
    plant: [`${nat} -I POSTROUTING -s ${web} -j SNAT --to-source 192.0.2.9`],
    heal: [`${nat} -D POSTROUTING -s ${web} -j SNAT --to-source 192.0.2.9`],
  },
  {
    id: 'masquerade-elsewhere',
    title: 'a range of wrong addresses',
    plant: [`${nat} -I POSTROUTING -o wan0 -j SNAT --to-source 198.51.100.50-198.51.100.60`],
    heal: [`${nat} -D POSTROUTING -o wan0 -j SNAT --to-source 198.51.100.50-198.51.100.60`],
  },
  {
    id: 'redirected',
    plant: [`${nat} -A PREROUTING -i ${front} -p tcp --dport 80 -j REDIRECT --to-ports 3128`],
    heal: [`${nat} -F PREROUTING`],
    asks: { protocol: 'tcp', port: 80 },
  },
  {
    id: 'forward-rule',
    title: 'that hands it to a program that does not run',
    plant: [`iptables -I FORWARD -s ${web} -j NFQUEUE --queue-num 5`],
    heal: [`iptables -D FORWARD -s ${web} -j NFQUEUE --queue-num 5`],
    unsure: true,
  },
  {
    id: 'not-tracked',
    plant: [`iptables -t raw -I PREROUTING -s ${web} -j CT --notrack`],
    heal: ['iptables -t raw -F PREROUTING'],
  },
  {
    id: 'chain-flushed',
    plant: ['iptables-save >/run/all.rules', 'iptables -F', `${nat} -F`],
    heal: ['iptables-restore </run/all.rules'],
  },
  {
    id: 'chain-flushed',
    title: 'and the policy drops',
    plant: [
      'iptables-save >/run/all.rules',
      'iptables -F',
      `${nat} -F`,
      'iptables -P FORWARD DROP',
    ],
    heal: ['iptables-restore </run/all.rules'],
  },
  {
    id: 'diverted',
    plant: [`${nat} -I PREROUTING -d ${outside} -j DNAT --to-destination 192.0.2.1`],
    heal: [`${nat} -F PREROUTING`],
  },
  {
    id: 'diverted',
    title: 'a published port, to one where nobody listens',
    also: ['target-closed'],
    plant: [`${nat} -I PREROUTING ${published} ${db}:8099`, 'iptables -P FORWARD DROP'],
    heal: [`${nat} -F PREROUTING`, 'iptables -P FORWARD ACCEPT'],
    asks: fromWorld,
  },
  {
    id: 'uplink-down',
    partly: true,
    plant: ['ip link set wan0 down'],
    heal: ['ip link set wan0 up', 'ip route add default via 198.51.100.1'],
  },
  {
    id: 'uplink-down',
    partly: true,
    title: 'the other end',
    also: ['link-end-down'],
    probed: 'named uplink-down link-end-down',
    plant: ['ip link set eth0 down'],
    heal: ['ip link set eth0 up'],
    in: world,
  },
  {
    id: 'uplink-neighbour',
    plant: ['ip addr del 198.51.100.1/24 dev eth0'],
    heal: ['ip addr add 198.51.100.1/24 broadcast + dev eth0'],
    in: world,
  },
  { id: 'target-absent', plant: [], heal: [], asks: { to: '203.0.113.99' } },
  {
    id: 'target-absent',
    title: 'on a bridge of the host',
    plant: [],
    heal: [],
    asks: { to: '10.89.0.77' },
  },
  {
    id: 'target-filter',
    plant: ['iptables -A INPUT -p icmp --icmp-type echo-request -j DROP'],
    heal: ['iptables -F INPUT'],
    in: inDb,
    asks: toDb,
  },
  { id: 'target-closed', plant: [], heal: [], asks: { to: db, protocol: 'tcp', port: 81 } },
  {
    id: 'target-silent',
    plant: ['sysctl -qw net.ipv4.icmp_echo_ignore_all=1'],
    heal: ['sysctl -qw net.ipv4.icmp_echo_ignore_all=0'],
    in: inDb,
    asks: toDb,
  },
  {
    id: 'published-port-filter',
    plant: [
      `${nat} -I PREROUTING ${published} ${db}:80`,
      'iptables -A INPUT -p tcp --dport 8080 -j ACCEPT',
      `iptables -I FORWARD -d ${db} -p tcp --dport 80 -j DROP`,
    ],
    heal: [
      `${nat} -F PREROUTING`,
      'iptables -F INPUT',
      `iptables -D FORWARD -d ${db} -p tcp --dport 80 -j DROP`,
    ],
    asks: fromWorld,
  },
  {
    id: 'reply-route',
    plant: [
      `${nat} -I PREROUTING ${published} ${db}:80`,
      'nsenter --target "$db" --net ip route del default',
    ],
    heal: [
      `${nat} -F PREROUTING`,
      'nsenter --target "$db" --net ip route add default via 10.88.0.1',
    ],
    asks: fromWorld,
  },
  {
    id: 'reply-filter',
    plant: [`iptables -I FORWARD -d ${web} -j DROP`],
    heal: [`iptables -D FORWARD -d ${web} -j DROP`],
  },
  {
    id: 'reply-filter',
    title: "the sender's own",
    plant: ['iptables -A INPUT -p icmp -j DROP'],
    heal: ['iptables -F INPUT'],
    in: 'container web',
  },
  {
    id: 'reply-hairpin',
    plant: [
      'sysctl -qw net.bridge.bridge-nf-call-iptables=0',
      `${nat} -I PREROUTING ${published} ${db}:80`,
    ],
    heal: ['sysctl -qw net.bridge.bridge-nf-call-iptables=1', `${nat} -F PREROUTING`],
    asks: { to: uplinkAddress, protocol: 'tcp', port: 8080 },
  },
  {
    id: 'reply-hairpin',
    title: 'to itself',
    plant: [`${nat} -I PREROUTING ${published} ${web}:80`],
    heal: [`${nat} -F PREROUTING`],
    asks: { to: uplinkAddress, protocol: 'tcp', port: 8080 },
  },
];

/** Types the command of a finding. */
async function carryOut({ place, argv }: Hint): Promise<void> {
  const words = argv.map(String);
  const ran =
    words[0] === 'ctr' ? await ctr(words.slice(1)) : await sh([...enter(place), ...words]);
  expect(ran).toMatchObject({ code: 0 });
}

/** Starts a server in a namespace. @returns what ends it. */
async function listen(place: Place, port: number, address: string): Promise<() => Promise<void>> {
  const line = `require('node:http').createServer((_, r) => r.end()).listen(${port}, '${address}')`;
  const [program = '', ...rest] = [...enter(place), process.execPath, '-e', line];
  const server = execa(program, rest, { reject: false });
  await until(async () => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const { out } = await sh([...enter(place), 'grep', '-c', `:${hex} `, '/proc/net/tcp']);
    return Number(out) > 0;
  }, 5000);
  return async () => {
    server.kill('SIGKILL');
    await server;
  };
}

function say({ cause, certain, says, evidence, check, fix }: Finding): void {
  const lines = [
    `${cause} ${certain}`,
    says.en,
    says.zh,
    ...evidence.map(({ en, zh }) => `  - ${en} | ${zh}`),
    ...check.map((one) => `  ? ${one.place}: ${one.argv.join(' ')}`),
    ...(fix === undefined ? [] : [`  ! ${fix.place}: ${fix.argv.join(' ')}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Writes the reading that the unit tests of causes start from; each of them has counters of its own. */
async function record(): Promise<void> {
  const reading = await readNamespaces(runner, where());
  const plain = Object.entries(reading).map(([place, one]) => [place, { ...one, counters: {} }]);
  const recorded = { lab, reading: Object.fromEntries(plain) };
  const text = JSON.stringify(recorded, null, 1).replaceAll(shop.directory, '/srv');
  writeFileSync('test/golden/diagnosis/healthy.json', `${text}\n`);
}

test('nothing is wrong with a healthy lab', async () => {
  if (process.env.CTR_GOLDEN === 'write') await record();
  for (const asked of [{}, toDb, toApi, { to: '10.88.0.1' }, { from: 'host' as const, to: web }]) {
    expect([await answered(asked), shortly(await byState(asked))]).toEqual([true, 'arrives']);
  }
});

// CI plants every third; `npm run faults` all.
const sample = rows.filter((_, index) => full || index % 3 === 0);

test.each(sample.map((row) => [`${row.id} ${row.title ?? ''}`.trim(), row] as const))(
  '%s',
  async (_, {
    id,
    plant,
    heal,
    in: place = 'host',
    asks = {},
    also = [],
    unsure,
    probed,
    partly,
  }) => {
    const servers =
      asks.protocol === 'tcp' && asks.port === 8080
        ? [await listen('container web', 80, '0.0.0.0'), await listen(inDb, 80, '0.0.0.0')]
        : [];
    const pid = `db=${pids.get('db')}`;
    await shellIn(enter(place), pid, ...plant, 'true');
    // What the row before has made the host learn would hide that nobody answers ARP; permanent entries stay.
    await shellIn(enter('host'), 'ip neigh flush all');
    try {
      expect(await answered(asks)).toBe(false);
      const diagnoses = [await byState(asks), await byProbe(asks)];
      if (process.env.CTR_SAYS !== undefined) diagnoses.flatMap(findingsOf).forEach(say);
      const rest = also.map((one) => ` ${one}`).join('');
      const first = `${unsure === true ? 'undecided' : 'named'} ${id}${rest}`;
      expect(diagnoses.map(shortly)).toEqual([first, probed ?? `named ${id}`]);
      const fix = diagnoses.flatMap(findingsOf).find(({ cause }) => cause === id)?.fix;
      if (fix === undefined || partly === true) return;
      await carryOut(fix);
      expect([fix, await answered(asks)]).toEqual([fix, true]);
    } finally {
      // A fix may have healed it already.
      await shellIn(enter(place), pid, ...heal.map((line) => `${line} || true`));
      await Promise.all(servers.map((end) => end()));
    }
  },
);

const named = (server: string, said: string): Asked => ({
  to: server,
  protocol: 'udp',
  port: 53,
  unresolved: { name: 'www.example', said },
});

test.each([
  ['name-no-resolver', '', '127.0.0.1', 'queryA ECONNREFUSED www.example'],
  ['name-loopback-stub', 'nameserver 127.0.0.53', '127.0.0.53', 'queryA ECONNREFUSED www.example'],
  ['name-refused', `nameserver ${db}`, db, 'queryA ECONNREFUSED www.example'],
  ['name-timeout', 'nameserver 203.0.113.99', '203.0.113.99', 'queryA ETIMEOUT www.example'],
  ['name-unknown', 'nameserver 198.51.100.1', '198.51.100.1', 'queryA ENOTFOUND www.example'],
] as const)('%s', async (id, text, server, said) => {
  const file = `/proc/${pids.get('web')}/root/etc/resolv.conf`;
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}\n`);
  try {
    const diagnosis = await byState(named(server, said));
    if (process.env.CTR_SAYS !== undefined) findingsOf(diagnosis).forEach(say);
    expect(shortly(diagnosis)).toMatch(new RegExp(`^named ${id}( |$)`));
  } finally {
    writeFileSync(file, before);
  }
});

test('a name server that is far away, behind a host that does not forward: not the name is at fault', async () => {
  await shell('sysctl -qw net.ipv4.ip_forward=1', 'sysctl -qw net.ipv4.ip_forward=0');
  try {
    const diagnosis = await byState(named('198.51.100.1', 'queryA ETIMEOUT www.example'));
    expect(shortly(diagnosis)).toMatch(/^named forwarding-off/);
  } finally {
    await shell('sysctl -qw net.ipv4.ip_forward=1');
  }
});

test.each([
  ['in a container', inDb, { to: db, protocol: 'tcp', port: 9000 }],
  ['on the host', 'host', { to: '10.88.0.1', protocol: 'tcp', port: 9000 }],
  [
    'on the host, asked at 127.0.0.1 in a container',
    'host',
    { to: '127.0.0.1', protocol: 'tcp', port: 9000 },
  ],
] as const)('target-loopback-only %s', async (_, place, asks) => {
  const end = await listen(place, 9000, '127.0.0.1');
  try {
    expect(await answered(asks)).toBe(false);
    const diagnoses = [await byState(asks), await byProbe(asks)];
    if (process.env.CTR_SAYS !== undefined) diagnoses.flatMap(findingsOf).forEach(say);
    expect(diagnoses.map(shortly)).toEqual([
      'named target-loopback-only',
      'named target-loopback-only',
    ]);
  } finally {
    await end();
  }
});

test('mtu-black-hole: small packets are answered, big ones with DF are not', async () => {
  await shellIn(enter(world), 'ip link set dev eth0 mtu 1300');
  try {
    expect(shortly(await byProbe({}))).toBe('arrives');
    const question = questionOf({});
    const { evidence } = await gather(runner, where(), question, { lab, size: 1400 });
    const diagnosis = diagnose(evidence);
    if (process.env.CTR_SAYS !== undefined) findingsOf(diagnosis).forEach(say);
    expect(shortly(diagnosis)).toBe('named mtu-black-hole');
  } finally {
    await shellIn(enter(world), 'ip link set dev eth0 mtu 1500');
  }
});

test('mtu-exceeded: the host answers that the packet is too big', async () => {
  await shell('ip link set dev wan0 mtu 1300');
  try {
    const { evidence } = await gather(runner, where(), questionOf({}), { lab, size: 1400 });
    const diagnosis = diagnose(evidence);
    if (process.env.CTR_SAYS !== undefined) findingsOf(diagnosis).forEach(say);
    expect(shortly(diagnosis)).toBe('named mtu-exceeded');
  } finally {
    await shell('ip link set dev wan0 mtu 1500');
  }
});

test('all is healed', async () => {
  expect([await answered({}), shortly(await byState({}))]).toEqual([true, 'arrives']);
  expect(shortly(await byProbe({}))).toBe('arrives');
});
