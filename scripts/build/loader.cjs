#!/usr/bin/env node
// The build copies this file to dist/ctr.js. It refuses a Node that is too old, and loads the program, with V8's code
// cache if this version of Node made it. To print stack traces it uses the source map instead. This file uses only
// ES2015, so that any Node can parse it.
'use strict';
const fs = require('fs');

const words = process.argv.slice(2);
const explained = words.some((word) => word === '--verbose' || word === '-v');

// Each usual verb has its own code cache; all other verbs share one.
// Each usual verb has code caches of its own; all other verbs share theirs.
// An engine that calls ctr as a CNI plugin names the verb in the environment.
const engines = words.length === 0 && process.env.CNI_COMMAND;
const typed = engines
  ? `cni${engines.toLowerCase()}`
  : words.find((word) => word[0] !== '-') || 'help';
const verb = typed === 'version' ? 'help' : typed;

function kept(part, what) {
  const made = `${process.version}-${process.arch}`;
  try {
    return fs.readFileSync(`${__dirname}/__MAIN__.${made}.${part}-${what}.cache`);
  } catch (_) {
    return undefined;
  }
}

/** Reads a file of the program, with V8's code cache if there is one. A stack with the source's lines has none. */
function compiled(part) {
  const filename = `${__dirname}/${part === 'main' ? '__MAIN__' : part}.js`;
  const cachedData = explained
    ? undefined
    : (/^[a-z]+$/.test(verb) && kept(part, verb)) || kept(part, 'any');
  if (cachedData === undefined) return require(filename);
  const Script = require('vm').Script;
  const script = new Script(fs.readFileSync(filename, 'latin1'), { filename, cachedData });
  return script.runInThisContext();
}

/** What was loaded. The other files take modules of the main file from this one. */
const loaded = { './ctr.js': module };

/** Loads a file of the program on first use. */
function load(name) {
  if (loaded[name] !== undefined) return loaded[name].exports;
  const part = /^\.\/([\w-]+)\.js$/.exec(name);
  if (part === null) return require(name);
  const inner = { exports: {} };
  loaded[name] = inner;
  compiled(part[1])(load, inner, inner.exports);
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
  if (explained) process.setSourceMapsEnabled(true);
  compiled('main')(load, module, exports);
}
