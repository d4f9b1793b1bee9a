import type { Facts } from './index.ts';
import { parseLinks } from './links.ts';
import type { Probe } from './probe.ts';
import { parseRoutes } from './routes.ts';

/** ip(8), `-batch`: a line for each request. */
export function parseNetwork(stdout: string): Pick<Facts, 'links' | 'routes'> {
  const [links = '', routes = ''] = stdout.split('\n');
  return { links: parseLinks(links), routes: parseRoutes(routes) };
}

/** Links with their addresses, and the main table of routes, in one process. */
export const network: Probe<Pick<Facts, 'links' | 'routes'>> = {
  argv: ['ip', '-j', '-d', '-batch', '-'],
  input: ['addr show', 'route show'],
  parse: parseNetwork,
  absent: { links: [], routes: [] },
  needed: true,
};
