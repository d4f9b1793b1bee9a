import { type MarkedRule, rulesLike } from '../facts/firewall.ts';
import { type Argv, cmd } from '../model/command.ts';
import type { FirewallRule } from '../model/resource.ts';
import { ruleSpec, toolOf } from '../model/rule.ts';
import type { Leftover, ResourceKind } from './kind.ts';

function deleteOne({ rule }: FirewallRule): Argv {
  const { table, chain, spec } = ruleSpec(rule);
  return [...cmd`${toolOf(rule)} -w 5 -t ${table} -D ${chain}`, ...spec];
}

/** The host's rules that equal this one. */
export function sameRules(rule: FirewallRule, rules: readonly MarkedRule[]): readonly MarkedRule[] {
  return rulesLike(rules, deleteOne(rule).map(String));
}

/** A rule as read knows how to delete itself: by which iptables(8), or by its nftables handle. */
function leftover({ argv }: MarkedRule): Leftover {
  return { argv };
}

/** iptables(8), iptables-extensions(8) comment. */
export const firewallRule: ResourceKind<FirewallRule, 'rules'> = {
  reads: { rules: true },
  judge(rule, { rules }) {
    if (rules === undefined) return undefined;
    if (sameRules(rule, rules).length > 0) return { state: 'ours' };
    return { state: 'absent', found: 'no such rule' };
  },
  removal: {
    id: 'delete-rules',
    title: { en: 'Delete the firewall rules', zh: '删除防火墙规则' },
    why: {
      en: 'With -D, iptables deletes the first rule that matches the given text exactly, the comment included. Rules without the comment of ctr are left alone.',
      zh: 'iptables 的 -D 删除第一条与所给内容（包括注释）完全一致的规则。没有 ctr 注释的规则不会被误删。',
    },
    one: deleteOne,
    looks: true,
    guard: () => [],
  },
  says({ rule }) {
    const { table, chain, spec } = ruleSpec(rule);
    const family = toolOf(rule) === 'ip6tables' ? 'IPv6 ' : '';
    const what = `${family}${table} ${chain} ${spec.join(' ')}`;
    return { en: `rule ${what}`, zh: `规则 ${what}` };
  },
  strays({ rules = [] }, recorded, unreadable) {
    if (unreadable.size > 0) return [];
    const bridges = new Set(recorded.map(({ rule }) => rule.bridge));
    const runs = new Set(recorded.flatMap(({ rule }) => ('run' in rule ? rule.run : [])));
    const isStray = ({ bridge, run }: MarkedRule) =>
      run === undefined ? !bridges.has(bridge) : !runs.has(run);
    return rules.filter(isStray).map(leftover);
  },
  leftovers: (rule, { rules = [] }) => sameRules(rule, rules).map(leftover),
};
