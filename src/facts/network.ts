import type { Facts } from './index.ts';
import { parseLinks } from './links.ts';
import { parseNeighbours } from './neighbours.ts';
import type { Probe } from './probe.ts';
import { parseRoutes } from './routes.ts';
import { parseRules } from './rules.ts';

type Network = Pick<Facts, 'links' | 'routes' | 'rules' | 'neighbours'>;

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
