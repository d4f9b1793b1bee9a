// node scripts/run.js NAME ARGUMENT…: bundles scripts/NAME/main.ts and runs it.
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const [name = '', ...words] = process.argv.slice(2);
// Each program has its own bundle, since it may start itself again in a sandbox host.
const bundle = `${root}node_modules/.cache/ctr/${name}.js`;
await build({
  absWorkingDir: root,
  entryPoints: [`scripts/${name}/main.ts`],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  mainFields: ['module', 'main'],
  packages: 'external',
  sourcemap: 'inline',
});
process.argv = [process.argv[0] ?? '', bundle, ...words];
await import(pathToFileURL(bundle).href);
