import type { Argv } from './command.ts';
import type { Resource } from './resource.ts';
import type { StepId } from './step-id.ts';
import type { Text } from './text.ts';
import type { Where } from './where.ts';
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
  /** The commands that this one carries out in one process (src/model/batch.ts). */
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
