import type { Topology } from './topology.ts';

/** The lists of elements that a topology has. */
const lists = [
  'places',
  'devices',
  'addresses',
  'routes',
  'cables',
  'forwarding',
  'rules',
] as const satisfies readonly (keyof Topology)[];

type AnyElement = Topology[(typeof lists)[number]][number];

const notCompared: readonly string[] = ['id', 'status', 'was', 'names'];

function written(value: unknown): string {
  return value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
}

function changesOf<T extends AnyElement>(before: T, after: T): Readonly<Record<string, string>> {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const value = (one: T, field: string) =>
    written((one as unknown as Record<string, unknown>)[field]);
  return Object.fromEntries(
    fields
      .filter(
        (field) => !notCompared.includes(field) && value(before, field) !== value(after, field),
      )
      .map((field) => [field, value(before, field)]),
  );
}

/** All elements of both, those that only one has in its place among the others. */
function mergedIds(before: readonly AnyElement[], after: readonly AnyElement[]): readonly string[] {
  const ids = after.map(({ id }) => id);
  before.forEach(({ id }, at) => {
    if (ids.includes(id)) return;
    const previous = before[at - 1]?.id;
    ids.splice(previous === undefined ? 0 : ids.indexOf(previous) + 1, 0, id);
  });
  return ids;
}

function comparedList<T extends AnyElement>(
  before: readonly T[],
  after: readonly T[],
): readonly T[] {
  const old = new Map(before.map((one) => [one.id, one]));
  const now = new Map(after.map((one) => [one.id, one]));
  return mergedIds(before, after).flatMap((id): T[] => {
    const [was, is] = [old.get(id), now.get(id)];
    if (is === undefined) return was === undefined ? [] : [{ ...was, status: 'gone' }];
    if (was === undefined) return [{ ...is, status: 'new' }];
    const changes = changesOf(was, is);
    return Object.keys(changes).length === 0
      ? [{ ...is, status: 'same' }]
      : [{ ...is, status: 'changed', was: changes }];
  });
}

function mapLists(
  topology: Topology,
  map: <T extends AnyElement>(name: (typeof lists)[number], list: readonly T[]) => readonly T[],
): Topology {
  return {
    ...topology,
    places: map('places', topology.places),
    devices: map('devices', topology.devices),
    addresses: map('addresses', topology.addresses),
    routes: map('routes', topology.routes),
    cables: map('cables', topology.cables),
    forwarding: map('forwarding', topology.forwarding),
    rules: map('rules', topology.rules),
  };
}

/** The elements of both topologies, each with what has become of it. Pure. */
export function compareTopologies(before: Topology, after: Topology): Topology {
  return mapLists(after, <T extends AnyElement>(name: (typeof lists)[number], list: readonly T[]) =>
    comparedList(before[name] as unknown as readonly T[], list),
  );
}

/** The elements of all these topologies: what is laid out, so that nothing moves from one to the next. */
export function unionOf(first: Topology, others: readonly Topology[]): Topology {
  return others.reduce(compareTopologies, first);
}
