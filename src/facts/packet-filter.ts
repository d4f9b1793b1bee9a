import { readFileSync } from 'node:fs';
import type { Runner, RunOptions } from '../engine/runner.ts';
import type { ChainFact, FilterFacts } from '../filter/chain.ts';
import { Filter } from '../filter/walk.ts';
import { besides, hasSay, type MarkedRule, markedRules, type Saved } from './firewall.ts';
import type { Facts } from './index.ts';
import { type Ruleset, ruleset } from './nft.ts';
import { ownRules } from './own-rules.ts';
import { readAll } from './probe.ts';

export type PacketFilter = Facts['firewall'] & { readonly version: string };

/** Whether iptables-legacy has tables; to ask the program itself would load them. */
function hasLegacyTables(): boolean {
  try {
    return readFileSync('/proc/net/ip_tables_names', 'utf8').trim() !== '';
  } catch {
    return false;
  }
}

/** The tables of iptables(8), wherever they are. */
const tables = ['filter', 'nat', 'mangle', 'raw', 'security'];

function isOfIptables({ family, table }: ChainFact): boolean {
  return family === 'ip' && tables.includes(table);
}

/** `iptables` is the flavour that speaks to nf_tables: no doubt about it. */
function isNft({ version, incompatible }: Saved): boolean {
  return version.includes('nf_tables') || incompatible.length > 0;
}

/** An interface of which no rule knows, with the packets that come from it. */
const anybody = {
  protocol: undefined,
  in: '\0',
  out: '\0\0',
  bridge: null,
  source: undefined,
  destination: undefined,
  sourcePort: undefined,
  destinationPort: undefined,
  icmpType: null,
  state: 'new',
  direction: 'original',
  toHost: false,
  mark: 0,
} as const;

const dockers = 'DOCKER-USER';

/** Where `iptables` decides over what is passed on. */
function forwardChain(chains: readonly ChainFact[], native: boolean): ChainFact | undefined {
  return chains.find(
    (chain) =>
      chain.name === 'FORWARD' &&
      chain.table === 'filter' &&
      chain.family === 'ip' &&
      (chain.tool === 'iptables' || (native && chain.tool === 'nft')),
  );
}

/** A chain that nothing jumps to, or that others take packets away from, is no place for a rule. */
function comesThrough(facts: FilterFacts, forward: ChainFact | undefined): boolean {
  if (forward === undefined || !facts.chains.some(({ name }) => name === dockers)) return false;
  return new Filter(facts).walk(forward, anybody).reached.has(dockers);
}

/** Chains of nft that iptables-save has not told of, or not as what they are. */
function others(found: readonly ChainFact[], told: readonly ChainFact[]): readonly ChainFact[] {
  const known = new Map(told.map((chain) => [`${chain.table} ${chain.name}`, chain]));
  return found.filter((chain) => {
    const same = chain.family === 'ip' ? known.get(`${chain.table} ${chain.name}`) : undefined;
    return same === undefined || (chain.base !== undefined && same.base === undefined);
  });
}

export interface Asked {
  readonly saved: Saved;
  /** Absent when nobody has asked nft(8) yet: it is asked where nothing else can tell. */
  readonly rules?: { readonly found: Ruleset };
}

/**
 * Puts together what iptables-save has told, and asks on where that is not all: the other flavour of
 * iptables, and nft(8) for tables that iptables cannot show.
 */
export async function readPacketFilter(
  runner: Runner,
  { saved, rules }: Asked,
  options: RunOptions = {},
): Promise<PacketFilter> {
  const nothing = { chains: [], sets: {} };
  const unreadable: PacketFilter = {
    ...nothing,
    readable: false,
    forwardPolicy: 'ACCEPT',
    dockerUser: false,
    ours: [],
    oursBeside: {},
    unread: [],
    version: '',
  };
  if (!saved.readable) return unreadable;
  const legacyIsBeside = hasLegacyTables() && (isNft(saved) || saved.version === '');
  const nftIsBeside =
    !isNft(saved) && (rules?.found == null || rules.found.chains.some(isOfIptables));
  const askNft = rules === undefined && saved.incompatible.length > 0;
  const more = {
    ...(legacyIsBeside ? { legacy: besides('iptables-legacy') } : {}),
    ...(nftIsBeside ? { nft: besides('iptables-nft') } : {}),
    ...(askNft ? { ruleset } : {}),
  };
  const answers: {
    readonly legacy?: Saved;
    readonly nft?: Saved;
    readonly ruleset?: Ruleset;
  } = Object.keys(more).length === 0 ? {} : await readAll(runner, more, options);
  const { legacy, nft } = answers;
  const closed = [...saved.incompatible, ...(nft?.incompatible ?? [])];
  let found = rules === undefined ? answers.ruleset : rules.found;
  if (closed.length > 0 && rules === undefined && !askNft) {
    found = (await readAll(runner, { ruleset }, options)).ruleset;
  }
  const asked = rules !== undefined || closed.length > 0;
  const listing = ruleset.argv.join(' ');
  if (closed.length > 0 && found == null) return { ...unreadable, unread: [listing] };
  const native = isNft(saved);
  const program = native ? 'iptables' : 'iptables-nft';
  const own = await ownRules(runner, found?.chains ?? [], closed, program, options);
  const told = [saved, legacy, nft].flatMap((one) => one?.chains ?? []);
  const nftTold =
    native || saved.version === ''
      ? [...saved.chains, ...(nft?.chains ?? [])]
      : (nft?.chains ?? []);
  const chains = [...told, ...others(own.chains, nftTold)].filter(
    (chain) => chain.base === undefined || hasSay(chain),
  );
  const facts = { chains, sets: found?.sets ?? {} };
  const forward = forwardChain(chains, native);
  const beside = {
    'iptables-legacy': legacy?.ours ?? [],
    'iptables-nft': [...(nft?.ours ?? []), ...(native ? [] : own.ours)],
  };
  return {
    ...facts,
    readable: true,
    forwardPolicy: forward?.base?.policy === 'drop' ? 'DROP' : 'ACCEPT',
    dockerUser: comesThrough(facts, forward),
    ours: [...saved.ours, ...(native ? own.ours : [])],
    oursBeside: Object.fromEntries(Object.entries(beside).filter(([, ours]) => ours.length > 0)),
    unread: [
      ...(asked && found === undefined ? [listing] : []),
      ...(legacy?.readable === false ? ['iptables-legacy-save'] : []),
      ...(nft?.readable === false ? ['iptables-nft-save'] : []),
    ],
    version: saved.version,
  };
}

/** Every rule with our mark, whichever iptables(8) it was made with. */
export function allMarkedRules({
  ours,
  oursBeside,
}: Pick<Facts['firewall'], 'ours' | 'oursBeside'>): readonly MarkedRule[] {
  const beside = Object.entries(oursBeside);
  return [
    ...markedRules(ours),
    ...beside.flatMap(([program, rules]) => markedRules(rules, program)),
  ];
}
