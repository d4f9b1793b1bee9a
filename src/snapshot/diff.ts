import type { Change } from './change.ts';
import { pairLinks } from './link-changes.ts';
import { interfaceOf, networkChanges } from './network-changes.ts';
import { placesOf } from './places.ts';
import { processChanges } from './process-changes.ts';
import type { ContainerState, Snapshot } from './snapshot.ts';

/** The state in which a container's namespaces begin: a loopback that is down, and nothing else. */
function fresh(state: ContainerState): ContainerState {
  const sysctls = Object.entries(state.sysctls).filter(([key]) => {
    const { dev = 'lo' } = interfaceOf(key);
    return dev === 'lo';
  });
  return {
    links: state.links
      .filter(({ kind }) => kind === 'loopback')
      .map((lo) => ({ ...lo, up: false, state: 'DOWN', carrier: false, addresses: [] })),
    routes: [],
    rules: state.rules,
    neighbours: [],
    fdb: [],
    firewall: [],
    sysctls: Object.fromEntries(sysctls),
    process: state.process,
  };
}

/** Everything that differs between two snapshots, place by place; noise included. */
export function compare(before: Snapshot, after: Snapshot): readonly Change[] {
  const begun = Object.keys(after.containers).filter((name) => !(name in before.containers));
  const ended = Object.keys(before.containers).filter((name) => !(name in after.containers));
  const containers = { ...before.containers };
  for (const name of begun) containers[name] = fresh(after.containers[name] as ContainerState);
  const was = placesOf({ ...before, containers });
  const is = placesOf(after);
  const pairs = pairLinks(was, is);
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((place): readonly Change[] => {
    const [old, now] = [was.get(place), is.get(place)];
    if (now === undefined) {
      if (!ended.includes(place)) return [];
      return [
        { place, op: 'removed', object: 'process', of: 'process 1' },
        { place, op: 'removed', object: 'namespace', of: 'namespaces' },
      ];
    }
    if (old === undefined) return [];
    const [first, last] = [containers[place], after.containers[place]];
    return [
      ...(begun.includes(place)
        ? [
            { place, op: 'added', object: 'namespace', of: 'namespaces' } as const,
            {
              place,
              op: 'added',
              object: 'process',
              of: 'process 1',
              to: last?.process.command.join(' ') ?? '',
            } as const,
          ]
        : []),
      ...networkChanges(place, old, now, pairs),
      ...(first === undefined || last === undefined
        ? []
        : processChanges(place, first.process, last.process)),
    ];
  });
}
