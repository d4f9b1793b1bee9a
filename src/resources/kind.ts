import type { MarkedCgroup } from '../facts/cgroup.ts';
import type { MarkedRule } from '../facts/firewall.ts';
import type { LinkFact, RouteFact } from '../facts/index.ts';
import type { OwnTable } from '../facts/own-tables.ts';
import type { Argv } from '../model/command.ts';
import type { Resource } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import type { TeardownId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';

/** The contents of a container's network namespace. */
export interface Inside {
  readonly links: readonly LinkFact[];
  readonly routes: readonly RouteFact[];
  /** Those of IPv6. Not read where no interface has an IPv6 address that somebody set. */
  readonly routes6?: readonly RouteFact[];
}

export interface Process {
  readonly pid: number;
  /** Clock ticks after boot (proc_pid_stat(5)). Pid and start time together identify a process uniquely. */
  readonly start: string;
}

/** What ctr read from the kernel. An absent property was not read. */
export interface Seen {
  /** Every interface of the host, including foreign ones. */
  readonly links?: readonly LinkFact[];
  /** The firewall rules with ctr's mark. */
  readonly rules?: readonly MarkedRule[];
  /** ctr's tables of nft(8). */
  readonly tables?: readonly OwnTable[];
  readonly cgroups?: readonly MarkedCgroup[];
  /** By container. */
  readonly inside?: ReadonlyMap<string, Inside>;
  readonly processes?: ReadonlyMap<string, Process>;
}

/** A property of `Seen`. */
export type Read = keyof Seen;

/** The run on whose behalf ctr examines a resource. */
export interface Asker {
  /** The link group of the run's own interfaces. */
  readonly group: number;
  /** Whether an interface is removed together with the resource, and so is no user of it. */
  readonly goes: (link: LinkFact) => boolean;
}

/**
 * The state of a resource in the kernel.
 * - ours: it exists with ctr's mark.
 * - in-use: as ours, but somebody else relies on it; `found` says who.
 * - absent: it does not exist.
 * - restored: it exists, with its value from before ctr.
 * - changed: somebody has changed it since; `found` says to what.
 * - foreign: something with its name exists, without ctr's mark.
 */
export interface Judgement {
  readonly state: 'ours' | 'in-use' | 'absent' | 'restored' | 'changed' | 'foreign';
  readonly found?: string;
}

/** Something of ctr's that no run needs, and the command that removes it. */
export interface Leftover {
  readonly argv: readonly string[];
  /** Who uses it, if somebody else does. */
  readonly users?: string;
}

/** Living runs whose needs are unknown, since they have no readable record. */
export type Unreadable = ReadonlySet<string>;

/** How the way back removes a kind. `id`, `title` and `why` are those of the step. */
export interface Removal<R extends Resource> {
  readonly id: TeardownId;
  readonly title: Text;
  /** The title for these resources, where it says more than `title`. */
  readonly titleOf?: (resources: readonly R[]) => Text;
  readonly why: Text;
  /** The command that removes one resource. */
  readonly one: (resource: R) => Argv;
  /**
   * The command itself finds out whether there is something of ctr's to remove, and says so where there is nothing. So
   * nothing is read before it.
   */
  readonly looks?: true;
  /**
   * The command that removes several, if it differs from the tool's usual batch (src/model/batch.ts).
   * @param group the link group of the run.
   */
  readonly all?: (resources: readonly R[], group: number) => Command;
  /** Lines of POSIX shell that return before the command if there is nothing to remove or it is not ctr's. */
  readonly guard: (resource: R, language: 'en' | 'zh') => readonly string[];
  /** The command in a script, where `one` is not enough. */
  readonly script?: (resource: R) => readonly string[];
}

/**
 * Everything that ctr knows about one kind of resource.
 * @typeParam Reads what `judge` is given; it cannot use anything else of `Seen`.
 */
export interface ResourceKind<R extends Resource, Reads extends Read = never> {
  /** What `judge` needs. Before a removal, ctr reads exactly that. Empty when `judge` looks for itself. */
  readonly reads: { readonly [K in Reads]: true };
  /** @returns undefined when `seen` does not say. */
  readonly judge: (resource: R, seen: Pick<Seen, Reads>, asker: Asker) => Judgement | undefined;
  /** Absent if the kernel removes the kind with another resource, as an address with its interface. */
  readonly removal?: Removal<R>;
  /** Describes the resource for people: the rest of a sentence whose subject is `of`. */
  readonly says: (resource: R) => Text;
  /** The interface that the sentence is about. */
  readonly of?: (resource: R) => string;
  /** It disappears with what it belongs to, so its absence is no drift. */
  readonly vanishes?: true;
  /** The resource stores the settings from before ctr's change. `check` ignores it. */
  readonly past?: true;
  /** Resources of this kind that carry ctr's mark and are in no record. */
  readonly strays?: (
    seen: Seen,
    recorded: readonly R[],
    unreadable: Unreadable,
  ) => readonly Leftover[];
  /** The commands that remove what is left, where `judge` and `removal.one` are not enough. */
  readonly leftovers?: (resource: R, seen: Seen, asker: Asker) => readonly Leftover[];
}

/** A kind of which it is not known what it reads. */
export type AnyKind<R extends Resource> = Omit<ResourceKind<R, Read>, 'reads'> & {
  readonly reads: { readonly [K in Read]?: true };
};

/** The interfaces of the host or of a container. @returns undefined when they were not read. */
export function linksIn(
  seen: Pick<Seen, 'links' | 'inside'>,
  container: string | undefined,
): readonly LinkFact[] | undefined {
  return container === undefined ? seen.links : seen.inside?.get(container)?.links;
}
