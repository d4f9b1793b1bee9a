import * as z from 'zod/mini';
import { canonicalSchema, tutorialSchema } from './schema.ts';

/** JSON Schema (draft 2020-12) of both forms, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(z.union([tutorialSchema, canonicalSchema]), {
    io: 'input',
    override: (context) => {
      delete context.jsonSchema.additionalItems;
    },
  });
}
