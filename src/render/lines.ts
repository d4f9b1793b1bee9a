import type { ShownEvent } from '../json/events.ts';
import type { Event } from '../model/events.ts';
import type { Language } from '../model/text.ts';
import { escapeControls } from './escape-controls.ts';
import { eventLine } from './result.ts';

export interface LineOptions {
  readonly language: Language;
  readonly verbose: boolean;
  readonly tell: (line: string) => void;
}

/** Above this number of steps, ctr prints one line for all steps of an id. */
export const manySteps = 60;

export const undoMarks = {
  done: '↩',
  gone: '·',
  kept: '=',
  'in-use': '=',
  'not-ours': '·',
  failed: '✘',
} as const;
/** Results that are printed even if undos are not. */
const worthTelling = ['failed', 'kept', 'in-use'];

/** Formats events as plain lines, for pipes, logs and `--verbose`. */
export function lines({ language, verbose, tell }: LineOptions): (event: Event) => void {
  let total = 0;
  let counts: Readonly<Record<string, number>> = {};
  const told = new Set<string>();
  let undone = 0;
  return (event) => {
    switch (event.event) {
      case 'plan':
        total = event.steps;
        counts = event.counts;
        return;
      case 'step': {
        if (total > manySteps && !verbose) {
          // One line for all steps of an id.
          if (told.has(event.id)) return;
          told.add(event.id);
          tell(`${event.id} × ${counts[event.id] ?? 1}   ${escapeControls(event.title[language])}`);
          return;
        }
        const number = String(event.step + 1).padStart(String(total).length);
        tell(`${number}/${total} ${escapeControls(event.title[language])}`);
        return;
      }
      case 'command':
        if (verbose) tell(`  + ${escapeControls(event.line)}`);
        return;
      case 'undo': {
        const notable = worthTelling.includes(event.result);
        if (!notable && !verbose) return;
        undone += 1;
        if (!notable && undone > manySteps) {
          if (undone === manySteps + 1) tell('  …');
          return;
        }
        const because = event.reason === undefined ? '' : `   (${escapeControls(event.reason)})`;
        tell(`  ${undoMarks[event.result]} ${escapeControls(event.line)}${because}`);
        return;
      }
      default:
        return;
    }
  };
}

/** An event as JSON has it. */
export function shownEvent(event: Event): ShownEvent {
  if (event.event !== 'failed') return event;
  const { exitCode, timedOut, signal, ...rest } = event.failure;
  return {
    event: 'failed',
    failure: {
      ...rest,
      exit_code: exitCode ?? null,
      signal: signal ?? null,
      timed_out: timedOut,
    },
  };
}

/** Formats events as JSON, one per line (docs/json.md). */
export function jsonLines(tell: (line: string) => void): (event: Event) => void {
  return (event) => tell(eventLine(shownEvent(event)));
}
