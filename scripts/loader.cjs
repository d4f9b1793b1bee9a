#!/usr/bin/env node
// Becomes dist/ctr.js: loads the program, with what V8 had compiled of it when it was built, if that
// was by this very Node. Where a stack may be wanted it goes by the source map instead.
const { readFileSync, writeSync } = require('node:fs');

const main = `${__dirname}/__MAIN__.js`;
const words = process.argv.slice(2);
const explained = words.some((word) => word === '--verbose' || word === '-v');

// Of each usual verb what it needs is kept, of all others together.
const verb = words.find((word) => !word.startsWith('-')) ?? 'help';

function kept(what) {
  try {
    return readFileSync(`${__dirname}/__MAIN__.${process.version}-${process.arch}.${what}.cache`);
  } catch {
    return undefined;
  }
}

function compiled() {
  return (/^[a-z]+$/.test(verb) ? kept(verb) : undefined) ?? kept('any');
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
    require(main)(require, module, exports);
  } else {
    const { Script } = require('node:vm');
    const script = new Script(readFileSync(main, 'utf8'), { filename: main, cachedData });
    script.runInThisContext()(require, module, exports);
  }
}
