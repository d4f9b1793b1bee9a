import type { HostView } from '../facts/index.ts';
import { uplinksOf } from '../lab/ways.ts';
import type { Lab } from '../lab.ts';
import { type Command, type NetworkStep, undosOf } from '../step.ts';
import { pipeline } from '../steps/index.ts';
import type { Undo } from '../undo.ts';
import type { RunState } from './state-file.ts';

/** The steps that prepare the host for a network: those that make its bridge, and those that open the ways out. */
export const [bridgeSteps = [], ...waySteps] = pipeline.flatMap((stretch) =>
  stretch.each === 'network' ? [stretch.steps] : [],
);

/** A switch may have to be thrown more than once; of anything else, what is recorded is repaired by its own command. */
function isNew(undo: Undo, recorded: ReadonlySet<string>): boolean {
  return undo.kind === 'restore-sysctl' || undo.shared === undefined || !recorded.has(undo.shared);
}

/**
 * What these steps would do on the host as it is now, beyond what the run has recorded: things that it found
 * in order when it came up, or that have become needed since. Pure.
 */
export function lacking(
  steps: readonly NetworkStep[],
  lab: Lab,
  { facts, undos }: Pick<RunState, 'facts' | 'undos'>,
  host: HostView,
): readonly Command[] {
  const uplinks = uplinksOf(
    host,
    lab.networks.map(({ bridge }) => bridge),
  );
  const scope = { lab: { ...lab, uplinks }, facts: { ...facts, ...host, shared: {} } };
  const recorded = new Set(undos.flatMap(({ shared }) => shared ?? []));
  return lab.networks.flatMap((network) =>
    steps.flatMap((step) => {
      const commands = step(network, scope)?.commands ?? [];
      const isDue = (command: Command) => undosOf(command).some((undo) => isNew(undo, recorded));
      if (!commands.some(isDue)) return [];
      return commands.filter((command) => undosOf(command).length === 0 || isDue(command));
    }),
  );
}

/** What the record must gain before these commands run. @param held by living runs, by what is shared. */
export function newUndos(
  commands: readonly Command[],
  undos: readonly Undo[],
  held: Readonly<Record<string, Undo>>,
): readonly Undo[] {
  const recorded = new Set(undos.flatMap(({ shared }) => shared ?? []));
  return commands
    .flatMap(undosOf)
    .filter(({ shared }) => shared === undefined || !recorded.has(shared))
    .map((undo) => (undo.shared === undefined ? undo : (held[undo.shared] ?? undo)));
}
