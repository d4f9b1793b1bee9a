import type { RouteFact, RuleFact } from '../facts/index.ts';
import { usualRules } from '../facts/rules.ts';
import type { Place } from '../model/place.ts';

/** How a packet passes one namespace, as its state says it would. */
export interface Leg {
  readonly place: Place;
  /** The interface by which it enters; absent at the sender. */
  readonly in?: string;
  /** The bridge port by which it enters, where `in` is a bridge. */
  readonly inPort?: string;
  /**
   * `bridged` when it only passes a bridge, from port to port; `deliver` where it is for this namespace, also when it
   * came from there; `none` where no route leads on.
   */
  readonly does: 'send' | 'forward' | 'deliver' | 'bridged' | 'none';
  /** The policy rule that led to the route, or decided itself, where it is none of those that every host has. */
  readonly rule?: RuleFact;
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
  /** Addresses when it leaves, where address translation has changed them. */
  readonly translated?: { readonly source: string; readonly destination: string };
  /** Frames at its bridge come to the hooks of IP as well, before the bridge decides (br_netfilter). */
  readonly bridgeFiltered?: true;
  /** A rule or route that may or may not apply could lead it elsewhere. */
  readonly unsure?: true;
}

export function isUnusual(rule: RuleFact | undefined): rule is RuleFact {
  return rule !== undefined && !usualRules.some(({ priority }) => priority === rule.priority);
}
