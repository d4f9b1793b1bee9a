import { markedRules, rulesLike } from '../facts/firewall.ts';
import type { Facts } from '../facts/index.ts';
import type { Argv } from '../model/command.ts';
import type { BridgeSettings, FirewallRule, Link, Resource, Sysctl } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
/**
 * A change to something that several runs share: the first of them makes it, the last removes it.
 * @param also what the same command makes beside the shared resource.
 * @returns the command, or no command and the resource that a living run has recorded.
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
  const rules = markedRules(facts.firewall.ours);
  // Somebody has added the very same rule: it does its work, and is not ours to delete.
  if (made.kind === 'firewall-rule' && rulesLike(rules, argv.map(String)).length > 0) {
    return { commands: [], inherits: [] };
  }
  return { commands: [{ argv, makes: [{ ...made, shared: key }, ...also] }], inherits: [] };
}
