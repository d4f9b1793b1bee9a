// Bundles src/cli.ts into dist/: one CommonJS file, since it starts faster than ES modules, V8's code cache for it, a
// loader, and separate files for large parts that few runs need (docs/decisions/0003).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('../..', import.meta.url).pathname;
const dist = `${root}dist`;

/** Modules that are loaded on first use, as they are imported, with the names of their files in dist/. */
const apart = {
  execa: 'execa',
  '../model/codes/index.ts': 'codes',
  '../filter/docker-user.ts': 'docker-user',
  '../verbs/schema.ts': 'schema',
  './makers.ts': 'completions',
  './all-losses.ts': 'all-losses',
  '../render/progress.ts': 'progress',
  '../sandbox/world.ts': 'world',
  '../verbs/recorded.ts': 'recorded',
  './recorded.ts': 'recorded',
  './record.ts': 'record',
  '../graph/index.ts': 'graph',
  '../explain/knowledge.ts': 'explain',
  './graph-recorded.ts': 'graph-recorded',
  '../diagnosis/judges.ts': 'judges',
  '../verbs/traced.ts': 'traced',
  './traced.ts': 'traced',
};

const loadApart = {
  name: 'load-apart',
  setup(bundle) {
    bundle.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' && Object.hasOwn(apart, path)
        ? { path: `./${apart[path]}.js`, external: true }
        : undefined,
    );
  },
};

/** Removes child_process from commander, which needs it only for subcommands in separate programs. */
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

/** Removes the formatter of jsonc-parser, which ctr does not use and which is slow to load. */
const withoutFormat = {
  name: 'without-format',
  setup(bundle) {
    bundle.onResolve(
      { filter: /^\.\/(?:impl\/)?(?:format|edit|string-intern)$/ },
      ({ importer, path }) =>
        importer.includes('/node_modules/jsonc-parser/')
          ? { path: new URL(`${path}.js`, `file://${importer}`).pathname, sideEffects: false }
          : undefined,
    );
  },
};

/**
 * Replacements for parts of execa that ctr does not use, and that take half of its loading time: descriptions of
 * signals, colours for its log, synchronous methods.
 */
const unusedByExeca = {
  'human-signals/build/src/main.js': `
    import { constants } from 'node:os';
    const entries = Object.keys(constants.signals).map((name) => [name, { name, description: name }]);
    export const signalsByName = Object.fromEntries(entries);`,
  'yoctocolors/index.js': `
    const plain = (text) => text;
    export { plain as bold, plain as gray, plain as redBright, plain as yellowBright };`,
  'execa/lib/methods/main-sync.js': 'export const execaCoreSync = undefined;',
  // Messages between Node processes.
  'execa/lib/ipc/ipc-input.js': `
    export const validateIpcInputOption = () => undefined;
    export const sendIpcInput = () => undefined;`,
};

/**
 * execa compares its arguments with process.stdin and process.stdout. Node creates these streams on first access, which
 * takes 5 ms. ctr passes only descriptors to execa.
 */
const leanExeca = {
  name: 'lean-execa',
  setup(bundle) {
    const replaced = new Set();
    bundle.onLoad(
      { filter: /\/node_modules\/(?:execa|human-signals|yoctocolors)\/.*\.js$/ },
      ({ path }) => {
        const name = path.replace(/.*\/node_modules\//, '');
        const text = readFileSync(path, 'utf8');
        const without = text.replace(/\bprocess\.std(?:in|out|err)\b/g, 'undefined');
        if (without !== text || Object.hasOwn(unusedByExeca, name)) replaced.add(name);
        return { contents: unusedByExeca[name] ?? without };
      },
    );
    bundle.onEnd(() => {
      const expected = ['execa/lib/utils/standard-stream.js', ...Object.keys(unusedByExeca)];
      for (const name of expected)
        if (!replaced.has(name)) throw new Error(`${name}: another execa than this build knows`);
    });
  },
};

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/cli.ts',
    codes: 'src/model/codes/index.ts',
    'docker-user': 'src/filter/docker-user.ts',
    'all-losses': 'src/losses/all-losses.ts',
    completions: 'src/cli/completion/makers.ts',
    execa: 'execa',
    schema: 'src/verbs/schema.ts',
    progress: 'src/render/progress.ts',
    world: 'src/sandbox/world.ts',
    recorded: 'src/verbs/recorded.ts',
    record: 'src/verbs/record.ts',
    graph: 'src/graph/index.ts',
    explain: 'src/explain/knowledge.ts',
    'graph-recorded': 'src/verbs/graph-recorded.ts',
    judges: 'src/diagnosis/judges.ts',
    traced: 'src/verbs/traced.ts',
  },
  outdir: dist,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.11',
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  legalComments: 'none',
  sourcemap: true,
  sourcesContent: false,
  plugins: [loadApart, withoutPrograms, withoutFormat, leanExeca],
});

// The page of `ctr report --html`: its script and its style, each a file that the report puts into the page.
await build({
  absWorkingDir: root,
  entryPoints: { page: 'src/report/page/main.tsx', 'page-style': 'src/report/page/page.css' },
  outdir: dist,
  bundle: true,
  format: 'iife',
  platform: 'browser',
  // Browsers of 2022: what a school has.
  target: ['chrome100', 'firefox100', 'safari15.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
});

// The file name contains a hash of the code, so that a code cache of other code is never used.
const text = readFileSync(`${dist}/main.js`, 'utf8');
// With one non-ASCII character V8 stores the whole text in two bytes per character. esbuild escapes such characters
// except in regular expressions.
const letter = /[^\0-\x7f]/.exec(text);
if (letter !== null)
  throw new Error(`dist/main.js has the letter ${letter[0]}: write it as an escape`);
// All verbs read this file, so code that few runs need belongs in a separate file.
const budget = 700_000;
if (text.length > budget) {
  throw new Error(`dist/main.js has ${text.length} bytes, more than ${budget}: see "apart"`);
}
const main = `main-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
// The code is a function expression in a script, since V8 has a code cache for scripts only.
writeFileSync(
  `${dist}/${main}.js`,
  text
    .replace(/^#!.*/, 'const ctr=(function(require,module,exports){')
    .replace(
      '//# sourceMappingURL=main.js.map',
      `});typeof module==="object"?module.exports=ctr:ctr;\n//# sourceMappingURL=${main}.js.map`,
    ),
);
renameSync(`${dist}/main.js.map`, `${dist}/${main}.js.map`);
rmSync(`${dist}/main.js`);
const { version, engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const loader = readFileSync(`${root}scripts/build/loader.cjs`, 'utf8');
writeFileSync(
  `${dist}/ctr.js`,
  loader
    .replaceAll('__MAIN__', main)
    .replaceAll('__VERSION__', version)
    .replaceAll('__NODE__', engines.node.replace('>=', '')),
);
// The same program under its second name (src/model/called.ts).
writeFileSync(`${dist}/ctrnet.js`, "#!/usr/bin/env node\nrequire('./ctr.js');\n");
writeFileSync(`${dist}/package.json`, '{ "type": "commonjs" }\n');
for (const name of ['ctr', 'ctrnet']) chmodSync(`${dist}/${name}.js`, 0o755);

// Runs that compile the usual functions for the code cache. None of them changes this host.
const nowhere = ['--state-dir', '/nonexistent/ctr'];
const golden = 'test/golden/tutorial';
const usual = [
  ['--help'],
  ['plan', `${golden}/config.json`, '--facts', `${golden}/facts.json`, ...nowhere],
  ['plan', '--fast', `${golden}/config.json`, '--facts', `${golden}/facts.json`, ...nowhere],
  ['up', '--sandbox', '/nonexistent', ...nowhere],
  ['inspect', 'nobody', ...nowhere],
];
for (const words of usual) {
  spawnSync(process.execPath, ['scripts/build/warm.cjs', `${dist}/${main}.js`, ...words], {
    cwd: root,
    stdio: 'ignore',
    env: {},
  });
}
