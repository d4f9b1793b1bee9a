import { parseConfig } from '../config/parse.ts';
import type { Tools } from '../explain/tools.ts';
import { planFor, wayBack } from '../plan.ts';
import { commandLines } from '../render/text.ts';
import { removeArgv } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';

/** What `ctr explain` needs of the rest of the program. */
export const explainTools: Tools = {
  plan(config, facts, fast) {
    const parsed = parseConfig(config, 'tutorial.json').config;
    if (parsed === undefined) throw new Error('an example that is no config');
    const plan = planFor(parsed, facts, fast);
    return { there: plan.steps, back: wayBack(plan) };
  },
  lines: ({ argv }) => commandLines(argv),
  undo: (command) => removableOf(command).map(removeArgv),
};
