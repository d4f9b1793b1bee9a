import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { firewall, firewall6, markedRules, type Saved } from '../facts/firewall.ts';
import { links } from '../facts/links.ts';
import { type OwnTable, ownTables } from '../facts/own-tables.ts';
import { allMarkedRules, hasNoTables, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import { hasIpv6 } from '../facts/routes6.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import { toolOf } from '../model/rule.ts';
import type { Seen } from '../resources/kind.ts';

/** What the kernel has now, with ctr's own identified by their marks. */
export type Marks = Required<Omit<Seen, 'inside' | 'processes'>>;

export function unreadableHost(): CtrError {
  return new CtrError(
    'cannot-read',
    exitCodes.notReady,
    {
      en: 'cannot read this host: ip, iptables-save, ip6tables-save or nft does not work',
      zh: '无法读取本机：ip、iptables-save、ip6tables-save 或 nft 不能用',
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

/** @returns undefined when the kernel has IPv6 and its rules cannot be read. */
function rules6({ readable, ours }: Saved): Marks['rules'] | undefined {
  return readable || !hasIpv6() ? markedRules(ours, 'ip6tables') : undefined;
}

/** @throws CtrError when the firewall cannot be read. */
export async function readRules(runner: Runner, hold?: number): Promise<Marks['rules']> {
  const read = await readAll(runner, { firewall, firewall6 }, { hold });
  const rules = await rulesIn(runner, read.firewall, hold);
  const six = rules6(read.firewall6);
  if (rules === undefined || six === undefined) throw unreadableHost();
  return [...rules, ...six];
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

/** Which rules are read besides those of iptables(8). Each kind costs a process. */
export interface Besides {
  /** Tables of nft(8). */
  readonly tables: boolean;
  /** Rules of ip6tables(8). */
  readonly ipv6: boolean;
}

const everything: Besides = { tables: true, ipv6: true };

/** What the marks of these resources are in, beside iptables(8). */
export function besidesOf(resources: readonly Resource[]): Besides {
  return {
    tables: resources.some(({ kind }) => kind === 'nft-table'),
    ipv6: resources.some((one) => one.kind === 'firewall-rule' && toolOf(one.rule) === 'ip6tables'),
  };
}

/**
 * @param besides what is read, too; what is not seems to have no marks.
 * @returns undefined when the host cannot be read.
 */
export async function readMarks(
  runner: Runner,
  hold?: number,
  besides = everything,
): Promise<Marks | undefined> {
  try {
    const probes = {
      links,
      firewall,
      ...(besides.ipv6 ? { firewall6 } : {}),
      ...(besides.tables ? { ownTables } : {}),
    };
    const read: {
      links: Marks['links'];
      firewall: Saved;
      firewall6?: Saved;
      ownTables?: Marks['tables'] | undefined;
    } = await readAll(runner, probes, { hold });
    const four = await rulesIn(runner, read.firewall, hold);
    const six = read.firewall6 === undefined ? [] : rules6(read.firewall6);
    const tables = besides.tables ? await tablesIn(runner, read.ownTables, hold) : [];
    if (four === undefined || six === undefined || tables === undefined) return undefined;
    return { links: read.links, rules: [...four, ...six], tables, cgroups: markedCgroups() };
  } catch {
    return undefined;
  }
}
