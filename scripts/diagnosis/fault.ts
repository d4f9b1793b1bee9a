import type { Place } from '../../src/model/place.ts';

/** A line of shell, and the network namespace in which it runs. */
export interface Edit {
  readonly place: Place;
  readonly line: string;
  /** It needs the mounts of the container too, such as its /etc. */
  readonly files?: true;
}

/** Who is to reach whom. Before the fault it works, with the fault it does not. */
export interface Question {
  readonly from: Place;
  /** An IPv4 address or a name. */
  readonly to: string;
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly port?: number;
  /** Bytes of the IP packet. */
  readonly size?: number;
}

/** What is known about a fault because it was made on purpose. */
export interface Truth {
  /**
   * Ids of causes that are right: each names the edit. Empty where no row of the table fits: then "unknown" is right.
   */
  readonly causes: readonly string[];
  /**
   * Ids that are right where another promise of the lab is judged, as `ctr why` does: the same rule that drops what comes
   * to a container also drops the answers to what it sends.
   */
  readonly others?: readonly string[];
  /** Namespaces that may be named as the place. */
  readonly at: readonly Place[];
  /** Which packet is lost; absent where either may be said. */
  readonly direction?: 'there' | 'back';
}

interface Change {
  readonly plant: readonly Edit[];
  readonly mend: readonly Edit[];
}

/** One thing that is wrong, planted in a lab by a single edit. */
export interface Fault extends Change {
  /** Unique in its family and lab. */
  readonly id: string;
  /** Asked of `ctr why` only: `ctr trace` takes IPv4 addresses. */
  readonly untraceable?: true;
  readonly question: Question;
  readonly truth: Truth;
  /** What must be there for the question to make sense; it is set up before and is no part of the fault. */
  readonly scene?: Change;
  /** Edits of the plan: the lab is brought up anew with this config. */
  readonly config?: (config: LabConfig) => unknown;
  /** Learnt MAC addresses are part of the fault: they are kept when it has been planted. */
  readonly keepNeighbours?: true;
  /** The edit is harmless: the question still works, and nothing may be reported. */
  readonly harmless?: true;
}

export interface LabConfig {
  readonly networks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly containers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
