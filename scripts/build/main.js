// Bundles src/cli.ts into dist/: one CommonJS file, since it starts faster than ES modules, V8's code cache for it, a
// loader, and separate files for large parts that few runs need (docs/decisions/0003).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { buildParts, fileNames, usualFiles } from './parts.js';

const root = new URL('../..', import.meta.url).pathname;
const dist = `${root}dist`;

/** execa is a file of its own. */
const execaApart = {
  name: 'execa-apart',
  setup(bundle) {
    bundle.onResolve({ filter: /^execa$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './execa.js', external: true } : undefined,
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
  'execa/lib/methods/main-sync.js': 'export const execaCoreSync = undefined;',
  // Messages between Node processes.
  'execa/lib/ipc/ipc-input.js': `
    export const validateIpcInputOption = () => undefined;
    export const sendIpcInput = () => undefined;`,
  'execa/lib/ipc/methods.js': 'export const addIpcMethods = () => undefined;',
  'execa/lib/ipc/buffer-messages.js': `
    export const waitForIpcOutput = async ({ ipcOutput }) => ipcOutput;
    export const getBufferedIpcOutput = async (_, ipcOutput) => ipcOutput;`,
  'execa/lib/terminate/graceful.js': `
    export const validateGracefulCancel = () => undefined;
    export const throwOnGracefulCancel = () => [];`,
  // The command as text, for messages that ctr does not print.
  'execa/lib/arguments/escape.js': `
    export const joinCommand = (file) => ({ command: file, escapedCommand: file });
    export const escapeLines = (lines) => lines;`,
  // What the option verbose prints.
  'execa/lib/verbose/info.js': 'export const getVerboseInfo = () => ({});',
  'execa/lib/verbose/start.js': 'export const logCommand = () => undefined;',
  'execa/lib/verbose/complete.js': `
    export const logResult = () => undefined;
    export const logEarlyResult = () => undefined;`,
  'execa/lib/verbose/output.js': `
    export const shouldLogOutput = () => false;
    export const logLines = async () => undefined;
    export const logLinesSync = () => undefined;`,
  // Programs from node_modules/.bin, scripts of Node, commands as template strings, and Windows.
  'npm-run-path/index.js': 'export const npmRunPathEnv = undefined;',
  'execa/lib/methods/node.js': `
    export const handleNodeOption = (...given) => given;
    export const mapNode = undefined;`,
  'execa/lib/methods/template.js': `
    export const isTemplateString = () => false;
    export const parseTemplates = undefined;`,
  'cross-spawn/index.js': `
    module.exports = { _parse: (command, args, options) => ({ command, args, options: { ...options } }) };`,
  // Streams between processes, and other kinds of streams than Node's.
  'execa/lib/pipe/setup.js': 'export const pipeToSubprocess = () => undefined;',
  'execa/lib/convert/add.js': 'export const addConvertedStreams = () => undefined;',
  'execa/lib/resolve/all-async.js': `
    export const makeAllStream = () => undefined;
    export const waitForAllStream = async () => undefined;`,
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
      { filter: /\/node_modules\/(?:execa|human-signals|npm-run-path|cross-spawn)\/.*\.js$/ },
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
const options = {
  absWorkingDir: root,
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
  plugins: [execaApart, withoutPrograms, withoutFormat],
};
await buildParts(options);
await build({
  ...options,
  // Only this of what execa exports.
  stdin: {
    contents: `
      import { createExeca } from './node_modules/execa/lib/methods/create.js';
      export const execa = createExeca(() => ({}));`,
    resolveDir: root,
  },
  outfile: `${dist}/execa.js`,
  plugins: [leanExeca],
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

/**
 * Makes a file of the program a function of `require`, `module` and `exports`: V8 has a code cache for scripts only,
 * and a script has none of these. dist/ctr.js calls it.
 */
function wrapped(name) {
  const text = readFileSync(`${dist}/${name}.js`, 'utf8');
  // With one non-ASCII character V8 stores the whole text in two bytes per character. esbuild escapes such characters
  // except in regular expressions.
  const letter = usualFiles.includes(name) ? /[^\0-\x7f]/.exec(text) : null;
  if (letter !== null)
    throw new Error(`dist/${name}.js has the letter ${letter[0]}: write it as an escape`);
  const end = `//# sourceMappingURL=${name}.js.map\n`;
  // esbuild copies what a module exports for each reader of `modules`; here none of them changes it.
  const code = text
    .slice(0, -end.length)
    .replace(/=>[\w$]+\([\w$]+\(\{\},"__esModule",\{value:!0\}\),([\w$]+)\)/, '=>$1');
  return `(f=>typeof module==="object"?module.exports=f:f)((function(require,module,exports){${code}}));\n`;
}

// All verbs read the main file, so code that few runs need belongs in a separate file.
for (const [name, budget] of Object.entries({ main: 125_000, base: 370_000, change: 110_000 })) {
  const { size } = statSync(`${dist}/${name}.js`);
  if (size > budget)
    throw new Error(`dist/${name}.js has ${size} bytes, more than ${budget}: see parts.js`);
}
const texts = [...fileNames, 'execa'].map((name) => [name, wrapped(name)]);
// The name of the main file contains a hash of all code, so that a code cache of other code is never used.
const hash = createHash('sha256');
for (const [, text] of texts) hash.update(text);
const main = `main-${hash.digest('hex').slice(0, 12)}`;
for (const [name, text] of texts) {
  const file = name === 'main' ? main : name;
  writeFileSync(`${dist}/${file}.js`, `${text}//# sourceMappingURL=${file}.js.map\n`);
}
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
  ['version'],
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
