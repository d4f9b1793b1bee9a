import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { firewall, firewall6, markedRules, type Saved } from '../facts/firewall.ts';
import { links } from '../facts/links.ts';
import { allMarkedRules, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import { hasIpv6 } from '../facts/routes6.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
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

/** @returns undefined when the host cannot be read. */
export async function readMarks(runner: Runner, hold?: number): Promise<Marks | undefined> {
  try {
    const read = await readAll(runner, { links, firewall, firewall6 }, { hold });
    const four = await rulesIn(runner, read.firewall, hold);
    const six = rules6(read.firewall6);
    if (four === undefined || six === undefined) return undefined;
    const rules = [...four, ...six];
    return { links: read.links, rules, cgroups: markedCgroups() };
  } catch {
    return undefined;
  }
}
