import type { Text } from '../../model/text.ts';
import type { Context, Voice } from '../../run/context.ts';

/** What the verbs need from the command line. */
export interface Surroundings {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly say: (text: Text) => string;
  readonly voice: () => Voice;
  readonly context: () => Promise<Context>;
  /** Called with the exit code. */
  readonly end: (code: number) => void;
}

export interface HostFlags {
  readonly sandbox?: boolean;
  readonly host?: boolean;
}
