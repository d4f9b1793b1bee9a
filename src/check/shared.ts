import type { Marks } from '../engine/marks.ts';
import { rulesLike } from '../facts/firewall.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { ruleSpec, type Undo, undoArgv } from '../undo.ts';
import { type Finding, finding } from './finding.ts';

/** A switch or a rule that the run made, alone or with others. */
export function shared(undo: Undo, marks: Marks): readonly Finding[] {
  if (undo.kind === 'restore-sysctl') {
    const value = readSysctl(undo.key);
    // The switch of an interface goes with the interface: a VPN that has ended needs none.
    if (value === undefined) return [];
    const what = `${undo.key} = ${undo.ours}`;
    return [finding(value === undo.ours, 'host', what, what, value)];
  }
  if (undo.kind !== 'delete-rule') return [];
  const { table, chain, spec } = ruleSpec(undo.rule);
  const what = `${table} ${chain} ${spec.join(' ')}`;
  const there = rulesLike(marks.rules, undoArgv(undo).map(String)).length > 0;
  return [finding(there, 'host', `rule ${what}`, `规则 ${what}`, 'no such rule')];
}
