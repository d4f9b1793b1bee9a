import type { Argv } from './command.ts';
import { cmd } from './command.ts';
import { mark } from './names.ts';
import { loopback6 } from './ports.ts';
import type { NftRule, NftTable, Resource, Rule } from './resource.ts';
import { isKind } from './resource.ts';
import { isPastLoopback6 } from './rule.ts';
import type { Command } from './step.ts';

/**
 * The base chains of ctr's tables, each with its hook and priority (nft(8), "Chains"). Names of priorities are those that
 * nft(8) prints: for the hook output it has none for -100.
 */
const baseChains = {
  forward: { type: 'filter', hook: 'forward', priority: 'filter' },
  postrouting: { type: 'nat', hook: 'postrouting', priority: 'srcnat' },
  prerouting: { type: 'nat', hook: 'prerouting', priority: 'dstnat' },
  output: { type: 'nat', hook: 'output', priority: '-100' },
  loopback: { type: 'filter', hook: 'prerouting', priority: 'raw' },
} as const;

const priorities = { filter: 0, srcnat: 100, dstnat: -100, '-100': -100, raw: -300 } as const;

/** Where the kernel asks a chain of ctr's tables; undefined for another chain. */
export function baseChain(name: string) {
  if (!(name in baseChains)) return undefined;
  const { type, hook, priority } = baseChains[name as NftChain];
  return { type, hook, priority: priorities[priority], policy: 'accept' } as const;
}

export type NftChain = keyof typeof baseChains;

/** The chains of ctr's tables, in the order in which they are added. */
export const nftChains = Object.keys(baseChains) as readonly NftChain[];

/** What every name of ctr's tables begins with; no interface name has a slash. */
const prefix = 'ctr/';

/** Whether a table is of a family that ctr uses, and is called as ctr calls its own. */
export function isOurTable(family: string, table: string): boolean {
  return (family === 'ip' || family === 'ip6') && table.startsWith(prefix);
}

/** A table with its family, as nft(8) names it in commands. */
export function fullName({ family, table }: Pick<NftTable, 'family' | 'table'>): string {
  return `${family ?? 'ip'} ${table}`;
}

/** The family of the tables that hold a rule. */
function familyOf(rule: Rule): 'ip' | 'ip6' {
  return 'family' in rule && rule.family === 'ipv6' ? 'ip6' : 'ip';
}

/** The table of a rule, with its family. */
export function tableOf({ table, rule }: Pick<NftRule, 'table' | 'rule'>): string {
  return `${familyOf(rule)} ${table}`;
}

/**
 * The table of a network, shared by the runs on its bridge. One that masquerades otherwise has a table of its own, and so
 * has each subnet of a bridge with several: the dot keeps such names apart from those of runs.
 */
export function networkTable({
  bridge,
  masquerade,
  masqueradeExcept,
  besideOthers,
  subnet,
}: {
  readonly bridge: string;
  readonly masquerade: boolean;
  readonly masqueradeExcept?: string | undefined;
  readonly besideOthers?: true | undefined;
  readonly subnet?: string;
}): string {
  const name = [bridge, ...(besideOthers && subnet !== undefined ? [subnet] : [])].join('/');
  if (!masquerade) return `${prefix}${name}/no.masquerade`;
  return masqueradeExcept === undefined
    ? `${prefix}${name}`
    : `${prefix}${name}/except.${masqueradeExcept}`;
}

/** The table of a network's IPv6 rules, of the family ip6. Undefined without IPv6. */
export function networkTable6({
  ipv6,
  ...network
}: Parameters<typeof networkTable>[0] & {
  readonly ipv6?: { readonly masquerade: boolean } | undefined;
}): string | undefined {
  if (ipv6 === undefined) return undefined;
  return networkTable({ ...network, masquerade: ipv6.masquerade, masqueradeExcept: undefined });
}

/** The table of the ports that a container of a run publishes. */
export function portsTable(bridge: string, run: string, container: string): string {
  return `${prefix}${bridge}/${run}/${container}`;
}

export interface NftSpec {
  readonly chain: NftChain;
  /** The words of the rule as `nft -s list` prints them. */
  readonly words: Argv;
}

const quoted = (text: string) => `"${text}"`;
const nftPorts = (ports: string) => ports.replace(':', '-');

/** A rule's chain and its words for nft(8). */
export function nftSpec(rule: Rule): NftSpec {
  const run = 'run' in rule ? rule.run : undefined;
  const comment = cmd`comment ${quoted(mark(rule.bridge, run))}` as readonly string[];
  const bridge = quoted(rule.bridge);
  const ip = familyOf(rule);
  switch (rule.rule) {
    case 'masquerade': {
      const except = (
        rule.except === undefined ? [] : cmd`${ip} daddr != ${rule.except}`
      ) as readonly string[];
      return {
        chain: 'postrouting',
        words: cmd`${ip} saddr ${rule.subnet} ${except} oifname != ${bridge} masquerade ${comment}`,
      };
    }
    case 'between':
      return {
        chain: 'forward',
        words: cmd`iifname ${bridge} oifname ${bridge} accept ${comment}`,
      };
    case 'outward':
      return {
        chain: 'forward',
        words: cmd`iifname ${bridge} oifname != ${bridge} accept ${comment}`,
      };
    case 'answers':
      return {
        chain: 'forward',
        words: cmd`oifname ${bridge} ct state established,related accept ${comment}`,
      };
    case 'publish': {
      const { protocol, address, ports, to } = rule;
      const at = (address === undefined ? [] : cmd`${ip} daddr ${address}`) as readonly string[];
      const but = (
        isPastLoopback6(rule) ? cmd`ip6 daddr != ${loopback6}` : []
      ) as readonly string[];
      return {
        chain: rule.chain === 'OUTPUT' ? 'output' : 'prerouting',
        words: cmd`${at} ${but} ${protocol} dport ${nftPorts(ports)} fib daddr type local dnat to ${to} ${comment}`,
      };
    }
    case 'admit': {
      const { protocol, address, ports } = rule;
      return {
        chain: 'forward',
        words: cmd`${ip} daddr ${address} oifname ${bridge} ${protocol} dport ${nftPorts(ports)} ct status dnat accept ${comment}`,
      };
    }
    case 'hairpin': {
      const from = (
        rule.source === undefined ? [] : cmd`${ip} saddr ${rule.source}`
      ) as readonly string[];
      return {
        chain: 'postrouting',
        words: cmd`${from} ${ip} daddr ${rule.address} oifname ${bridge} ct status dnat masquerade ${comment}`,
      };
    }
    case 'guard-loopback':
      return {
        chain: 'loopback',
        words: cmd`iifname ${bridge} ip daddr 127.0.0.0/8 drop ${comment}`,
      };
  }
}

/**
 * The lines that make a table with its chains and rules: one transaction of `nft -f`, of which the kernel takes all or
 * nothing.
 * @param how `create` fails where the table exists; `add` completes it.
 */
function tableLines(
  { family: six, table }: Pick<NftTable, 'family' | 'table'>,
  rules: readonly Rule[],
  how: 'create' | 'add',
): readonly Argv[] {
  const family = six ?? 'ip';
  const specs = rules.map(nftSpec);
  const used = nftChains.filter((name) => specs.some(({ chain }) => chain === name));
  return [
    cmd`${how} table ${family} ${table}`,
    ...used.map((name) => {
      const { type, hook, priority } = baseChains[name];
      return cmd`add chain ${family} ${table} ${name} { type ${type} hook ${hook} priority ${priority} ; policy accept ; }`;
    }),
    ...specs.map(({ chain, words }) => [...cmd`add rule ${family} ${table} ${chain}`, ...words]),
  ];
}

/** nft(8), which reads its commands from standard input. */
export const nftReads = cmd`nft -f -`;

/** The command that makes a table. Its resources are the table and its rules. */
export function makeTable(made: NftTable, rules: readonly Rule[]): Command {
  const { table } = made;
  return {
    argv: nftReads,
    input: tableLines(made, rules, 'create'),
    makes: [made, ...rules.map((rule): NftRule => ({ kind: 'nft-rule', table, rule }))],
  };
}

/**
 * The same command for a host that has the table, and has lost some of its rules: it adds what is missing, and touches
 * nothing else.
 * @param isThere whether the host has a resource of the command.
 */
export function completeTables(
  makes: readonly Resource[],
  isThere: (resource: Resource) => boolean,
): Command | undefined {
  const tables = makes.filter(isKind('nft-table'));
  if (tables.length === 0) return undefined;
  const missing = makes.filter(isKind('nft-rule')).filter((one) => !isThere(one));
  return {
    argv: nftReads,
    input: tables.flatMap((made) => {
      const rules = missing
        .filter((one) => tableOf(one) === fullName(made))
        .map(({ rule }) => rule);
      return rules.length === 0 ? [] : tableLines(made, rules, 'add');
    }),
    makes,
  };
}
