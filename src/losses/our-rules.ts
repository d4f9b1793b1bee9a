import type { HostView } from '../facts/index.ts';
import { builtIn, type ChainFact } from '../filter/chain.ts';
import { words } from '../filter/words.ts';
import { baseChain, nftSpec } from '../model/nft.ts';
import type { NftRule, Rule } from '../model/resource.ts';
import { ruleSpec } from '../model/rule.ts';

type Firewall = HostView['firewall'];

/** The words of a rule, sorted: the same for two spellings of one rule. */
function essence(text: string): string {
  return [...words(text)].sort().join(' ');
}

function textOf(rule: Rule): string {
  return ruleSpec(rule).spec.map(String).join(' ');
}

/** The chain that a rule is for: made by `iptables`, or shown by nft(8) where iptables-save cannot. */
function chainOf(rule: Rule, { chains }: Firewall): ChainFact | undefined {
  const { table, chain: name } = ruleSpec(rule);
  return chains.find(
    ({ tool, family, ...chain }) =>
      chain.table === table &&
      chain.name === name &&
      (tool === 'iptables' || (tool === 'nft' && family === 'ip')),
  );
}

/** Where a rule stands in its chain; -1 when it does not. */
function placeOf(rule: Rule, chain: ChainFact | undefined): number {
  const wanted = essence(textOf(rule));
  return chain?.rules.findIndex((one) => essence(one) === wanted) ?? -1;
}

function replaced(firewall: Firewall, old: ChainFact | undefined, by: ChainFact): Firewall {
  const others = firewall.chains.filter((one) => one !== old);
  return { ...firewall, chains: [...others, by] };
}

/** The packet filters as a plan leaves them. @param planned the rules that the plan adds, in its order. */
export function withPlanned(planned: readonly Rule[], facts: Firewall): Firewall {
  return planned.reduce((firewall, rule): Firewall => {
    const known = chainOf(rule, firewall);
    if (placeOf(rule, known) >= 0) return firewall;
    const { table, chain: name, place: where } = ruleSpec(rule);
    const base = builtIn(table, name, 'ACCEPT');
    const place = base === undefined ? {} : { base };
    const empty = { tool: 'iptables', family: 'ip', table, name, ...place, rules: [] } as const;
    const { rules, ...chain } = known ?? empty;
    const all = where === 'last' ? [...rules, textOf(rule)] : [textOf(rule), ...rules];
    return replaced(firewall, known, { ...chain, rules: all });
  }, facts);
}

function placeOfChain(name: string): Pick<ChainFact, 'base'> {
  const base = baseChain(name);
  return base === undefined ? {} : { base };
}

/**
 * The packet filters with the tables of nft(8) that a plan adds. They come before those that are there: of several chains
 * with one priority, the kernel asks the newest first.
 */
export function withTables(planned: readonly NftRule[], facts: Firewall): Firewall {
  const names = [...new Set(planned.map((one) => `${one.table} ${nftSpec(one.rule).chain}`))];
  const added = names.map((name): ChainFact => {
    const all = planned.filter((one) => `${one.table} ${nftSpec(one.rule).chain}` === name);
    const [table = '', chain = ''] = name.split(' ');
    const rules = all.map(({ rule }) => textOf(rule));
    return { tool: 'nft', family: 'ip', table, name: chain, ...placeOfChain(chain), rules };
  });
  const there = facts.chains.filter((one) => !names.includes(`${one.table} ${one.name}`));
  return { ...facts, chains: [...added, ...there] };
}

/** Those of ctr's rules that the host has, in the order in which `ctr repair` moves them to the front. */
export function presentRules(ours: readonly Rule[], firewall: Firewall): readonly Rule[] {
  return ours.filter((rule) => placeOf(rule, chainOf(rule, firewall)) >= 0);
}

/** The packet filters with ctr's rules moved to the front of their chains. */
export function withOursFirst(ours: readonly Rule[], facts: Firewall): Firewall {
  return presentRules(ours, facts).reduce((firewall, rule): Firewall => {
    const chain = chainOf(rule, firewall);
    if (chain === undefined) return firewall;
    const at = placeOf(rule, chain);
    const rules = [chain.rules[at] ?? '', ...chain.rules.filter((_, index) => index !== at)];
    return replaced(firewall, chain, { ...chain, rules });
  }, facts);
}
