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
  /** The interface that it belongs to: of an address, a route, a neighbour, an entry of the fdb, a sysctl. */
  readonly dev?: string;
  /**
   * What kind of its object it is: of a link, as ip-link(8) calls it; of a route, its type; of the firewall, `table`,
   * `policy`, `chain` or `rule`.
   */
  readonly kind?: string;
  /** For `changed`: what of it, with its values before and after. For `moved`: the place it came from. */
  readonly field?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Kinds of changes that are counted and not shown (src/snapshot/noise.ts). */
export type Noise = 'ipv6' | 'multicast' | 'timer' | 'defaults' | 'implied' | 'identity' | 'mounts';

/** A change with its cause. */
export interface CausedChange extends Change {
  /** asked: a resource of the step. surprise: nobody asked; `why` says where it comes from. */
  readonly cause: 'asked' | 'surprise';
  /** The sentence of the known side effect (src/snapshot/side-effects/); absent for one that is not known. */
  readonly why?: Text;
  /** It can be left out where there is little room: it always comes with another change. */
  readonly minor?: true;
}

export interface Diff {
  readonly changes: readonly CausedChange[];
  /** How many changes nobody needs to see, by their kind (src/snapshot/noise.ts). */
  readonly hidden: Readonly<Partial<Record<Noise, number>>>;
  /** Resources that the step makes and that are not there afterwards, in words. */
  readonly missing: readonly Text[];
}
