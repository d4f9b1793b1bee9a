import type { MarkedCgroup } from '../facts/cgroup.ts';
import type { MarkedRule } from '../facts/firewall.ts';
import type { LinkFact, RouteFact } from '../facts/index.ts';
import type { Argv } from '../model/command.ts';
import type { Resource } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import type { TeardownId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';

/** What the network namespace of a container has. */
export interface Inside {
  readonly links: readonly LinkFact[];
  readonly routes: readonly RouteFact[];
}

export interface Process {
  readonly pid: number;
  /** Clock ticks after boot (proc_pid_stat(5)): with the pid, it tells one process from every other. */
  readonly start: string;
}

/** What was read of the kernel; of what is absent here, nobody has read anything. */
export interface Seen {
  /** Every interface of the host, also those of others. */
  readonly links?: readonly LinkFact[];
  /** The firewall rules that bear our mark. */
  readonly rules?: readonly MarkedRule[];
  readonly cgroups?: readonly MarkedCgroup[];
  /** By container. */
  readonly inside?: ReadonlyMap<string, Inside>;
  readonly processes?: ReadonlyMap<string, Process>;
}

/** The run that asks. */
export interface Asker {
  /** The link group of its own interfaces. */
  readonly group: number;
  /** Interfaces that go together with the resource: they do not count as users of it. */
  readonly goes: (link: LinkFact) => boolean;
}

/**
 * What the kernel has of a resource.
 * - ours: it is there, and bears our mark.
 * - in-use: the same, and somebody else relies on it: `found` says who.
 * - absent: it is not there.
 * - restored: it is there, and as it was before ctr.
 * - changed: somebody has changed it since: `found` says to what.
 * - foreign: something of that name is there, without our mark.
 */
export interface Judgement {
  readonly state: 'ours' | 'in-use' | 'absent' | 'restored' | 'changed' | 'foreign';
  readonly found?: string;
}

/** Something of ours that no run needs, and the command that removes it. */
export interface Leftover {
  readonly argv: readonly string[];
  /** Who uses it, when somebody else does. */
  readonly users?: string;
}

/** Runs of which nobody can tell what they need: they are alive, and their record cannot be read. */
export type Unreadable = ReadonlySet<string>;

/** How the way back treats a kind, and why; the ids and titles of the steps of `teardown`. */
export interface Removal<R extends Resource> {
  /** The id of the step. */
  readonly id: TeardownId;
  readonly title: Text;
  readonly why: Text;
  /** The command that removes one. */
  readonly one: (resource: R) => Argv;
  /**
   * One command for several, where that is not what their tool does with all of them at once (src/model/batch.ts).
   * @param group the link group of the run.
   */
  readonly all?: (resources: readonly R[], group: number) => Command;
  /** Lines of POSIX shell that return before the command when there is nothing to remove, or it is not ours. */
  readonly guard: (resource: R, language: 'en' | 'zh') => readonly string[];
  /** The command in a script, where it is more than `one`. */
  readonly script?: (resource: R) => readonly string[];
}

/** All that ctr knows of one kind of resource. */
export interface ResourceKind<R extends Resource> {
  /** @returns undefined when what was read does not tell. */
  readonly judge: (resource: R, seen: Seen, asker: Asker) => Judgement | undefined;
  /** Absent for what goes with another resource, as an address goes with its interface. */
  readonly removal?: Removal<R>;
  /** What the resource is, for people: the rest of a sentence whose subject `of` names. */
  readonly says: (resource: R) => Text;
  /** The interface that the sentence is about. */
  readonly of?: (resource: R) => string;
  /** It goes without a trace with what it belongs to: that it is absent is no damage. */
  readonly vanishes?: true;
  /** It stores what was there before ctr: that is no demand on what is there now. */
  readonly past?: true;
  /** Of this kind, what bears our mark and is in no record. */
  readonly strays?: (
    seen: Seen,
    recorded: readonly R[],
    unreadable: Unreadable,
  ) => readonly Leftover[];
  /** Where the judgement does not say how to remove what is left: the commands that do. */
  readonly leftovers?: (resource: R, seen: Seen, asker: Asker) => readonly Leftover[];
}

/** The interfaces of the host, or of a container. @returns undefined when they were not read. */
export function linksIn(
  seen: Seen,
  container: string | undefined,
): readonly LinkFact[] | undefined {
  return container === undefined ? seen.links : seen.inside?.get(container)?.links;
}
