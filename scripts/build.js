// Bundles src/cli.ts into dist/: one entry, and chunks that load when they are used. They are split
// as ES modules and then written as CommonJS, which starts faster (docs/decisions/0003).
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { build, transform } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const dist = `${root}dist`;
const common = {
  platform: 'node',
  target: 'node20.11',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcesContent: false,
};

/** commander loads child_process for subcommands that are programs of their own; ctr has none. */
const withoutPrograms = {
  name: 'without-programs',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/')
        ? { path: importer, namespace: 'none' }
        : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const { outputFiles } = await build({
  ...common,
  absWorkingDir: root,
  entryPoints: { ctr: 'src/cli.ts', generate: 'scripts/generate.ts' },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  mainFields: ['module', 'main'],
  sourcemap: 'inline',
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [withoutPrograms],
  write: false,
});

rmSync(dist, { recursive: true, force: true });
for (const { path, text } of outputFiles) {
  const { code, map } = await transform(text, {
    ...common,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcefile: relative(dist, path),
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}
writeFileSync(`${dist}/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${dist}/ctr.js`, 0o755);
