// node warm.cjs MAIN ARGUMENT…: runs the program once, and saves V8's code cache of the run for dist/ctr.js.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

const [, , main, ...words] = process.argv;
const verb = words.find((word) => !word.startsWith('-')) ?? 'help';
// The code cache of one verb loads faster than that of all verbs.
const what = ['help', 'plan', 'ps', 'up'].includes(verb) ? verb : 'any';

/** A script with its code cache from earlier runs. At the end the cache is saved with the functions of this run. */
function scriptOf(text, filename, name) {
  const cache = main.replace(/js$/, `${process.version}-${process.arch}.${name}.cache`);
  const script = new Script(text, {
    filename,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  });
  process.on('exit', () => writeFileSync(cache, script.createCachedData()));
  return script.runInThisContext();
}

/** Parts that usual runs load, wrapped as in loader.cjs. */
const parts = ['all-losses', 'docker-user', 'execa'];
const outside = createRequire(main);
const loaded = {};
function load(name) {
  const part = parts.find((one) => name === `./${one}.js`);
  if (part === undefined) return outside(name);
  if (loaded[part] === undefined) {
    const filename = `${dirname(main)}/${part}.js`;
    const text = `(function(require,module,exports){${readFileSync(filename, 'utf8')}\n})`;
    const inner = { exports: {} };
    loaded[part] = inner;
    scriptOf(text, filename, part)(load, inner, inner.exports);
  }
  return loaded[part].exports;
}

process.argv = [process.argv[0], main, ...words];
scriptOf(readFileSync(main, 'utf8'), main, what)(load, module, exports);
