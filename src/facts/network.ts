import type { Facts } from './index.ts';
import { parseLinks } from './links.ts';
import { parseNeighbours } from './neighbours.ts';
import type { Probe } from './probe.ts';
import { parseRoutes } from './routes.ts';
import { parseRules } from './rules.ts';

type Network = Pick<Facts, 'links' | 'routes' | 'rules' | 'neighbours'>;

/** With `-batch`, ip(8) prints one line of JSON for each command. */
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
 * Reads links, addresses, the routes of all tables, policy rules and neighbours in one process. `root 0.0.0.0/0`
 * selects IPv4 routes. The option `-4` would apply to the whole batch, and hide links without an IPv4 address.
 */
export const network: Probe<Network> = {
  argv: ['ip', '-j', '-d', '-batch', '-'],
  input: ['addr show', 'route show table all root 0.0.0.0/0', 'rule show', 'neigh show'],
  parse: parseNetwork,
  absent: { links: [], routes: [] },
  needed: true,
};
