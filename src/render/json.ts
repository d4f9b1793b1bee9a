import { shellLine } from '../command.ts';
import type { Plan } from '../plan.ts';
import { undosOf } from '../step.ts';
import { undoArgv } from '../undo.ts';
import { visibleJson } from './visible.ts';

/** The whole plan, with each command also as a line of shell. */
export function renderJson(plan: Plan): string {
  const steps = plan.steps.map((step) => ({
    ...step,
    commands: step.commands.map((command) => ({
      line: shellLine(command.argv),
      ...command,
      undo_lines: undosOf(command).map((undo) => shellLine(undoArgv(undo))),
    })),
  }));
  return `${visibleJson({ ...plan, steps }, 2)}\n`;
}
