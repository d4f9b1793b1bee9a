import { exitCodes } from '../model/errors.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import type { Finding } from '../run/check/finding.ts';
import { checkRun } from '../run/check/index.ts';
import { type Context, say } from '../run/context.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun } from '../state/find-container.ts';

export function tellFindings(context: Context, findings: readonly Finding[]): void {
  for (const one of findings) {
    const line = `${one.where}: ${say(context, one.what)}`;
    context.print(escapeControls(one.holds ? `✔ ${line}` : `✘ ${line}   (${one.found ?? ''})`));
    if (!one.holds && one.fix !== undefined)
      context.print(escapeControls(`    ${say(context, one.fix)}`));
  }
}

/**
 * `ctr check`: compares the kernel with the run's plan, or with one stage of it.
 * @returns 7 when they differ.
 */
export async function check(context: Context, name: string, stage?: string): Promise<number> {
  if (stage !== undefined) {
    const { checkAtStage } = await import('./check-at-stage.ts');
    return await checkAtStage(context, name, stage);
  }
  const directory = stateDirectory(context.stateDir);
  const state = findRun(directory, name, exitCodes.usage);
  refuseElsewhere(state, 'check');
  const findings = await checkRun(context.runner, directory, state);
  const holds = findings.every((one) => one.holds);
  if (context.json) {
    printResult(context, 'check', { name, holds, findings });
  } else {
    tellFindings(context, findings);
    const repairs = findings.some((one) => !one.holds && one.fix === undefined);
    if (repairs && !context.quiet) {
      context.tell(
        say(context, {
          en: `ctr repair ${name} restores what it can`,
          zh: `ctr repair ${name} 会恢复能恢复的部分`,
        }),
      );
    }
  }
  return holds ? exitCodes.done : exitCodes.notHeld;
}
