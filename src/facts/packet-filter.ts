import { readFileSync } from 'node:fs';
import type { Runner, RunOptions } from '../exec/runner.ts';
import type { ChainFact } from '../filter/chain.ts';
import { assemble, isNft, type PacketFilter, unreadable } from './assemble.ts';
import { besides, type MarkedRule, markedRules, nothing, type Saved } from './firewall.ts';
import type { Facts } from './index.ts';
import { type Ruleset, ruleset } from './nft.ts';
import { ownRules } from './own-rules.ts';
import { readAll } from './probe.ts';

/** Whether the kernel has tables of iptables-legacy. Running the program would load them. */
function hasLegacyTables(): boolean {
  try {
    return readFileSync('/proc/net/ip_tables_names', 'utf8').trim() !== '';
  } catch {
    return false;
  }
}

/** What nft(8) says where the kernel lacks nf_tables (CONFIG_NF_TABLES). */
export const noTables =
  /cache initialization failed: (?:Invalid argument|Protocol not supported|Operation not supported)/;

/** Whether nft(8) fails because the kernel lacks nf_tables (CONFIG_NF_TABLES). */
export async function hasNoTables(runner: Runner, options: RunOptions): Promise<boolean> {
  const { stderr } = await runner.run(ruleset.argv, options);
  return noTables.test(stderr);
}

/** The names of the tables of iptables(8). */
const tables = ['filter', 'nat', 'mangle', 'raw', 'security'];

function isOfIptables({ family, table }: ChainFact): boolean {
  return family === 'ip' && tables.includes(table);
}

/** Docker's chain for user rules. */
function isDockers({ name }: ChainFact): boolean {
  return name === 'DOCKER-USER';
}

export interface Asked {
  readonly saved: Saved;
  /** Absent if nft(8) has not run yet: ctr runs it only for tables that iptables cannot show. */
  readonly rules?: { readonly found: Ruleset };
}

/** A host without iptables(8): nft(8) shows all there is, unless the kernel has tables of iptables-legacy. */
async function withoutIptables(
  runner: Runner,
  rules: Asked['rules'],
  options: RunOptions,
): Promise<PacketFilter> {
  const found = rules?.found ?? (await readAll(runner, { ruleset }, options)).ruleset;
  if (found == null || hasLegacyTables()) return unreadable;
  const beside = { 'iptables-legacy': undefined, 'iptables-nft': undefined };
  return assemble({ saved: nothing, beside, native: { ...found, ours: [] }, unread: [] });
}

/**
 * Completes the output of iptables-save: runs the other variant of iptables if it has tables, and nft(8) for tables
 * that iptables cannot show.
 */
export async function readPacketFilter(
  runner: Runner,
  { saved, rules }: Asked,
  options: RunOptions = {},
): Promise<PacketFilter> {
  if (saved.missing) return await withoutIptables(runner, rules, options);
  if (!saved.readable) return unreadable;
  const legacyIsBeside = hasLegacyTables() && (isNft(saved) || saved.version === '');
  const nftIsBeside =
    !isNft(saved) && (rules?.found == null || rules.found.chains.some(isOfIptables));
  const more = {
    ...(legacyIsBeside ? { legacy: besides('iptables-legacy') } : {}),
    ...(nftIsBeside ? { nft: besides('iptables-nft') } : {}),
  };
  const answers: { readonly legacy?: Saved; readonly nft?: Saved } =
    Object.keys(more).length === 0 ? {} : await readAll(runner, more, options);
  const { legacy, nft } = answers;
  const closed = [...saved.incompatible, ...(nft?.incompatible ?? [])];
  const asked = rules !== undefined || closed.length > 0;
  const listed =
    rules ?? (asked ? { found: (await readAll(runner, { ruleset }, options)).ruleset } : null);
  const blind = listed !== null && listed.found === undefined;
  const found = blind && (await hasNoTables(runner, options)) ? null : listed?.found;
  if (closed.length > 0 && found == null) {
    return { ...unreadable, unread: [ruleset.argv.join(' ')] };
  }
  const program = isNft(saved) ? 'iptables' : 'iptables-nft';
  const own = await ownRules(runner, found?.chains ?? [], closed, program, options);
  const readings = {
    saved,
    beside: { 'iptables-legacy': legacy, 'iptables-nft': nft },
    native: { ...own, sets: found?.sets ?? {} },
    unread: blind && found === undefined ? [ruleset.argv.join(' ')] : [],
  };
  if (![...saved.chains, ...own.chains].some(isDockers)) return assemble(readings);
  const { comesThroughDockers } = await import('../filter/docker-user.ts');
  return assemble(readings, comesThroughDockers);
}

/** All rules with ctr's mark, from both variants of iptables(8). */
export function allMarkedRules({
  ours,
  oursBeside,
}: Pick<Facts['firewall'], 'ours' | 'oursBeside'>): readonly MarkedRule[] {
  const beside = Object.entries(oursBeside);
  return [
    ...markedRules(ours),
    ...beside.flatMap(([program, rules]) => markedRules(rules, program)),
  ];
}
