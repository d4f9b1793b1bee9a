import { sleep } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import type { Resource } from '../model/resource.ts';
import { absent } from './appearance.ts';
import { departures } from './departures.ts';
import { placesOf } from './places.ts';
import { readSnapshot, type Where } from './read.ts';
import type { LinkState, NetworkState, Snapshot } from './snapshot.ts';

/** Milliseconds after which a state that still changes is taken as it is. The kernel may tell of a carrier a second late. */
const limitMs = 2000;
/** Milliseconds between two readings: the kernel's work queues are faster. */
const pauseMs = 5;

/** Whether the kernel has not yet told what the carrier means: it does so in a work queue (RFC 2863, linkwatch). */
function isPending({ up, carrier, state, port, addresses }: LinkState): boolean {
  if (!up) return false;
  const late = carrier
    ? state === 'DOWN' || state === 'LOWERLAYERDOWN' || port?.state === 'disabled'
    : state === 'UP' || state === 'UNKNOWN';
  return late || addresses.some(({ scope, tentative }) => tentative && scope === 'global');
}

/** Routes follow the carrier of their interface. */
function hasPendingRoute({ links, routes }: NetworkState): boolean {
  return routes.some(({ dev, linkdown = false, table, type }) => {
    if (table !== 'main' || type !== 'unicast') return false;
    const link = links.find(({ name }) => name === dev);
    return link?.up === true && link.carrier === linkdown;
  });
}

/** Whether the kernel is still at work on what has been done. */
export function isUnsettled(snapshot: Snapshot): boolean {
  return [...placesOf(snapshot).values()].some(
    (network) => network.links.some(isPending) || hasPendingRoute(network),
  );
}

/**
 * Reads until two readings are equal and nothing is pending, for two seconds at most.
 * @param makes resources of the step that has run: they are waited for as well.
 */
export async function readSettled(
  runner: Runner,
  where: Where,
  makes: readonly Resource[] = [],
): Promise<Snapshot> {
  const end = performance.now() + limitMs;
  for (;;) {
    const first = await readSnapshot(runner, where);
    const again = await readSnapshot(runner, where, first);
    const settled =
      !isUnsettled(again) &&
      absent(makes, again).length === 0 &&
      departures(first, again).length === 0;
    if (settled || performance.now() > end) return again;
    await sleep(pauseMs);
  }
}
