import { configJsonSchema } from '../config/json-schema.ts';
import { exitCodes } from '../model/errors.ts';
import type { Voice } from '../run/context.ts';

/** `ctr schema`: the JSON Schema of a config, for editors. */
export async function schema(voice: Voice): Promise<number> {
  voice.print(JSON.stringify(configJsonSchema(), null, 2));
  return exitCodes.done;
}
