import { type RuleFact, ruleActions } from './index.ts';
import { isRecord, numberOf, parseJsonArray, textOf } from './json.ts';

/** The rules that every host has by default (ip-rule(8)). */
export const usualRules: readonly RuleFact[] = [
  { priority: 0, table: 'local' },
  { priority: 32766, table: 'main' },
  { priority: 32767, table: 'default' },
];

function subnetIn(
  entry: Readonly<Record<string, unknown>>,
  key: 'src' | 'dst',
): string | undefined {
  const address = textOf(entry[key]);
  if (address === undefined || address === 'all') return undefined;
  return `${address}/${numberOf(entry[`${key}len`]) ?? 32}`;
}

/** Selectors other than addresses and interfaces. */
const finer = [
  'tos',
  'dsfield',
  'ipproto',
  'sport',
  'sport_start',
  'dport',
  'dport_start',
  'tun_id',
];

function ruleOf(entry: unknown): readonly RuleFact[] {
  if (!isRecord(entry)) return [];
  const priority = numberOf(entry.priority);
  // The l3mdev rule applies only to interfaces of a VRF.
  if (priority === undefined || 'l3mdev' in entry) return [];
  const goto = numberOf(entry.goto);
  const action =
    goto !== undefined
      ? 'goto'
      : 'nop' in entry
        ? 'nop'
        : ruleActions.find((one) => one === entry.action);
  const table = textOf(entry.table);
  if (action === undefined && table === undefined) return [];
  const [from, to] = [subnetIn(entry, 'src'), subnetIn(entry, 'dst')];
  const [iif, oif] = [textOf(entry.iif), textOf(entry.oif)];
  const mark = textOf(entry.fwmark);
  const suppress = numberOf(entry.suppress_prefixlen);
  // For the kernel, forwarded packets have uid 0.
  const others = (numberOf(entry.uid_start) ?? 0) > 0;
  return [
    {
      priority,
      ...(action === undefined ? {} : { action }),
      ...(table === undefined ? {} : { table }),
      ...(goto === undefined ? {} : { target: goto }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(iif === undefined ? {} : { iif }),
      ...(oif === undefined ? {} : { oif }),
      ...(mark === undefined
        ? {}
        : { mark: Number(mark), mask: Number(textOf(entry.fwmask) ?? 0xffff_ffff) }),
      ...('not' in entry ? { not: true } : {}),
      ...(suppress === undefined ? {} : { suppress }),
      ...(others || finer.some((key) => key in entry) ? { partly: true } : {}),
    },
  ];
}

/** `ip -j rule show`. @returns undefined for the rules that every host has. */
export function parseRules(stdout: string): readonly RuleFact[] | undefined {
  const rules = parseJsonArray(stdout).flatMap(ruleOf);
  const usual = JSON.stringify(rules) === JSON.stringify(usualRules);
  return usual ? undefined : rules;
}
