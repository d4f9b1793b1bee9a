import { type Argv, cmd } from './command.ts';
import { mark } from './names.ts';
import type { Rule } from './resource.ts';

export interface RuleSpec {
  readonly table: 'nat' | 'filter';
  readonly chain: string;
  /** Where it is added: before all other rules of its chain (-I), or after them (-A). */
  readonly place: 'first' | 'last';
  readonly spec: Argv;
}

/** A rule's table, chain, place, and arguments for iptables(8) -A, -I or -D. */
export function ruleSpec(rule: Rule): RuleSpec {
  const comment = cmd`-m comment --comment ${mark(rule.bridge)}` as readonly string[];
  switch (rule.rule) {
    case 'masquerade': {
      const except = rule.except === undefined ? [] : cmd`! -d ${rule.except}`;
      return {
        table: 'nat',
        chain: 'POSTROUTING',
        place: 'last',
        spec: cmd`-s ${rule.subnet} ${except as readonly string[]} ! -o ${rule.bridge} ${comment} -j MASQUERADE`,
      };
    }
    case 'between':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-i ${rule.bridge} -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'outward':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-i ${rule.bridge} ! -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'answers':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-o ${rule.bridge} -m conntrack --ctstate RELATED,ESTABLISHED ${comment} -j ACCEPT`,
      };
  }
}

/** The command that adds a rule. */
export function addRule(rule: Rule): Argv {
  const { table, chain, place, spec } = ruleSpec(rule);
  return [...cmd`iptables -w 5 -t ${table} ${place === 'first' ? '-I' : '-A'} ${chain}`, ...spec];
}
