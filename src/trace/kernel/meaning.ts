import type { Text } from '../../model/text.ts';

export interface Meaning {
  readonly says: Text;
  /** Causes of the table of diagnoses that end like this. */
  readonly causes: readonly string[];
}

export const means = (says: Text, ...causes: readonly string[]): Meaning => ({ says, causes });

export const filters = [
  ...['output-filter', 'ingress-filter', 'bridge-filter', 'bridge-netfilter', 'forward-policy'],
  ...['forward-rule', 'forward-reject', 'forward-table', 'target-filter', 'published-port-filter'],
  ...['reply-filter', 'conntrack-full', 'neighbour-arp-filter', 'chain-flushed'],
  // Where a rule or route leads it, no rule accepts it.
  ...['diverted', 'host-route-elsewhere', 'host-policy', 'subnet-taken'],
];

export const wrongWay = [
  ...['route-missing', 'host-route-missing', 'reply-route', 'masquerade-missing'],
  ...['masquerade-elsewhere', 'conntrack-stale', 'not-tracked', 'chain-flushed', 'subnet-taken'],
];
