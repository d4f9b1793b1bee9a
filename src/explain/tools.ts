import type { Facts } from '../facts/index.ts';
import type { Argv } from '../model/command.ts';
import type { Command, Step } from '../model/step.ts';
import { examples } from './examples.ts';

/** An example's steps there and back. */
export interface ExamplePlan {
  readonly there: readonly Step[];
  readonly back: readonly Step[];
}

/** What the program itself has and this part needs: it is bundled without the code that plans. */
export interface Tools {
  /** The plan of a config on a host, staged or fast. */
  readonly plan: (config: string, facts: Facts, fast: boolean) => ExamplePlan;
  /** A command as a person would type it, without its input. */
  readonly lines: (command: Command) => readonly string[];
  /** The commands that remove what a command makes. */
  readonly undo: (command: Command) => readonly Argv[];
}

/** The plans of the examples, staged and fast. */
export function* examplePlans({ plan }: Tools): Generator<ExamplePlan> {
  for (const { config, facts } of examples) {
    for (const fast of [false, true]) yield plan(config, facts, fast);
  }
}

/** The first step of this id in the plans of the examples. */
export function exampleStep(tools: Tools, id: string): Step | undefined {
  for (const { there, back } of examplePlans(tools)) {
    const found = [...there, ...back].find((step) => step.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
