import type { Event } from '../engine/events.ts';
import type { Language } from '../text.ts';
import { visible, visibleJson } from './visible.ts';
import { wrap } from './wrap.ts';

export interface LineOptions {
  readonly language: Language;
  readonly verbose: boolean;
  /** Say what each step is for. */
  readonly explain?: boolean;
  readonly tell: (line: string) => void;
}

const undoMarks = { done: '↩', gone: '·', kept: '=', 'not-ours': '·', failed: '✘' } as const;

/** Events as plain lines: what a pipe, a log and `--verbose` see. */
export function lines({ language, verbose, explain, tell }: LineOptions): (event: Event) => void {
  let total = 0;
  return (event) => {
    switch (event.event) {
      case 'plan':
        total = event.steps;
        return;
      case 'step': {
        const number = String(event.step + 1).padStart(String(total).length);
        tell(`${explain === true ? '\n' : ''}${number}/${total} ${visible(event.title[language])}`);
        if (explain === true) {
          for (const line of wrap(event.why[language], 76)) tell(`    ${visible(line)}`);
        }
        return;
      }
      case 'command':
        if (verbose) tell(`  + ${visible(event.line)}`);
        return;
      case 'undo': {
        if (!verbose && event.result !== 'failed' && event.result !== 'kept') return;
        const because = event.reason === undefined ? '' : `   (${visible(event.reason)})`;
        tell(`  ${undoMarks[event.result]} ${visible(event.line)}${because}`);
        return;
      }
      default:
        return;
    }
  };
}

/** Events as JSON, one a line, in English and stable. */
export function jsonLines(tell: (line: string) => void): (event: Event) => void {
  return (event) => tell(visibleJson(event));
}
