#!/usr/bin/env node
// The build copies this file to dist/ctr.js. It refuses a Node that is too old, and loads the program, with V8's code
// cache if this version of Node made it. To print stack traces it uses the source map instead. This file uses only
// ES2015, so that any Node can parse it.
'use strict';
const fs = require('fs');

const main = `${__dirname}/__MAIN__.js`;
const words = process.argv.slice(2);
const explained = words.some((word) => word === '--verbose' || word === '-v');

// Each usual verb has its own code cache; all other verbs share one.
const verb = words.find((word) => word[0] !== '-') || 'help';

function kept(what) {
  try {
    return fs.readFileSync(
      `${__dirname}/__MAIN__.${process.version}-${process.arch}.${what}.cache`,
    );
  } catch (_) {
    return undefined;
  }
}

function compiled() {
  return (/^[a-z]+$/.test(verb) && kept(verb)) || kept('any');
}

const loaded = {};

/** Loads a part of the program on first use, with V8's code cache if there is one. */
function load(name) {
  if (loaded[name] !== undefined) return loaded[name].exports;
  const part = /^\.\/([\w-]+)\.js$/.exec(name);
  const cachedData = part === null ? undefined : kept(part[1]);
  if (cachedData === undefined) return require(name);
  const filename = `${__dirname}/${part[1]}.js`;
  const text = `(function(require,module,exports){${fs.readFileSync(filename, 'utf8')}\n})`;
  const Script = require('vm').Script;
  const inner = { exports: {} };
  loaded[name] = inner;
  const script = new Script(text, { filename, cachedData });
  script.runInThisContext()(load, inner, inner.exports);
  return inner.exports;
}

function said(descriptor, text) {
  try {
    fs.writeSync(descriptor, text);
    return true;
  } catch (_) {
    return false;
  }
}

/** Does the same as chooseLanguage in src/model/text.ts, which an old Node cannot parse. */
function speaksChinese() {
  const at = words.indexOf('--lang');
  const flag = words.find((word) => word.indexOf('--lang=') === 0) || '--lang=';
  const env = process.env;
  const flags = [at < 0 ? '' : words[at + 1], flag.slice('--lang='.length)];
  const wishes = flags.concat(env.CTR_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG);
  return /^zh/i.test(wishes.find(Boolean));
}

function refuse(needed, found) {
  const en = `needs Node ${needed}, this is ${found}`;
  const zh = `需要 Node ${needed} 或更高版本，当前是 ${found}`;
  const page = 'https://nodejs.org';
  const fix = {
    en: `a newer Node: ${page}/en/download`,
    zh: `安装较新的 Node：${page}/zh-cn/download`,
  };
  const shown = speaksChinese()
    ? `ctr: ${zh}\n  试试    ${fix.zh}\n`
    : `ctr: ${en}\n  try     ${fix.en}\n`;
  const error = {
    version: 1,
    event: 'error',
    code: 'node-too-old',
    exit_code: 4,
    message: { en, zh },
    try: [fix],
  };
  said(2, words.indexOf('--json') < 0 ? shown : `${JSON.stringify(error)}\n`);
  process.exit(4);
}

const needed = '__NODE__'.split('.').map(Number);
const found = process.versions.node.split('.').map(Number);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  refuse(needed.join('.'), process.versions.node);
}

const asksVersion = words.length === 1 && (words[0] === '--version' || words[0] === '-V');
if (!asksVersion || !said(1, '__VERSION__\n')) {
  const cachedData = explained ? undefined : compiled();
  if (cachedData === undefined) {
    process.setSourceMapsEnabled(explained);
    require(main)(require, module, exports);
  } else {
    const Script = require('vm').Script;
    const script = new Script(fs.readFileSync(main, 'utf8'), { filename: main, cachedData });
    script.runInThisContext()(load, module, exports);
  }
}
