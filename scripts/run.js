// Runs a script written in TypeScript: `node scripts/run.js FILE ARGUMENT…`. It is bundled first.
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const [file = '', ...words] = process.argv.slice(2);
const outdir = `${root}node_modules/.cache/ctr`;
mkdirSync(outdir, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: [file],
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  mainFields: ['module', 'main'],
  packages: 'external',
  sourcemap: 'inline',
});
const bundle = `${outdir}/${basename(file).replace(/\.ts$/, '.js')}`;
process.argv = [process.argv[0] ?? '', bundle, ...words];
await import(pathToFileURL(bundle).href);
