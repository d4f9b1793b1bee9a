import type { HostView } from '../facts/index.ts';
import { builtIn, type ChainFact } from '../filter/chain.ts';
import { words } from '../filter/words.ts';
import type { Lab } from '../lab.ts';
import { acceptRules } from '../steps/allow-forwarding.ts';
import { masqueradeRule } from '../steps/masquerade.ts';
import { type Rule, ruleSpec } from '../undo.ts';

type Firewall = HostView['firewall'];

/** The rules that a lab lives by, in the order in which they are made. */
export function rulesOf(lab: Lab, firewall: Firewall): readonly Rule[] {
  return lab.networks.flatMap((network) => [
    ...acceptRules(network, { firewall }),
    ...(network.masquerade ? [masqueradeRule(network)] : []),
  ]);
}

/** What a rule says, in whichever order it speaks. */
function essence(text: string): string {
  return [...words(text)].sort().join(' ');
}

/** Whether `iptables` made the chain, or nft(8) shows it where iptables-save cannot. */
function isMain({ tool, family }: ChainFact): boolean {
  return tool === 'iptables' || (tool === 'nft' && family === 'ip');
}

/**
 * The packet filters once the lab's rules are where its plan puts them: those for what is passed on before
 * all others, the one for masquerading after them.
 * @param which also those that are there already may be put first.
 */
export function withOurs(
  lab: Lab,
  firewall: Firewall,
  which: 'those that are missing' | 'all, before others',
): Firewall {
  const first = which === 'all, before others';
  const chains = [...firewall.chains];
  for (const rule of rulesOf(lab, firewall)) {
    const { table, chain: name, spec } = ruleSpec(rule);
    const text = spec.map(String).join(' ');
    const isIt = (chain: ChainFact) =>
      isMain(chain) && chain.table === table && chain.name === name;
    const at = chains.findIndex(isIt);
    const base = builtIn(table, name, 'ACCEPT');
    const empty: ChainFact = {
      tool: 'iptables',
      family: 'ip',
      table,
      name,
      ...(base === undefined ? {} : { base }),
      rules: [],
    };
    const chain = chains[at] ?? empty;
    const others = chain.rules.filter((one) => essence(one) !== essence(text));
    const missing = others.length === chain.rules.length;
    if (!missing && !first) continue;
    const before = first || rule.rule !== 'masquerade';
    const rules = before ? [text, ...others] : [...others, text];
    chains.splice(at < 0 ? chains.length : at, at < 0 ? 0 : 1, { ...chain, rules });
  }
  return { ...firewall, chains };
}
