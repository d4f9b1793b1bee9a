import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { firewall, type Saved } from '../facts/firewall.ts';
import { links } from '../facts/links.ts';
import { type OwnTable, ownTables } from '../facts/own-tables.ts';
import { allMarkedRules, hasNoTables, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import type { Seen } from '../resources/kind.ts';

/** What the kernel has now, with ctr's own identified by their marks. */
export type Marks = Required<Omit<Seen, 'inside' | 'processes'>>;

export function unreadableHost(): CtrError {
  return new CtrError(
    'cannot-read',
    exitCodes.notReady,
    {
      en: 'cannot read this host: ip, iptables-save or nft does not work',
      zh: '无法读取本机：ip、iptables-save 或 nft 不能用',
    },
    { try: ['ctr doctor'] },
  );
}

async function rulesIn(
  runner: Runner,
  saved: Saved,
  hold: number | undefined,
): Promise<Marks['rules'] | undefined> {
  const found = await readPacketFilter(runner, { saved }, { hold });
  return found.readable ? allMarkedRules(found) : undefined;
}

/** @throws CtrError when the firewall cannot be read. */
export async function readRules(runner: Runner, hold?: number): Promise<Marks['rules']> {
  const read = await readAll(runner, { firewall }, { hold });
  const rules = await rulesIn(runner, read.firewall, hold);
  if (rules === undefined) throw unreadableHost();
  return rules;
}

/** A kernel without nf_tables has no table, and nft(8) fails. */
async function tablesIn(
  runner: Runner,
  found: readonly OwnTable[] | undefined,
  hold: number | undefined,
): Promise<readonly OwnTable[] | undefined> {
  return found ?? ((await hasNoTables(runner, { hold })) ? [] : undefined);
}

/** @throws CtrError when nft(8) fails. */
export async function readTables(runner: Runner, hold?: number): Promise<Marks['tables']> {
  const read = await readAll(runner, { ownTables }, { hold });
  const tables = await tablesIn(runner, read.ownTables, hold);
  if (tables === undefined) throw unreadableHost();
  return tables;
}

/** Whether the marks of these resources can be seen without nft(8), which is one more process. */
export function needTables(resources: readonly Resource[]): boolean {
  return resources.some(({ kind }) => kind === 'nft-table');
}

/**
 * @param withTables whether the tables of nft(8) are read; without, there seem to be none.
 * @returns undefined when the host cannot be read.
 */
export async function readMarks(
  runner: Runner,
  hold?: number,
  withTables = true,
): Promise<Marks | undefined> {
  try {
    const probes = { links, firewall, ...(withTables ? { ownTables } : {}) };
    const read: {
      links: Marks['links'];
      firewall: Saved;
      ownTables?: Marks['tables'] | undefined;
    } = await readAll(runner, probes, { hold });
    const rules = await rulesIn(runner, read.firewall, hold);
    const tables = withTables ? await tablesIn(runner, read.ownTables, hold) : [];
    if (rules === undefined || tables === undefined) return undefined;
    return { links: read.links, rules, tables, cgroups: markedCgroups() };
  } catch {
    return undefined;
  }
}
