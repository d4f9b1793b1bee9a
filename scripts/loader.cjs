#!/usr/bin/env node
// Becomes dist/ctr.js: loads the program, with what V8 had compiled of it when it was built, if that
// was by this very Node. Where a stack may be wanted it goes by the source map instead.
const { readFileSync, writeSync } = require('node:fs');

const main = `${__dirname}/__MAIN__.js`;
const words = process.argv.slice(2);
const explained = words.some((word) => word === '--verbose' || word === '-v');

function compiled() {
  try {
    return readFileSync(`${__dirname}/__MAIN__.${process.version}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}

function said(text) {
  try {
    writeSync(1, text);
    return true;
  } catch {
    return false;
  }
}

const asksVersion = words.length === 1 && (words[0] === '--version' || words[0] === '-V');
if (!asksVersion || !said('__VERSION__\n')) {
  const cachedData = explained ? undefined : compiled();
  if (cachedData === undefined) {
    process.setSourceMapsEnabled(explained);
    require(main);
  } else {
    const { Script } = require('node:vm');
    const source = `(function(require,module,exports){${readFileSync(main, 'latin1')}\n})`;
    const script = new Script(source, { filename: main, cachedData });
    script.runInThisContext()(require, module, exports);
  }
}
