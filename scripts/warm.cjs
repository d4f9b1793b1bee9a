// Runs the program once and writes down what V8 compiled meanwhile: node warm.cjs MAIN CACHE ARGUMENT…
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

const [, , main, cache, ...words] = process.argv;
const source = `(function(require,module,exports){${readFileSync(main, 'latin1')}\n})`;
const script = new Script(source, {
  filename: main,
  ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
});
process.argv = [process.argv[0], main, ...words];
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(createRequire(main), module, exports);
