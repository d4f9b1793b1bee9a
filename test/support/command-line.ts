import { commandLine } from '../../src/cli/run.ts';
import { verbs } from '../../src/exec/called.ts';
import type { Language } from '../../src/model/text.ts';

/** The complete command line with all options of all verbs, in this language. */
export function wholeCommandLine(speaks: Language = 'en') {
  return commandLine({
    words: [...verbs],
    speaks,
    flags: { current: {} },
    json: false,
    end: () => undefined,
  });
}
