import { loadConfig } from '../config/load.ts';
import { type Context, say } from '../context.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { tellWarnings } from './voice.ts';

export interface ValidateFlags {
  readonly expand?: boolean;
}

/** `ctr validate`: reads the config and nothing of the host. */
export async function validate(
  context: Context,
  file: string,
  flags: ValidateFlags,
): Promise<number> {
  try {
    const { config, warnings } = loadConfig(file);
    tellWarnings(context, warnings);
    if (context.json) context.print(JSON.stringify({ valid: true, warnings, config }, null, 2));
    else if (flags.expand === true) context.print(JSON.stringify(config, null, 2));
    else context.print(say(context, { en: `${file} is valid`, zh: `${file} 有效` }));
    return exitCodes.done;
  } catch (error) {
    if (!context.json || !(error instanceof CtrError)) throw error;
    const { problems } = error.details;
    context.print(JSON.stringify({ valid: false, problems }, null, 2));
    return error.exitCode;
  }
}
