import { named } from '../exec/called.ts';
import type { Runner } from '../exec/runner.ts';
import type { Language, Text } from '../model/text.ts';

/** How to speak. */
export interface Voice {
  readonly language: Language;
  /** Results as JSON, progress as JSON lines. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** Echo each command as it runs. */
  readonly verbose: boolean;
  readonly color: boolean;
  /** Where runs are recorded: an absolute path. */
  readonly stateDir: string;
  /** The user has named it, by `--state-dir` or CTR_STATE_DIR. */
  readonly stateChosen: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Results: standard output. */
  print(text: string): void;
  /** Progress, questions and errors: standard error. */
  tell(text: string): void;
}

/** What every verb is given: how to speak, and the door to processes. */
export interface Context extends Voice {
  readonly runner: Runner;
}

export function say(context: Pick<Context, 'language'>, text: Text): string {
  return named(text[context.language]);
}
