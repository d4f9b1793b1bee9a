import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { firewall } from '../facts/firewall.ts';
import { links } from '../facts/links.ts';
import { allMarkedRules, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import type { Seen } from '../resources/kind.ts';

/** What the kernel has now, with ctr's own identified by their marks. */
export type Marks = Required<Omit<Seen, 'inside' | 'processes'>>;

/** @returns undefined when the host cannot be read. */
export async function readMarks(runner: Runner, hold?: number): Promise<Marks | undefined> {
  try {
    const read = await readAll(runner, { links, firewall }, { hold });
    const found = await readPacketFilter(runner, { saved: read.firewall }, { hold });
    if (!found.readable) return undefined;
    return {
      links: read.links,
      rules: allMarkedRules(found),
      cgroups: markedCgroups(),
    };
  } catch {
    return undefined;
  }
}
