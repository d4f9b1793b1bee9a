import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { firewall, type Saved } from '../facts/firewall.ts';
import { links } from '../facts/links.ts';
import { allMarkedRules, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
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

/** @returns undefined when the host cannot be read. */
export async function readMarks(runner: Runner, hold?: number): Promise<Marks | undefined> {
  try {
    const read = await readAll(runner, { links, firewall }, { hold });
    const rules = await rulesIn(runner, read.firewall, hold);
    return rules === undefined ? undefined : { links: read.links, rules, cgroups: markedCgroups() };
  } catch {
    return undefined;
  }
}
