import * as z from 'zod/mini';
import { canonicalSchema, tutorialSchema } from './schema.ts';

/** What the schema is called, wherever its file lies; the number is that of a config's "version". */
export const schemaId = 'urn:ctrnet:config:1';

/** JSON Schema (draft 2020-12) of both forms, for editors. */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(z.union([tutorialSchema, canonicalSchema]), {
    io: 'input',
    override: (context) => {
      delete context.jsonSchema.additionalItems;
    },
  });
  return { $schema, $id: schemaId, ...schema };
}
