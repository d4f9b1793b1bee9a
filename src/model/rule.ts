import { type Argv, cmd } from './command.ts';
import { mark } from './names.ts';
import type { Rule } from './resource.ts';

/** A rule's table, chain and arguments for iptables(8) -A, -I or -D. */
export function ruleSpec(rule: Rule): { table: 'nat' | 'filter'; chain: string; spec: Argv } {
  const comment = cmd`-m comment --comment ${mark(rule.bridge)}` as readonly string[];
  switch (rule.rule) {
    case 'masquerade':
      return {
        table: 'nat',
        chain: 'POSTROUTING',
        spec: cmd`-s ${rule.subnet} ! -o ${rule.bridge} ${comment} -j MASQUERADE`,
      };
    case 'between':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-i ${rule.bridge} -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'outward':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-i ${rule.bridge} ! -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'answers':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-o ${rule.bridge} -m conntrack --ctstate RELATED,ESTABLISHED ${comment} -j ACCEPT`,
      };
  }
}
