import type { Argv } from './command.ts';
import type { Resource } from './resource.ts';
import type { StepId } from './step-id.ts';
import type { Text } from './text.ts';
import type { Where } from './where.ts';
export interface Command {
  readonly argv: Argv;
  /** Absent on the host. */
  readonly where?: Where;
  /** Standard input: a text, or lines that the tool reads as commands. A script has it as a here-document. */
  readonly input?: string | readonly Argv[];
  /** The resources that the command makes. Empty if it changes nothing. */
  readonly makes: readonly Resource[];
  /** The resources that a command of the way back removes. */
  readonly removes?: readonly Resource[];
  /** The commands that this one runs in one process (src/model/batch.ts). */
  readonly batch?: readonly Command[];
  /** The container whose first process this command starts. The process reports its pid and waits at its gate. */
  readonly starts?: string;
  /** Containers whose gates get the command's standard output. */
  readonly gates?: readonly string[];
}

/** A command's resources in the order in which it makes them. */
export function madeBy({ batch, makes }: Command): readonly Resource[] {
  return batch === undefined ? makes : batch.flatMap(madeBy);
}

export interface Step {
  /** The name of the file that makes the step. */
  readonly id: StepId;
  /** The network, container or interface that the step is for. */
  readonly of: string;
  /** Steps of the same phase in different lanes are independent and may run side by side. */
  readonly lane?: readonly [phase: string, lane: string];
  readonly title: Text;
  /** The lesson: at most three sentences that make sense without the previous step. */
  readonly why: Text;
  readonly commands: readonly Command[];
  /** Resources that a living run made; the last run that uses them removes them. */
  readonly inherits?: readonly Resource[];
  /** The staged steps whose work this step does, and what that saves. */
  readonly merges?: { readonly steps: readonly StepId[]; readonly saves: Text };
}
