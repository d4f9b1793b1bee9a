import * as z from 'zod/mini';
import { canonicalSchema, tutorialSchema } from './schema.ts';

/** The schema's identifier, which does not depend on where its file is. Its number is a config's "version". */
export const schemaId = 'urn:ctrnet:config:1';

/** The JSON Schema (draft 2020-12) of both forms of a config, for editors. */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(z.union([tutorialSchema, canonicalSchema]), {
    io: 'input',
    override: (context) => {
      delete context.jsonSchema.additionalItems;
    },
  });
  return { $schema, $id: schemaId, ...schema };
}
