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

/** Whether `iptables` is surely the flavour that speaks to nf_tables. */
export function isNft({ version, incompatible }: Saved): boolean {
  return version.includes('nf_tables') || incompatible.length > 0;
}

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

/** Chains of nft that iptables-save has not told of, or not as what they are. */
function others(found: readonly ChainFact[], told: readonly ChainFact[]): readonly ChainFact[] {
  const known = new Map(told.map((chain) => [`${chain.table} ${chain.name}`, chain]));
  return found.filter((chain) => {
    const same = chain.family === 'ip' ? known.get(`${chain.table} ${chain.name}`) : undefined;
    return same === undefined || (chain.base !== undefined && same.base === undefined);
  });
}

/** All that was read of a host's packet filters. */
export interface Readings {
  readonly saved: Saved;
  /** The flavours of iptables that `iptables` is not, as far as they were asked. */
  readonly beside: Readonly<Record<'iptables-legacy' | 'iptables-nft', Saved | undefined>>;
  /** What nft(8) shows, and our rules in tables that iptables cannot show. */
  readonly native: FilterFacts & { readonly ours: readonly string[] };
  /** Commands that do not work. */
  readonly unread: readonly string[];
}

/**
 * Puts it together: each chain once, in the words of the tool that knows it best. Pure.
 * @param comesThrough whether what is passed on comes through Docker's chain; absent where there is none.
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
