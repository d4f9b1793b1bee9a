import type { Runner } from '../exec/runner.ts';
import { type MarkedCgroup, markedCgroups } from '../facts/cgroup.ts';
import { firewall, type MarkedRule } from '../facts/firewall.ts';
import type { LinkFact } from '../facts/index.ts';
import { links } from '../facts/links.ts';
import { allMarkedRules, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';

/** What the kernel has now, with ctr's own identified by their marks. */
export interface Marks {
  /** All links, including foreign ones: they may be ports of ctr's bridges. */
  readonly links: readonly LinkFact[];
  readonly rules: readonly MarkedRule[];
  readonly cgroups: readonly MarkedCgroup[];
}

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
