import { addressPattern } from '../model/ipv4.ts';
import { isOurGroup } from '../model/names.ts';
import type { LinkFact, NeighbourFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';

/**
 * Neighbours with a known MAC address. The kernel also lists addresses that did not answer (ip-neighbour(8)); ctr omits
 * these. It also omits neighbours on its own links, since the runs' records list the containers there.
 */
export function parseNeighbours(
  stdout: string,
  links: readonly LinkFact[],
): readonly NeighbourFact[] {
  const ours = new Set(links.filter(({ group }) => isOurGroup(group)).map(({ name }) => name));
  return parseJsonArray(stdout).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const [address, dev, mac] = [entry.dst, entry.dev, entry.lladdr].map(textOf);
    const state = Array.isArray(entry.state) ? textOf(entry.state[0]) : undefined;
    if (address === undefined || dev === undefined || mac === undefined) return [];
    if (ours.has(dev) || !addressPattern.test(address) || state === undefined || state === 'FAILED')
      return [];
    return [{ address, dev, mac, state }];
  });
}
