import type { HostView } from '../facts/index.ts';
import { losses } from '../losses/index.ts';
import { presentRules, withOursFirst } from '../losses/our-rules.ts';
import { joined } from '../model/batch.ts';
import { cmd } from '../model/command.ts';
import type { Lab } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';
import { ruleSpec } from '../model/rule.ts';
import type { Command } from '../model/step.ts';

/**
 * The command that puts ctr's rules back first where a rule inserted before them catches their packets; each table in
 * one transaction (iptables-restore(8)). Undefined when that would not help.
 */
export async function puttingFirst(
  lab: Lab,
  host: HostView,
  ours: readonly Rule[],
): Promise<Command | undefined> {
  const moved = { ...host, firewall: withOursFirst(ours, host.firewall) };
  const [now, then] = await Promise.all([losses(lab, host, ours), losses(lab, moved, ours)]);
  if (then.length >= now.length) return undefined;
  return joined(
    presentRules(ours, host.firewall).flatMap((rule) => {
      const { table, chain, spec } = ruleSpec(rule);
      return ['-D', '-I'].map((flag) => ({
        argv: [...cmd`iptables -w 5 -t ${table} ${flag} ${chain}`, ...spec],
        makes: [],
      }));
    }),
  );
}
