import type { HostView } from '../facts/index.ts';
import type { Lab } from '../model/lab.ts';
import { type Resource, sharedAs } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import { uplinksOf } from '../resolve/ways.ts';
import { removableOf } from '../resources/removable-of.ts';
import type { RunState } from '../state/record.ts';
import { pipeline } from '../steps/index.ts';
import type { NetworkStep } from '../steps/scope.ts';

/** The steps that prepare the host for a network: those that make its bridge, and those that open the ways out. */
export const [bridgeSteps = [], ...waySteps] = pipeline.flatMap((stretch) =>
  stretch.each === 'network' ? [stretch.steps] : [],
);

/** A value may have to be written more than once; anything else that is recorded is repaired by its own command. */
function isNew(resource: Resource, recorded: ReadonlySet<string>): boolean {
  const shared = sharedAs(resource);
  return resource.kind === 'sysctl' || shared === undefined || !recorded.has(shared);
}

function sharedNames(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.flatMap((one) => sharedAs(one) ?? []));
}

/**
 * What these steps would do on the host as it is now, beyond what the run has recorded: things that it found
 * in order when it came up, or that have become needed since. Pure.
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

/** What the record must gain before these commands run. @param held by living runs, by what is shared. */
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
