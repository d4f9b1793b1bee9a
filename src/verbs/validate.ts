import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { missingPrefix } from '../config/subnets.ts';
import { requireStart } from '../exec/working-directory.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import { escapeJson } from '../render/escape-controls.ts';
import { printResult, shownProblem } from '../render/result.ts';
import { say, type Voice } from '../run/context.ts';
import { tellWarnings } from './voice.ts';

export interface ValidateFlags {
  readonly expand?: boolean;
}

function printJudgement(
  voice: Voice,
  problems: readonly Problem[],
  warnings: readonly Problem[],
  config: Config | null,
): void {
  printResult(voice, 'validate', {
    valid: config !== null,
    problems: problems.map(shownProblem),
    warnings: warnings.map(shownProblem),
    config,
  });
}

/** `ctr validate`: reads only the config, not the host. */
export async function validate(voice: Voice, file: string, flags: ValidateFlags): Promise<number> {
  requireStart(file);
  try {
    const { config, warnings: found } = loadConfig(file);
    const unwritten = Object.keys(config.networks).flatMap(
      (name) => missingPrefix(config, name) ?? [],
    );
    const warnings = [...found, ...unwritten];
    if (!voice.json) tellWarnings(voice, warnings);
    if (voice.json) printJudgement(voice, [], warnings, config);
    else if (flags.expand === true) voice.print(escapeJson(config, 2));
    else voice.print(say(voice, { en: `${file} is valid`, zh: `${file} 有效` }));
    return exitCodes.done;
  } catch (error) {
    if (!voice.json || !(error instanceof CtrError)) throw error;
    printJudgement(voice, error.details.problems ?? [], [], null);
    return error.exitCode;
  }
}
