import { markedRules, rulesLike } from '../facts/firewall.ts';
import type { Facts } from '../facts/index.ts';
import type { Argv } from '../model/command.ts';
import type { BridgeSettings, FirewallRule, Link, Resource, Sysctl } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
/**
 * A change that several runs share: the first run makes it, the last one removes it.
 * @param also further resources of the same command.
 * @returns the command; or no command, and the resource that a living run has recorded.
 */
export function sharedChange(
  facts: Facts,
  key: string,
  argv: Argv,
  made: Link | BridgeSettings | Sysctl | FirewallRule,
  also: readonly Resource[] = [],
): { commands: readonly Command[]; inherits: readonly Resource[] } {
  const held = facts.shared[key];
  if (held !== undefined) return { commands: [], inherits: [held] };
  const rules = [
    ...markedRules(facts.firewall.ours),
    ...markedRules(facts.ipv6?.ours ?? [], 'ip6tables'),
  ];
  // Somebody else has added the same rule. It serves the purpose, and is not ctr's to delete.
  if (made.kind === 'firewall-rule' && rulesLike(rules, argv.map(String)).length > 0) {
    return { commands: [], inherits: [] };
  }
  return { commands: [{ argv, makes: [{ ...made, shared: key }, ...also] }], inherits: [] };
}
