import type { RouteFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import type { Probe } from './probe.ts';

export function parseRoutes(stdout: string): readonly RouteFact[] {
  return parseJsonArray(stdout).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const to = textOf(entry.dst);
    const dev = textOf(entry.dev);
    const gateway = textOf(entry.gateway);
    if (to === undefined || dev === undefined) return [];
    return [{ to, dev, ...(gateway === undefined ? {} : { gateway }) }];
  });
}

/** ip-route(8): the main table. */
export const routes: Probe<readonly RouteFact[]> = {
  argv: ['ip', '-j', '-4', 'route', 'show'],
  parse: parseRoutes,
  absent: [],
  needed: true,
};
