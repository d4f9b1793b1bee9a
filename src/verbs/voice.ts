import { isatty } from 'node:tty';
import type { Problem } from '../model/errors.ts';
import { problemLines } from '../render/problem.ts';
import { eventLine, shownProblem } from '../render/result.ts';
import type { Voice } from '../run/context.ts';

/** Terminal types are short words (term(7)); ctr replaces anything else by `linux`. */
function terminalType(term: string | undefined): string {
  return term !== undefined && /^[A-Za-z0-9._+-]{1,32}$/.test(term) ? term : 'linux';
}

/** Prints warnings, even under --quiet: they are no progress. */
export function tellWarnings(voice: Voice, warnings: readonly Problem[]): void {
  for (const warning of warnings) {
    if (voice.json) voice.tell(eventLine({ event: 'warning', ...shownProblem(warning) }));
    else for (const line of problemLines(warning, voice.language)) voice.tell(line);
  }
}

/** TERM, if the container gets the user's terminal. */
export function terminalOf(voice: Voice, detached: boolean): string | null {
  if (detached || !isatty(0) || !isatty(1)) return null;
  return terminalType(voice.environment.TERM);
}
