import type { Text } from '../model/text.ts';

/** What of a snapshot changed. */
export type ChangedObject =
  | 'namespace'
  | 'process'
  | 'hostname'
  | 'mount'
  | 'link'
  | 'address'
  | 'route'
  | 'rule'
  | 'neighbour'
  | 'fdb'
  | 'firewall'
  | 'sysctl';

/** One difference between two snapshots. */
export interface Change {
  /** `host`, `world`, or a container. */
  readonly place: string;
  readonly op: 'added' | 'removed' | 'changed' | 'moved';
  readonly object: ChangedObject;
  /** The object as a person calls it: `veth-web`, `default via 10.0.0.1 dev eth0`. */
  readonly of: string;
  /** For `changed`: what of it, with its values before and after. For `moved`: the place it came from. */
  readonly field?: string;
  readonly from?: string;
  readonly to?: string;
}

/** A change with its cause. */
export interface CausedChange extends Change {
  /** asked: a resource of the step. surprise: nobody asked; `why` says where it comes from. */
  readonly cause: 'asked' | 'surprise';
  /** The sentence of the known side effect (src/snapshot/side-effects.ts); absent for one that is not known. */
  readonly why?: Text;
}

export interface Diff {
  readonly changes: readonly CausedChange[];
  /** Changes that nobody needs to see (timers, counters, IPv6 link-local…), by what they are. */
  readonly hidden: Readonly<Record<string, number>>;
  /** Resources of the step that did not appear, in words. */
  readonly missing: readonly Text[];
}
