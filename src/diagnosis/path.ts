import type { Place } from '../model/place.ts';
import type { RouteFact } from '../facts/index.ts';

/** How a packet passes one namespace, as its state says it would. */
export interface Leg {
  readonly place: Place;
  /** The interface by which it enters; absent at the sender. */
  readonly in?: string;
  /** The bridge port by which it enters, where `in` is a bridge. */
  readonly inPort?: string;
  /** `bridged` when it only passes a bridge, from port to port. */
  readonly does: 'send' | 'forward' | 'deliver' | 'bridged' | 'none';
  /** The route that the kernel chooses; absent where there is none, or none is needed. */
  readonly route?: RouteFact;
  /** The interface by which it leaves, and the bridge port behind it. */
  readonly out?: string;
  readonly outPort?: string;
  /** The address whose MAC is asked for before it leaves. */
  readonly nextHop?: string;
  /** Addresses when it enters. */
  readonly source: string;
  readonly destination: string;
}

/** The way that the state of the namespaces implies for a question. It ends where no further leg follows. */
export interface Path {
  readonly there: readonly Leg[];
  readonly back: readonly Leg[];
  /** Whether the last leg of `there` delivers at the target. */
  readonly arrives: boolean;
  readonly returns: boolean;
}
