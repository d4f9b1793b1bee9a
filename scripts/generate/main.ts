// Writes the files that are generated from the code. With --check, only lists files that are out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { recordingJsonSchema } from '../../src/recording/schema.ts';
import { chart } from '../bench/chart.ts';
import { report } from '../bench/report.ts';
import type { Run } from '../bench/run.ts';
import { errorsPage } from './errors-page.ts';
import { jsonPage } from './json-page.ts';
import { manPages } from './man/page.ts';

/** The page about performance, from the figures of the last run. */
function performancePage(): Readonly<Record<string, string>> {
  const figures = 'docs/performance.json';
  if (!existsSync(figures)) return {};
  const run: Run = JSON.parse(readFileSync(figures, 'utf8'));
  return {
    'docs/performance.md': report(run, 'performance.svg'),
    'docs/performance.svg': chart(run.many),
  };
}

const files: Readonly<Record<string, string>> = {
  ...performancePage(),
  'docs/errors.md': errorsPage(),
  ...manPages(),
  'docs/json.md': jsonPage(),
  'schema/recording.schema.json': `${JSON.stringify(recordingJsonSchema(), null, 2)}\n`,
  'schema/config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
};

const check = process.argv.includes('--check');
for (const [path, text] of Object.entries(files)) {
  const fresh = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (fresh) continue;
  if (check) {
    console.error(`${path} is stale: npm run generate`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
