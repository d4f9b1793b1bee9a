import type { Argv } from './command.ts';
import { markedRules, rulesLike } from './facts/firewall.ts';
import type { Facts } from './facts/index.ts';
import type { Attachment, Lab, LabContainer, LabNetwork } from './lab.ts';
import type { Text } from './text.ts';
import type { Undo } from './undo.ts';

export interface Command {
  readonly argv: Argv;
  /** Standard input: a text, or the lines a tool reads as its own commands. A here-document where the plan is a script. */
  readonly input?: string | readonly Argv[];
  /** Absent when the undo of an earlier command takes this one with it. */
  readonly undo?: Undo;
  /** The commands that this one carries out in one process, each with its undo (src/batch.ts). */
  readonly batch?: readonly Command[];
  /** Starts this container's first process, which says its pid and then waits at its gate. */
  readonly starts?: string;
  /** Standard output goes to these containers' gates. */
  readonly gates?: readonly string[];
}

/** How a command is taken back, in the order in which its changes are made. */
export function undosOf(command: Command): readonly Undo[] {
  if (command.batch !== undefined) return command.batch.flatMap(undosOf);
  return command.undo === undefined ? [] : [command.undo];
}

/** A change the step declares; what a snapshot shows beyond these is a surprise. */
export interface Effect {
  readonly kind: 'link' | 'address' | 'route' | 'process' | 'file' | 'mount' | 'sysctl' | 'rule';
  /** `host`, or the container whose namespaces it happens in. */
  readonly where: string;
  readonly what: string;
}

export interface Step {
  /** The name of the file that makes it. */
  readonly id: string;
  /** Which network, container or interface this one is for. */
  readonly of: string;
  /** Within a stretch, steps of different lanes need nothing of each other: they may go side by side. */
  readonly lane?: readonly [stretch: string, lane: string];
  readonly title: Text;
  /** The lesson: at most three sentences, true without the previous step. */
  readonly why: Text;
  readonly commands: readonly Command[];
  /** Made by a run that is still alive; the last of us takes it back. */
  readonly inherits?: readonly Undo[];
  readonly effects: readonly Effect[];
  /** Which steps of the staged plan this one does the work of, and what that saves. */
  readonly merges?: { readonly steps: readonly string[]; readonly saves: Text };
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
 * A change to something that several runs share: made by the first of them, taken back by the last.
 * @returns the command, or nothing to do and the undo that a living run has recorded for it.
 */
export function sharedChange(
  facts: Facts,
  key: string,
  argv: Argv,
  undo: Undo,
): { commands: readonly Command[]; inherits: readonly Undo[] } {
  const held = facts.shared[key];
  if (held !== undefined) return { commands: [], inherits: [held] };
  const rules = markedRules(facts.firewall.ours);
  // Somebody has the very same rule: it does its work, and it is not ours to take back.
  if (undo.kind === 'delete-rule' && rulesLike(rules, argv.map(String)).length > 0) {
    return { commands: [], inherits: [] };
  }
  return { commands: [{ argv, undo: { ...undo, shared: key } }], inherits: [] };
}
