import { commandLine } from '../../src/cli/run.ts';
import { verbs } from '../../src/exec/called.ts';
import type { Language } from '../../src/model/text.ts';

/** The command line with every option of every verb, as somebody of this language would see it. */
export function wholeCommandLine(speaks: Language = 'en') {
  return commandLine({
    words: [...verbs],
    speaks,
    flags: { current: {} },
    json: false,
    end: () => undefined,
  });
}
