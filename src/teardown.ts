import { joined } from './model/batch.ts';
import { cmd } from './model/command.ts';
import type { Kind, Resource } from './model/resource.ts';
import { toolOf } from './model/rule.ts';
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
 * - exact: the plan's order reversed, one command for each resource.
 * - lanes: one command for each kind, in two lanes that run in parallel (docs/decisions/0026).
 */
export const teardownOrders = ['exact', 'lanes'] as const;
export type TeardownOrder = (typeof teardownOrders)[number];

/**
 * The two lanes. Neither waits for the other.
 * - Containers end first: a cgroup can be removed only after its processes have ended, and the kernel removes most veth
 *   pairs with their network namespaces.
 * - Links come before bridge-settings: ctr restores a bridge that existed before it once the bridge has lost its ports.
 * - Sysctls come before firewall rules: they take almost no time, and the containers end meanwhile. What is open only
 *   behind a rule is closed before the rule goes.
 * - Connections come after the rules that would make new ones.
 */
export const lanes: readonly (readonly [lane: string, kinds: readonly Kind[]])[] = [
  ['containers', ['process', 'cgroup', 'link', 'bridge-settings']],
  ['filter', ['sysctl', 'firewall-rule', 'nft-table', 'connections']],
];

function stepFor(
  resources: readonly Resource[],
  { run }: TeardownOptions,
  commands: readonly Command[],
): Omit<Step, 'lane'> | undefined {
  const [first] = resources;
  const removal = first && removalOf(first);
  if (removal === undefined) return undefined;
  const { id, why } = removal;
  const title = removal.titleOf?.(resources) ?? removal.title;
  return { id, of: run, title, why, commands };
}

/** The command that removes one resource. */
export function removeOne(resource: Resource): Command {
  return { argv: removeArgv(resource), makes: [], removes: [resource] };
}

/** One command that removes several resources of a kind. */
export function removeAll(resources: readonly Resource[], group: number): Command {
  const [first] = resources;
  if (first === undefined) return { argv: cmd`true`, makes: [] };
  if (resources.length === 1) return removeOne(first);
  const all = removalOf(first)?.all?.(resources, group) ?? joined(resources.map(removeOne));
  return { ...all, removes: resources };
}

/** Undoes the last change first. Consecutive resources of one kind share a step. */
function exact(due: readonly Resource[], options: TeardownOptions): readonly Step[] {
  const groups: Resource[][] = [];
  for (const resource of due) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === resource.kind) group.push(resource);
    else groups.push([resource]);
  }
  return groups.flatMap((group) => stepFor(group, options, group.map(removeOne)) ?? []);
}

/** The rules of each family: one transaction of iptables-restore(8) is about one of them. */
function families(rules: readonly Resource[]): readonly (readonly Resource[])[] {
  const isSix = (one: Resource) => one.kind === 'firewall-rule' && toolOf(one.rule) === 'ip6tables';
  const all = [rules.filter((one) => !isSix(one)), rules.filter(isSix)];
  return all.filter((some) => some.length > 0);
}

function inLanes(due: readonly Resource[], options: TeardownOptions): readonly Step[] {
  return lanes.flatMap(([lane, kinds]) =>
    kinds.flatMap((kind): readonly Step[] => {
      const own = due.filter((one) => one.kind === kind);
      const sets = kind === 'firewall-rule' ? families(own) : [own];
      const commands = sets.map((set) => removeAll(set, options.group));
      const step = stepFor(own, options, commands);
      return step === undefined ? [] : [{ ...step, lane: ['teardown', lane] }];
    }),
  );
}

/**
 * Pure: the way back, as a plan. When ctr runs it, it skips resources that are gone already, are not ctr's, or are used
 * by another run, and reports each of them.
 * @param resources in the order in which the run made them.
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
