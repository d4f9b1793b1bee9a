// Writes what is generated from the code; with --check, says which files are stale instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.ts';

const files: Readonly<Record<string, string>> = {
  'schema/config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
};

const check = process.argv.includes('--check');
for (const [path, text] of Object.entries(files)) {
  const fresh = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (fresh) continue;
  if (check) {
    console.error(`${path} is stale: npm run generate`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
