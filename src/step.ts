import type { Argv } from './command.ts';
import { markedRules, rulesLike } from './facts/firewall.ts';
import type { Facts } from './facts/index.ts';
import type { Attachment, Lab, LabContainer, LabNetwork } from './lab.ts';
import type { BridgeSettings, FirewallRule, Link, Resource, Sysctl } from './model/resource.ts';
import type { StepId } from './model/step-id.ts';
import type { Where } from './model/where.ts';
import { isRemovable } from './resources/index.ts';
import type { Text } from './text.ts';

export interface Command {
  readonly argv: Argv;
  /** Absent on the host. */
  readonly where?: Where;
  /** Standard input: a text, or the lines a tool reads as its own commands. A here-document where the plan is a script. */
  readonly input?: string | readonly Argv[];
  /** What there is once it has run. Empty for a command that changes nothing. */
  readonly makes: readonly Resource[];
  /** What a command of the way back removes. */
  readonly removes?: readonly Resource[];
  /** The commands that this one carries out in one process (src/batch.ts). */
  readonly batch?: readonly Command[];
  /** Starts this container's first process, which says its pid and then waits at its gate. */
  readonly starts?: string;
  /** Standard output goes to these containers' gates. */
  readonly gates?: readonly string[];
}

/** What a command makes, in the order in which it is made. */
export function madeBy({ batch, makes }: Command): readonly Resource[] {
  return batch === undefined ? makes : batch.flatMap(madeBy);
}

/** Of what a command makes, what is removed by a command of its own. */
export function removableOf(command: Command): readonly Resource[] {
  return madeBy(command).filter(isRemovable);
}

export interface Step {
  /** The name of the file that makes it. */
  readonly id: StepId;
  /** Which network, container or interface this one is for. */
  readonly of: string;
  /** Within a stretch, steps of different lanes need nothing of each other: they may go side by side. */
  readonly lane?: readonly [stretch: string, lane: string];
  readonly title: Text;
  /** The lesson: at most three sentences, true without the previous step. */
  readonly why: Text;
  readonly commands: readonly Command[];
  /** Made by a run that is still alive; the last run that uses it removes it. */
  readonly inherits?: readonly Resource[];
  /** Which steps of the staged plan this one does the work of, and what that saves. */
  readonly merges?: { readonly steps: readonly StepId[]; readonly saves: Text };
}

/** What a step is made for. */
export interface Scope {
  readonly lab: Lab;
  readonly facts: Facts;
}
/** Pure. Null when the host is already as this step would leave it. */
export type NetworkStep = (network: LabNetwork, scope: Scope) => Step | null;
export type ContainerStep = (container: LabContainer, scope: Scope) => Step | null;
export type AttachmentStep = (attachment: Attachment, scope: Scope) => Step | null;

/**
 * A change to something that several runs share: the first of them makes it, the last removes it.
 * @param also what the same command makes beside the shared resource.
 * @returns the command, or no command and the resource that a living run has recorded.
 */
export function sharedChange(
  facts: Facts,
  key: string,
  argv: Argv,
  made: Link | BridgeSettings | Sysctl | FirewallRule,
  also: readonly Resource[] = [],
): { commands: readonly Command[]; inherits: readonly Resource[] } {
  const held = facts.shared[key];
  if (held !== undefined) return { commands: [], inherits: [held] };
  const rules = markedRules(facts.firewall.ours);
  // Somebody has added the very same rule: it does its work, and is not ours to delete.
  if (made.kind === 'firewall-rule' && rulesLike(rules, argv.map(String)).length > 0) {
    return { commands: [], inherits: [] };
  }
  return { commands: [{ argv, makes: [{ ...made, shared: key }, ...also] }], inherits: [] };
}
