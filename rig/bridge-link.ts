import type { LinkFact } from '../src/facts/index.ts';

/** A bridge as in the facts of a host. */
export function bridgeLink(name: string, ...addresses: readonly string[]): LinkFact {
  return {
    name,
    kind: 'bridge',
    group: 0,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    up: true,
    addresses,
    altnames: [],
  };
}
