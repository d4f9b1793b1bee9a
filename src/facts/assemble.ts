import type { ChainFact, FilterFacts } from '../filter/chain.ts';
import { hasSay, type Saved } from './firewall.ts';
import type { Facts } from './index.ts';

export type PacketFilter = Facts['firewall'] & { readonly version: string };

export const unreadable: PacketFilter = {
  readable: false,
  forwardPolicy: 'ACCEPT',
  dockerUser: false,
  ours: [],
  oursBeside: {},
  unread: [],
  chains: [],
  sets: {},
  version: '',
};

/** Whether `iptables` is certainly the variant that uses nf_tables (xtables-nft(8)). */
export function isNft({ version, incompatible }: Saved): boolean {
  return version.includes('nf_tables') || incompatible.length > 0;
}

/** The chain FORWARD of `iptables`. */
function forwardChain(chains: readonly ChainFact[], native: boolean): ChainFact | undefined {
  return chains.find(
    (chain) =>
      chain.name === 'FORWARD' &&
      chain.table === 'filter' &&
      chain.family === 'ip' &&
      (chain.tool === 'iptables' || (native && chain.tool === 'nft')),
  );
}

/** Chains from nft that iptables-save does not list, or lists incompletely. */
function others(found: readonly ChainFact[], told: readonly ChainFact[]): readonly ChainFact[] {
  const known = new Map(told.map((chain) => [`${chain.table} ${chain.name}`, chain]));
  return found.filter((chain) => {
    const same = chain.family === 'ip' ? known.get(`${chain.table} ${chain.name}`) : undefined;
    return same === undefined || (chain.base !== undefined && same.base === undefined);
  });
}

/** What ctr read of a host's packet filters. */
export interface Readings {
  readonly saved: Saved;
  /** The output of the variants other than `iptables`, if ctr ran them. */
  readonly beside: Readonly<Record<'iptables-legacy' | 'iptables-nft', Saved | undefined>>;
  /** The output of nft(8), and ctr's rules in tables that iptables cannot show. */
  readonly native: FilterFacts & { readonly ours: readonly string[] };
  /** Commands that failed. */
  readonly unread: readonly string[];
}

/**
 * Pure: combines the readings. Each chain is listed once, as the tool that shows most of it prints it.
 * @param comesThrough tells whether forwarded packets reach Docker's chain; absent if there is no such chain.
 */
export function assemble(
  { saved, beside, native, unread }: Readings,
  comesThrough?: (facts: FilterFacts, forward: ChainFact) => boolean,
): PacketFilter {
  const isMain = isNft(saved);
  const { 'iptables-legacy': legacy, 'iptables-nft': nft } = beside;
  const told = [saved, legacy, nft].flatMap((one) => one?.chains ?? []);
  const inNft = [...(isMain ? saved.chains : []), ...(nft?.chains ?? [])];
  const chains = [...told, ...others(native.chains, inNft)].filter(
    (chain) => chain.base === undefined || hasSay(chain),
  );
  const facts = { chains, sets: native.sets };
  const forward = forwardChain(chains, isMain);
  const ours = {
    'iptables-legacy': legacy?.ours ?? [],
    'iptables-nft': [...(nft?.ours ?? []), ...(isMain ? [] : native.ours)],
  };
  const broken = Object.entries(beside).filter(([, one]) => one?.readable === false);
  return {
    ...facts,
    readable: true,
    forwardPolicy: forward?.base?.policy === 'drop' ? 'DROP' : 'ACCEPT',
    dockerUser: forward !== undefined && comesThrough?.(facts, forward) === true,
    ours: [...saved.ours, ...(isMain ? native.ours : [])],
    oursBeside: Object.fromEntries(Object.entries(ours).filter(([, rules]) => rules.length > 0)),
    unread: [...unread, ...broken.map(([program]) => `${program}-save`)],
    version: saved.version,
  };
}
