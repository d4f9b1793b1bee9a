import { type MarkedCgroup, markedCgroups } from '../facts/cgroup.ts';
import { firewall, type MarkedRule } from '../facts/firewall.ts';
import type { LinkFact } from '../facts/index.ts';
import { links } from '../facts/links.ts';
import { allMarkedRules, readPacketFilter } from '../facts/packet-filter.ts';
import { readAll } from '../facts/probe.ts';
import { markedContainer } from '../names.ts';
import { gate } from '../steps/start-child.ts';
import { keeperMark } from './keeper.ts';
import { allProcesses, namespaceOf, ownerOf, parentOf, startTimeOf } from './processes.ts';
import type { Runner } from './runner.ts';

/** What the kernel has now, as far as our marks tell what is ours. */
export interface Marks {
  /** All links: those that are plugged into ours are of interest, too. */
  readonly links: readonly LinkFact[];
  readonly rules: readonly MarkedRule[];
  readonly cgroups: readonly MarkedCgroup[];
}

/** @returns undefined when the host could not be read. */
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

/** The start of a container on this host, as its command line tells it: it needs no record. */
export interface MarkedStart {
  readonly run: string;
  readonly container: string;
  readonly pid: number;
  readonly start: string;
}

/** Containers that run, recorded or not. Those of a sandbox host's ctr are that one's. */
export function markedStarts(): readonly MarkedStart[] {
  const here = namespaceOf('self');
  return [...allProcesses()].flatMap(({ pid, argv }) => {
    if (argv[0] !== 'unshare') return [];
    const mark = markedContainer(argv[argv.findIndex((word) => word.startsWith(gate)) + 1]);
    const parent = parentOf(pid);
    const start = startTimeOf(pid);
    if (mark === undefined || parent === undefined || start === undefined) return [];
    return namespaceOf(parent) === here ? [{ ...mark, pid, start }] : [];
  });
}

/** Who runs a container of this run, as far as its command line tells: somebody other than the caller. */
export function otherOwnerOf(run: string): number | undefined {
  for (const { pid, argv } of allProcesses()) {
    if (argv[0] !== 'unshare') continue;
    const mark = markedContainer(argv[argv.findIndex((word) => word.startsWith(gate)) + 1]);
    const owner = mark?.run === run ? ownerOf(pid) : undefined;
    if (owner !== undefined && owner !== process.geteuid?.()) return owner;
  }
  return undefined;
}

/** The shells that look after detached runs, and the folder of each. */
export function keepers(): readonly {
  readonly pid: number;
  readonly start: string;
  readonly runPath: string;
}[] {
  return [...allProcesses()].flatMap(({ pid, argv }) => {
    const [shell, , , mark, runPath] = argv;
    const start = startTimeOf(pid);
    if (shell !== 'sh' || mark !== keeperMark || runPath === undefined || start === undefined) {
      return [];
    }
    return [{ pid, start, runPath }];
  });
}

export function markedKeeper(runPath: string) {
  return keepers().find((one) => one.runPath === runPath);
}
