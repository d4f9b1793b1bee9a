import { assemble, unreadable } from '../facts/assemble.ts';
import { parseConnections } from '../facts/connections.ts';
import { parseSaved, type Saved } from '../facts/firewall.ts';
import { isRecord, numberOf, parseJsonArray, textOf } from '../facts/json.ts';
import { parseNetwork } from '../facts/network.ts';
import { parseRuleset, type Ruleset, withDevices } from '../facts/nft.ts';
import { noTables } from '../facts/packet-filter.ts';
import { parseFdb, parseIp, parseSysctls } from '../snapshot/state.ts';
import type { LinkStatus, Listener, NamespaceReading, QueueState, VlanState } from './reading.ts';

/** What `ip -j -d addr show` prints of an interface and neither LinkFact nor LinkState has. */
function moreOf(entry: unknown): Pick<LinkStatus, 'peerNamespace' | 'noArp' | 'xdp'> {
  if (!isRecord(entry)) return {};
  const peerNamespace = numberOf(entry.link_netnsid);
  const flags = Array.isArray(entry.flags) ? entry.flags : [];
  return {
    ...(peerNamespace === undefined ? {} : { peerNamespace }),
    ...(flags.includes('NOARP') || flags.includes('LOOPBACK') ? { noArp: true } : {}),
    ...(isRecord(entry.xdp) ? { xdp: true } : {}),
  };
}

/** The lines of `ip -j -d -batch` with the requests of the snapshot. */
function parseStatus(stdout: string): Pick<NamespaceReading, 'status' | 'neighbours'> {
  const [first = ''] = stdout.split('\n');
  const entries = parseJsonArray(first).filter(isRecord);
  const { links, neighbours } = parseIp(stdout);
  const indexes = new Map(links.map(({ name, index }) => [name, index]));
  const status = links.map((link): readonly [string, LinkStatus] => {
    const { name, index, state, carrier, addresses } = link;
    const entry = entries.find((one) => one.ifname === name) ?? {};
    const other = link.peer ?? textOf(entry.link) ?? numberOf(entry.link_index);
    const peerIndex = typeof other === 'string' ? indexes.get(other) : other;
    return [
      name,
      {
        index,
        state,
        carrier,
        ...(peerIndex === undefined ? {} : { peerIndex }),
        ...moreOf(entry),
        addresses,
      },
    ];
  });
  return { status: Object.fromEntries(status), neighbours };
}

/** `bridge -j vlan show`. */
function parseVlans(stdout: string): readonly VlanState[] {
  return parseJsonArray(stdout).flatMap((entry) => {
    const dev = isRecord(entry) ? textOf(entry.ifname) : undefined;
    if (dev === undefined || !isRecord(entry) || !Array.isArray(entry.vlans)) return [];
    return entry.vlans.flatMap((one: unknown) => {
      const first = isRecord(one) ? numberOf(one.vlan) : undefined;
      if (first === undefined || !isRecord(one)) return [];
      const flags = Array.isArray(one.flags) ? one.flags : [];
      const [pvid, untagged] = ['PVID', 'Egress Untagged'].map((flag) => flags.includes(flag));
      const last = numberOf(one.vlanEnd) ?? first;
      return [{ dev, first, last, pvid: pvid === true, untagged: untagged === true }];
    });
  });
}

/** Kinds that the kernel sets up by itself, and that drop packets only when a queue is full. */
const usual = new Set(['noqueue', 'noop', 'mq', 'pfifo_fast', 'pfifo', 'fq_codel', 'fq']);

/** `tc -j qdisc show`. */
function parseQueues(stdout: string): readonly QueueState[] {
  return parseJsonArray(stdout).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const [dev, kind] = [entry.dev, entry.kind].map(textOf);
    if (dev === undefined || kind === undefined || usual.has(kind)) return [];
    return [{ dev, kind, options: JSON.stringify(entry.options ?? {}) }];
  });
}

/** An address as /proc/net/tcp prints it: bytes in the order of the machine, which is little-endian here. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  if (bytes.length === 4) return bytes.reverse().join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  // An IPv4 address mapped to IPv6 (RFC 4291, 2.5.5.2).
  const mapped = hex.startsWith('0000000000000000FFFF0000');
  return mapped ? bytes.slice(12).reverse().join('.') : `[${hex}]`;
}

const listening = { tcp: '0A', udp: '07' } as const;

/** Lines of /proc/net/tcp, tcp6, udp and udp6, each after the file's name and a colon. */
function parseListeners(text: string): readonly Listener[] {
  return text.split('\n').flatMap((line): readonly Listener[] => {
    const [, name, address = '', port = '', state] =
      /^(tcp|udp)6?:\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    if (name !== 'tcp' && name !== 'udp') return [];
    if (state !== listening[name]) return [];
    return [{ protocol: name, address: addressOf(address), port: Number.parseInt(port, 16) }];
  });
}

/** /proc/net/snmp and /proc/net/netstat: a line of names, then a line of values, each after a prefix. */
function parseSnmp(text: string): readonly (readonly [string, number])[] {
  const lines = text.split('\n').filter((line) => line.includes(':'));
  return lines.flatMap((line, at) => {
    if (at % 2 === 1) return [];
    const [prefix = '', ...names] = line.split(/[:\s]+/);
    const [, ...values] = (lines[at + 1] ?? '').split(/[:\s]+/);
    return names.map((name, index) => [`${prefix}${name}`, Number(values[index])] as const);
  });
}

const columns = [
  ...['rx_bytes', 'rx_packets', 'rx_errors', 'rx_dropped', 'rx_fifo', 'rx_frame'],
  ...['rx_compressed', 'rx_multicast', 'tx_bytes', 'tx_packets', 'tx_errors', 'tx_dropped'],
  ...['tx_fifo', 'tx_collisions', 'tx_carrier'],
];

/** /proc/net/dev (proc_pid_net(5)). */
function parseDevices(text: string): readonly (readonly [string, number])[] {
  return text.split('\n').flatMap((line) => {
    const at = line.lastIndexOf(':');
    if (at < 0) return [];
    const name = line.slice(0, at).trim();
    const values = line
      .slice(at + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    return columns.map((column, index) => [`${name}/${column}`, values[index] ?? 0] as const);
  });
}

/** /proc/net/stat/nf_conntrack: names, then a line of hexadecimal values for each CPU. */
function parseTracking(text: string): readonly (readonly [string, number])[] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const rows = lines.map((line) =>
    line
      .trim()
      .split(/\s+/)
      .map((value) => Number.parseInt(value, 16)),
  );
  return head
    .trim()
    .split(/\s+/)
    .flatMap((name, index) =>
      name === '' || name === 'entries'
        ? []
        : [[`conntrack/${name}`, rows.reduce((sum, row) => sum + (row[index] ?? 0), 0)] as const],
    );
}

/** How a namespace's filters were asked for, as printed by the tools. */
interface FilterAnswers {
  readonly rules: string;
  readonly chains: string;
  readonly saved: string;
  readonly legacy: string;
  readonly nft: string;
  readonly missing: readonly string[];
}

const nothing: Saved = { ...parseSaved(''), readable: true };

function parseFilters(answers: FilterAnswers): NamespaceReading['firewall'] {
  const { rules, chains, saved, legacy, nft, missing } = answers;
  const noKernel = noTables.test(rules);
  const blind = missing.includes('nft') && !noKernel;
  const found: Ruleset = missing.includes('nft') ? null : withDevices(parseRuleset(rules), chains);
  if (blind && missing.includes('iptables-save')) {
    const { version: _, ...filter } = unreadable;
    return { ...filter, unread: ['nft -j list ruleset', 'iptables-save'] };
  }
  const { version: _, ...filter } = assemble({
    saved: saved === '' ? nothing : parseSaved(saved),
    beside: {
      'iptables-legacy': legacy === '' ? undefined : parseSaved(legacy, 'iptables-legacy'),
      'iptables-nft': nft === '' ? undefined : parseSaved(nft, 'iptables-nft'),
    },
    native: { chains: found?.chains ?? [], sets: found?.sets ?? {}, ours: [] },
    unread: [
      ...(blind ? ['nft -j list ruleset'] : []),
      ...(missing.includes('iptables-legacy-save') ? ['iptables-legacy-save'] : []),
    ],
  });
  return filter;
}

/** The answers of the script, in its order. */
export const answers = [
  'ip',
  'fdb',
  'vlans',
  'queues',
  'rules',
  'chains',
  'saved',
  'legacy',
  'nft',
  'sysctls',
  'snmp',
  'devices',
  'tracking',
  'listeners',
  'conntrack',
  'connections',
  'missing',
] as const;
export type Answers = Readonly<Record<(typeof answers)[number], string>>;

/** What /proc tells of connection tracking: its entries and their limit. */
function parseConntrack(conntrack: string, entries: string): Pick<NamespaceReading, 'conntrack'> {
  const [count, max] = conntrack.trim().split(/\s+/).map(Number);
  if (count === undefined || max === undefined || Number.isNaN(count + max)) return {};
  // The script prints a line first when it could list them.
  const listed = entries.startsWith('listed\n');
  return { conntrack: { count, max, entries: listed ? parseConnections(entries) : null } };
}

/** Pure: the state of a namespace, from the answers of the tools. */
export function parseNamespace(said: Answers, resolvers: readonly string[]): NamespaceReading {
  const missing = said.missing.split('\n').filter((word) => word !== '');
  const { links, routes, rules } = parseNetwork(said.ip);
  return {
    links,
    routes,
    ...(rules === undefined ? {} : { rules }),
    sysctls: parseSysctls(said.sysctls),
    firewall: parseFilters({ ...said, missing }),
    ...parseStatus(said.ip),
    fdb: parseFdb(said.fdb),
    vlans: parseVlans(said.vlans),
    queues: parseQueues(said.queues),
    listeners: parseListeners(said.listeners),
    resolvers,
    ...parseConntrack(said.conntrack, said.connections),
    counters: Object.fromEntries([
      ...parseSnmp(said.snmp),
      ...parseDevices(said.devices),
      ...parseTracking(said.tracking),
    ]),
    missing: [...new Set(missing)],
  };
}
