import type { HostView } from '../facts/index.ts';
import type { Lab } from '../model/lab.ts';
import { type Resource, sharedAs } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import { uplinksOf } from '../resolve/ways.ts';
import { removableOf } from '../resources/removable-of.ts';
import type { RunState } from '../state/record.ts';
import { pipeline } from '../steps/index.ts';
import type { NetworkStep } from '../steps/scope.ts';

/**
 * The steps that prepare the host for a network: `bridgeSteps` make its bridge, `waySteps` open its path to the outside
 * (forwarding and firewall).
 */
export const [bridgeSteps = [], ...waySteps] = pipeline.flatMap((section) =>
  section.each === 'network' ? [section.steps] : [],
);

/**
 * Whether a command must run for this resource. A recorded shared resource is repaired by the run's own command, except
 * a sysctl, which may need another write.
 */
function isNew(resource: Resource, recorded: ReadonlySet<string>): boolean {
  const shared = sharedAs(resource);
  return resource.kind === 'sysctl' || shared === undefined || !recorded.has(shared);
}

function sharedNames(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.flatMap((one) => sharedAs(one) ?? []));
}

/**
 * The commands of these steps that the host needs now and the run has not recorded: what was in order when the run came
 * up, or has become necessary since. Pure.
 */
export function lacking(
  steps: readonly NetworkStep[],
  lab: Lab,
  { facts, resources }: Pick<RunState, 'facts' | 'resources'>,
  host: HostView,
): readonly Command[] {
  const uplinks = uplinksOf(
    host,
    lab.networks.map(({ bridge }) => bridge),
  );
  const scope = { lab: { ...lab, uplinks }, facts: { ...facts, ...host, shared: {} } };
  const recorded = sharedNames(resources);
  return lab.networks.flatMap((network) =>
    steps.flatMap((step) => {
      const commands = step(network, scope)?.commands ?? [];
      const isDue = (command: Command) => removableOf(command).some((one) => isNew(one, recorded));
      if (!commands.some(isDue)) return [];
      return commands.filter((command) => removableOf(command).length === 0 || isDue(command));
    }),
  );
}

/**
 * The resources to add to the record before these commands run. @param held shared resources of living runs, by shared
 * name.
 */
export function newResources(
  commands: readonly Command[],
  resources: readonly Resource[],
  held: Readonly<Record<string, Resource>>,
): readonly Resource[] {
  const recorded = sharedNames(resources);
  return commands.flatMap(removableOf).flatMap((one) => {
    const shared = sharedAs(one);
    if (shared === undefined) return [one];
    return recorded.has(shared) ? [] : [held[shared] ?? one];
  });
}
