import { addressPattern } from '../config/ipv4.ts';
import { isOurGroup } from '../names.ts';
import type { Facts, LinkFact, NeighbourFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import { parseLinks } from './links.ts';
import type { Probe } from './probe.ts';
import { parseRoutes } from './routes.ts';
import { parseRules } from './rules.ts';

type Network = Pick<Facts, 'links' | 'routes' | 'rules' | 'neighbours'>;

/** States in which nobody has answered (ip-neighbour(8)). */
const silent = ['FAILED', 'INCOMPLETE', 'NOARP', 'NONE'];

/** Containers of ours are known by their runs' records. */
function parseNeighbours(stdout: string, links: readonly LinkFact[]): readonly NeighbourFact[] {
  const ours = new Set(links.filter(({ group }) => isOurGroup(group)).map(({ name }) => name));
  return parseJsonArray(stdout).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const [address, dev] = [textOf(entry.dst), textOf(entry.dev)];
    if (address === undefined || dev === undefined || !addressPattern.test(address)) return [];
    const states = Array.isArray(entry.state) ? entry.state : [];
    if (ours.has(dev) || states.some((state) => silent.includes(state))) return [];
    return [{ address, dev }];
  });
}

/** ip(8), `-batch`: a line for each request. */
export function parseNetwork(stdout: string): Network {
  const [linkLine = '', routeLine = '', ruleLine = '', neighbourLine = ''] = stdout.split('\n');
  const links = parseLinks(linkLine);
  const rules = parseRules(ruleLine);
  const neighbours = parseNeighbours(neighbourLine, links);
  return {
    links,
    routes: parseRoutes(routeLine),
    ...(rules === undefined ? {} : { rules }),
    ...(neighbours.length === 0 ? {} : { neighbours }),
  };
}

/**
 * Links with their addresses, the routes of all tables with the rules that choose between them, and the
 * neighbours, in one process. `root 0.0.0.0/0` says IPv4, which an option cannot: `ip -4` hides links
 * that have no address.
 */
export const network: Probe<Network> = {
  argv: ['ip', '-j', '-d', '-batch', '-'],
  input: ['addr show', 'route show table all root 0.0.0.0/0', 'rule show', 'neigh show'],
  parse: parseNetwork,
  absent: { links: [], routes: [] },
  needed: true,
};
