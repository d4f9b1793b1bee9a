import type { Hook } from './walk.ts';

/** What the probe can be told by in every namespace, also after its addresses were translated. */
export type Mark =
  | { readonly protocol: 'icmp'; readonly id: number }
  | { readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** ICMP errors (RFC 792) quote the IP header, 20 bytes long, and eight bytes of the packet that they are about. */
const errors = 'icmp type { destination-unreachable, time-exceeded, parameter-problem }';
const quotedFrom = 64;
const quotedProtocol = `@th,${quotedFrom + 72},8`;
const behindQuotedHeader = quotedFrom + 160;

const numbers = { icmp: 1, tcp: 6, udp: 17 } as const;

/** The matches for the probe, its answer, and ICMP errors that quote either. */
function matches(mark: Mark): readonly string[] {
  const quoted = `${errors} ${quotedProtocol} ${numbers[mark.protocol]}`;
  if (mark.protocol === 'icmp') {
    return [`icmp id ${mark.id}`, `${quoted} @th,${behindQuotedHeader + 32},16 ${mark.id}`];
  }
  const { protocol, port } = mark;
  return [
    `${protocol} sport ${port}`,
    `${protocol} dport ${port}`,
    `${quoted} @th,${behindQuotedHeader},16 ${port}`,
    `${quoted} @th,${behindQuotedHeader + 16},16 ${port}`,
  ];
}

/** ARP for these addresses, and from them. */
function arpMatches(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0) return [];
  const set = `{ ${addresses.join(', ')} }`;
  return [`arp saddr ip ${set}`, `arp daddr ip ${set}`];
}

/** Almost the range of a base chain's priority, an int of C (nft(8)): br_netfilter stops a repeated prerouting at the lowest. */
const first = -2_147_483_647;
const last = 2_147_483_647;

const inner = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

function chain(name: string, hook: string, priority: number, rules: readonly string[]): string {
  const lines = rules.map((rule) => `${rule} meta nftrace set 1; `).join('');
  return `chain ${name} { type filter hook ${hook} priority ${priority}; ${lines}}; `;
}

export interface TableOptions {
  readonly name: string;
  readonly mark: Mark;
  /** The interfaces of the namespace. */
  readonly devices: readonly string[];
  /** Addresses whose ARP is traced. */
  readonly arp: readonly string[];
  /** The kernel removes the tables with the process that made them (nft(8), `flags owner`; Linux 5.12). */
  readonly owner: boolean;
  /** Devices have a hook for packets that leave (Linux 5.16). */
  readonly egress: boolean;
  readonly bridge: boolean;
}

/** The chain of a hook before all others, and the one after them. */
const edges = ['first', 'last'] as const;
export type Edge = (typeof edges)[number];

/**
 * The trace tables of one namespace: a line for each. `first` sets nftrace(nft(8), meta) on the probe; `last` has no
 * rules, and shows what became of a packet that already has it.
 */
export function traceTables(options: TableOptions): readonly string[] {
  const { name, mark, devices, owner } = options;
  const flags = owner ? 'flags owner; ' : '';
  const probe = matches(mark);
  const everything = [...probe, ...arpMatches(options.arp)];
  const ends = devices.flatMap((device, index) => [
    chain(`ingress_${index}`, `ingress device "${device}"`, first, everything),
    ...(options.egress
      ? [chain(`egress_${index}`, `egress device "${device}"`, first, everything)]
      : []),
  ]);
  const around = (hook: string) => [
    chain(`${hook}_first`, hook, first, probe),
    chain(`${hook}_last`, hook, last, []),
  ];
  const families = ['inet', ...(options.bridge ? ['bridge'] : [])];
  return [
    `table netdev ${name} { ${flags}${ends.join('')}}`,
    ...families.map(
      (family) => `table ${family} ${name} { ${flags}${inner.flatMap(around).join('')}}`,
    ),
  ];
}

/** The families in which tables of a trace can be. */
export const traceFamilies = ['netdev', 'inet', 'bridge'] as const;

/** Which place a chain of the trace stands for; undefined for chains of others. */
export function chainOf(
  name: string,
  event: { readonly family: string; readonly table: string; readonly chain: string },
):
  | { readonly layer: 'netdev' | 'bridge' | 'ip'; readonly hook: Hook; readonly edge: Edge }
  | undefined {
  if (event.table !== name) return undefined;
  const [hook = '', edge] = event.chain.split('_');
  if (event.family === 'netdev') return { layer: 'netdev', hook: hook as Hook, edge: 'first' };
  return {
    layer: event.family === 'bridge' ? 'bridge' : 'ip',
    hook: hook as Hook,
    edge: edge === 'last' ? 'last' : 'first',
  };
}
