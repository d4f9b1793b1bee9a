import { joined } from './model/batch.ts';
import { cmd } from './model/command.ts';
import type { Kind, Resource } from './model/resource.ts';
import type { Command, Step } from './model/step.ts';
import { isRemovable, removalOf, removeArgv } from './resources/index.ts';

export interface TeardownOptions {
  /** The name of the run. */
  readonly run: string;
  /** The link group of the run. */
  readonly group: number;
  readonly order: TeardownOrder;
}

/**
 * - exact: the exact reverse of the way there, a command for each resource.
 * - lanes: a command for each kind, in two lanes that run side by side (docs/decisions/0026).
 */
export const teardownOrders = ['exact', 'lanes'] as const;
export type TeardownOrder = (typeof teardownOrders)[number];

/**
 * The lanes. A lane does not wait for the other one.
 * - The containers end first: a cgroup can be removed once its processes have ended, and most veth pairs go with
 *   their namespaces.
 * - Links go before a bridge that was there before them is set back: it is empty only then.
 * - The values come before the rules: a value is read and written in no time, and the containers end meanwhile.
 */
export const lanes: readonly (readonly [lane: string, kinds: readonly Kind[]])[] = [
  ['containers', ['process', 'cgroup', 'link', 'bridge-settings']],
  ['filter', ['sysctl', 'firewall-rule']],
];

function stepFor(
  resources: readonly Resource[],
  { run }: TeardownOptions,
  commands: readonly Command[],
): Omit<Step, 'lane'> | undefined {
  const [first] = resources;
  const removal = first && removalOf(first);
  if (removal === undefined) return undefined;
  const { id, title, why } = removal;
  return { id, of: run, title, why, commands };
}

/** The command that removes one resource. */
export function removeOne(resource: Resource): Command {
  return { argv: removeArgv(resource), makes: [], removes: [resource] };
}

/** One command for several resources of a kind; for one alone, its own. */
export function removeAll(resources: readonly Resource[], group: number): Command {
  const [first] = resources;
  if (first === undefined) return { argv: cmd`true`, makes: [] };
  if (resources.length === 1) return removeOne(first);
  const all = removalOf(first)?.all?.(resources, group) ?? joined(resources.map(removeOne));
  return { ...all, removes: resources };
}

/** The last change first, a step for neighbours of one kind. */
function exact(due: readonly Resource[], options: TeardownOptions): readonly Step[] {
  const groups: Resource[][] = [];
  for (const resource of due) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === resource.kind) group.push(resource);
    else groups.push([resource]);
  }
  return groups.flatMap((group) => stepFor(group, options, group.map(removeOne)) ?? []);
}

function inLanes(due: readonly Resource[], options: TeardownOptions): readonly Step[] {
  return lanes.flatMap(([lane, kinds]) =>
    kinds.flatMap((kind): readonly Step[] => {
      const own = due.filter((one) => one.kind === kind);
      const step = stepFor(own, options, [removeAll(own, options.group)]);
      return step === undefined ? [] : [{ ...step, lane: ['teardown', lane] }];
    }),
  );
}

/**
 * The way back, as a plan. Pure. What turns out to be gone already, not ours, or still used by another run is left
 * out when it runs, and that is said in its place.
 * @param resources in the order in which they were made.
 */
export function teardown(
  resources: readonly Resource[],
  options: TeardownOptions,
): readonly Step[] {
  const due = resources.filter(isRemovable).toReversed();
  switch (options.order) {
    case 'exact':
      return exact(due, options);
    case 'lanes':
      return inLanes(due, options);
  }
}
