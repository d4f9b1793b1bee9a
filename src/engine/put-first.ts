import { type Argv, cmd, fillInput } from '../command.ts';
import type { HostView } from '../facts/index.ts';
import type { Lab } from '../lab.ts';
import { losses } from '../losses/index.ts';
import { presentRules, withOursFirst } from '../losses/our-rules.ts';
import { ruleSpec } from '../undo.ts';

/**
 * Where somebody has put a rule before ours that takes packets from it: the command that puts ours first
 * again, each table in one transaction (iptables-restore(8)). Undefined when that would not help.
 */
export function puttingFirst(
  lab: Lab,
  host: HostView,
): { readonly argv: readonly string[]; readonly input: string } | undefined {
  const moved = { ...host, firewall: withOursFirst(lab, host.firewall) };
  if (losses(lab, moved).length >= losses(lab, host).length) return undefined;
  const specs = presentRules(lab, host.firewall).map(ruleSpec);
  const lines = [...new Set(specs.map(({ table }) => table))].flatMap((table): Argv[] => [
    [`*${table}`],
    ...specs
      .filter((one) => one.table === table)
      .flatMap(({ chain, spec }): Argv[] => [
        ['-D', chain, ...spec],
        ['-I', chain, ...spec],
      ]),
    ['COMMIT'],
  ]);
  const argv = cmd`iptables-restore --noflush --wait 5`.map(String);
  return { argv, input: fillInput(lines, new Map()) };
}
