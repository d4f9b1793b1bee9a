import { loadConfig } from '../config/load.ts';
import { say, type Voice } from '../context.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { visibleJson } from '../render/visible.ts';
import { requireStart } from '../working-directory.ts';
import { tellWarnings } from './voice.ts';

export interface ValidateFlags {
  readonly expand?: boolean;
}

/** `ctr validate`: reads the config and nothing of the host. */
export async function validate(voice: Voice, file: string, flags: ValidateFlags): Promise<number> {
  requireStart(file);
  try {
    const { config, warnings } = loadConfig(file);
    tellWarnings(voice, warnings);
    if (voice.json) voice.print(visibleJson({ valid: true, warnings, config }, 2));
    else if (flags.expand === true) voice.print(visibleJson(config, 2));
    else voice.print(say(voice, { en: `${file} is valid`, zh: `${file} 有效` }));
    return exitCodes.done;
  } catch (error) {
    if (!voice.json || !(error instanceof CtrError)) throw error;
    const { problems } = error.details;
    voice.print(visibleJson({ valid: false, problems }, 2));
    return error.exitCode;
  }
}
