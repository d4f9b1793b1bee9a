// node warm.cjs MAIN ARGUMENT…: runs the program once, and saves V8's code caches of the run for dist/ctr.js.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

const [, , main, ...words] = process.argv;
const engines = words.length === 0 && process.env.CNI_COMMAND;
const typed = engines
  ? `cni${engines.toLowerCase()}`
  : (words.find((word) => !word.startsWith('-')) ?? 'help');
const verb = typed === 'version' ? 'help' : typed;
// The code cache of one verb loads faster than that of all verbs.
const what = ['help', 'plan', 'ps', 'up', 'cniadd', 'cnidel'].includes(verb) ? verb : 'any';

/** Files whose caches are kept: usual runs load them. */
const usual = ['main', 'base', 'change', 'all-losses', 'docker-user', 'execa', 'cni'];

/** A file with its code cache from earlier runs. At the end the cache is saved with the functions of this run. */
function compiled(part) {
  const filename = part === 'main' ? main : `${dirname(main)}/${part}.js`;
  if (!usual.includes(part)) return require(filename);
  const cache = main.replace(/js$/, `${process.version}-${process.arch}.${part}-${what}.cache`);
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  });
  process.on('exit', () => writeFileSync(cache, script.createCachedData()));
  return script.runInThisContext();
}

/** Does the same as load in loader.cjs. */
const loaded = { './ctr.js': module };
function load(name) {
  if (loaded[name] !== undefined) return loaded[name].exports;
  const part = /^\.\/([\w-]+)\.js$/.exec(name)?.[1];
  if (part === undefined) return require(name);
  const inner = { exports: {} };
  loaded[name] = inner;
  compiled(part)(load, inner, inner.exports);
  return inner.exports;
}

process.argv = [process.argv[0], main, ...words];
compiled('main')(load, module, exports);
