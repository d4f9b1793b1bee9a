import * as z from 'zod/mini';
import { problem, version } from './common.ts';

export const validate = z.strictObject({
  version,
  valid: z.boolean(),
  problems: z.array(problem),
  warnings: z.array(problem),
  config: z.nullable(z.looseObject({})).check(z.describe('in its canonical form')),
});

export const init = z.strictObject({ version, file: z.string() });
