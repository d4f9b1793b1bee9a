import { addressPattern } from '../model/ipv4.ts';
import { isOurGroup } from '../model/names.ts';
import type { LinkFact, NeighbourFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';

/**
 * Those that have said their MAC (ip-neighbour(8)): of one that is only asked for, nobody knows whether it is
 * there. Containers on a link of ours are known by their runs' records.
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
