// Runs the program once and keeps what V8 compiled meanwhile, for dist/ctr.js: node warm.cjs MAIN ARGUMENT…
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

const [, , main, ...words] = process.argv;
const verb = words.find((word) => !word.startsWith('-')) ?? 'help';
// What one verb needs is read sooner than what all need.
const what = ['help', 'plan', 'ps', 'up'].includes(verb) ? verb : 'any';
const cache = main.replace(/js$/, `${process.version}-${process.arch}.${what}.cache`);

const script = new Script(readFileSync(main, 'utf8'), {
  filename: main,
  ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
});
process.argv = [process.argv[0], main, ...words];
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(createRequire(main), module, exports);
