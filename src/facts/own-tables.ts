import { markedBridge, markedRun } from '../model/names.ts';
import { isOurTable, nftChains } from '../model/nft.ts';
import type { Probe } from './probe.ts';

/** A table of nft(8) whose name is one of ctr's. */
export interface OwnTable {
  /** Absent for the family ip. */
  readonly family?: 'ip6';
  readonly table: string;
  /** From the marks of its rules; absent without a marked rule. */
  readonly bridge?: string;
  /** The run that it belongs to; absent if runs share it. */
  readonly run?: string;
  /** Each rule with ctr's mark: its chain, and its words as nft(8) prints them. */
  readonly rules: readonly { readonly chain: string; readonly text: string }[];
  /** Chains, sets and rules that ctr did not add. */
  readonly foreign: readonly string[];
  /** The chains of it that ctr adds. */
  readonly chains: readonly string[];
}

interface Reading {
  readonly family?: 'ip6';
  readonly table: string;
  readonly rules: { readonly chain: string; readonly text: string }[];
  readonly foreign: string[];
  readonly chains: string[];
  bridge?: string;
  run?: string;
}

/** The mark in the comment of a rule. */
function markIn(text: string): string {
  return / comment "([^"]*)"/.exec(text)?.[1] ?? '';
}

function add(to: Reading, chain: string | undefined, text: string): void {
  if (chain === undefined || /^type \w+ hook /.test(text)) return;
  const mark = markIn(text);
  const [bridge, run] = [markedBridge(mark), markedRun(mark)];
  if (bridge === undefined || (to.bridge ?? bridge) !== bridge) {
    to.foreign.push(text);
    return;
  }
  to.bridge = bridge;
  if (run !== undefined) to.run = run;
  to.rules.push({ chain, text });
}

/** Reads ctr's tables out of `nft -s list ruleset` (nft(8)). */
export function parseOwnTables(stdout: string): readonly OwnTable[] {
  const tables: Reading[] = [];
  let at: Reading | undefined;
  let chain: string | undefined;
  let depth = 0;
  for (const raw of stdout.split('\n')) {
    const line = raw.trim();
    const opens = line.endsWith('{');
    if (depth === 0 && opens) {
      const [, family = '', table = ''] = /^table (\S+) (\S+) \{$/.exec(line) ?? [];
      const six = family === 'ip6' ? ({ family } as const) : {};
      const empty = { ...six, table, rules: [], foreign: [], chains: [] };
      at = isOurTable(family, table) ? empty : undefined;
      if (at !== undefined) tables.push(at);
    } else if (depth === 1 && opens) {
      chain = /^chain (\S+) \{$/.exec(line)?.[1];
      const isOurs = (nftChains as readonly (string | undefined)[]).includes(chain);
      if (isOurs && chain !== undefined) at?.chains.push(chain);
      else at?.foreign.push(line.slice(0, -2));
    } else if (depth === 2 && line !== '' && line !== '}' && at !== undefined) add(at, chain, line);
    depth += line.split('{').length - line.split('}').length;
  }
  return tables;
}

/** ctr's tables. nft(8) prints all of them at once; `-s` leaves out what changes by itself. */
export const ownTables: Probe<readonly OwnTable[] | undefined> = {
  argv: ['nft', '-s', 'list', 'ruleset'],
  parse: parseOwnTables,
  // Without nft(8) nobody has made a table.
  absent: [],
  broken: undefined,
};
