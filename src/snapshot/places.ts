import type { LinkState, NetworkState, Snapshot } from './snapshot.ts';

/** Every place of a snapshot: the host, the containers, the world. */
export function placesOf({ host, containers, world }: Snapshot): ReadonlyMap<string, NetworkState> {
  return new Map<string, NetworkState>([
    ['host', host],
    ...Object.entries(containers),
    ...(world === undefined ? [] : [['world', world] as const]),
  ]);
}

export function networkAt(snapshot: Snapshot, place: string): NetworkState | undefined {
  if (place === 'host') return snapshot.host;
  return place === 'world' ? snapshot.world : snapshot.containers[place];
}

export function linkAt(snapshot: Snapshot, place: string, name: string): LinkState | undefined {
  return networkAt(snapshot, place)?.links.find((link) => link.name === name);
}
