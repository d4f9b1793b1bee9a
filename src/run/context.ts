import { named } from '../exec/called.ts';
import type { Runner } from '../exec/runner.ts';
import type { Language, Text } from '../model/text.ts';

/** How ctr talks to the user. */
export interface Voice {
  readonly language: Language;
  /** Results as JSON, progress as JSON lines. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether ctr may wait for keys. */
  readonly mayAsk: boolean;
  /** Print each command as it runs. */
  readonly verbose: boolean;
  readonly color: boolean;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  /** Whether the user chose the state directory, by `--state-dir` or CTR_STATE_DIR. */
  readonly stateChosen: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal that gets colours. */
  readonly colorOnError: boolean;
  /** Writes a result to standard output. */
  print(text: string): void;
  /** Writes progress, a question or an error to standard error. */
  tell(text: string): void;
  /** As `tell`, for a text that ctr has coloured if colours are wanted there. */
  tellColored(text: string): void;
}

/** What every verb gets: how to talk to the user, and how to start processes. */
export interface Context extends Voice {
  readonly runner: Runner;
}

export function say(context: Pick<Context, 'language'>, text: Text): string {
  return named(text[context.language]);
}
