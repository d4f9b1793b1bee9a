import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';

/** Mistakes in JSON: the text, then the expected position, message and fix. */
const slips: readonly [
  what: string,
  text: string,
  said: readonly (readonly [place: string, message: RegExp, fix: RegExp])[],
][] = [
  ['YAML', 'host_name: labex\nip: 1.2.3.4\n', [['1:1', /YAML/, /\{ "host_name": "labex", … \}/]]],
  ['YAML with a document mark', '---\n# c\nip: 1.2.3.4\n', [['1:1', /YAML/, /"ip": "1\.2\.3\.4"/]]],
  ['a YAML list', '- a\n- b\n', [['1:1', /YAML/, /ctr init/]]],
  ['TOML', '[net]\nip = "10"\n', [['1:1', /TOML\/INI/, /"ip": "10"/]]],
  ['assignments', 'HOST=labex\n', [['1:1', /TOML\/INI/, /"HOST": "labex"/]]],
  ['XML', '<?xml version="1.0"?>\n<a/>', [['1:1', /XML/, /JSON/]]],
  ['a script', '#!/bin/sh\necho\n', [['1:1', /script/, /JSON/]]],
  ['JavaScript', 'module.exports = {\n}', [['1:1', /JavaScript/, /JSON/]]],
  ['a Dockerfile', 'FROM debian\n', [['1:1', /Dockerfile/, /JSON/]]],
  [
    'a merge conflict',
    '{\n<<<<<<< HEAD\n"a":1\n=======\n"a":2\n>>>>>>> x\n}',
    [['2:1', /merge conflict/, /one of the two sides/]],
  ],
  ['an empty file', '', [['1:1', /empty/, /ctr init/]]],
  ['comments and nothing else', '// a\n/* b */\n', [['1:1', /empty/, /ctr init/]]],
  ['words', 'hello world', [['1:1', /begins with \{/, /ctr init/]]],
  ['a saved plan cut off', '{\n "ctr_plan": 1,\n "config": {"a', [['3:15', /saved plan/, /--out/]]],
  ['single quotes', `{'a': 'b'}`, [['1:2', /single quotes.* one more/, /write "a"/]]],
  ['backquotes', '{`a`: 1}', [['1:2', /backquotes/, /write "a"/]]],
  ['curly quotes', '{“a”: “b”}', [['1:2', /straight double quotes/, /write "a"/]]],
  ['a curly quote at one end', '{"a": "b”}', [['1:7', /straight double quotes/, /write "b"/]]],
  ['full-width quotes', '{＂a＂: 1}', [['1:2', /straight double quotes/, /write "a"/]]],
  ['full-width colons', '{"a"：1}', [['1:5', /full-width ：.*needs :/, /write :/]]],
  ['full-width commas', '{"a":1，"b":2}', [['1:7', /full-width ，.*needs ,/, /write ,/]]],
  ['full-width brackets', '｛"a":［1］｝', [['1:1', /full-width ｛.* 3 more/, /write \{/]]],
  ['an enumeration comma', '{"a":[1、2]}', [['1:8', /full-width 、.*needs ,/, /write ,/]]],
  ['a no-break space', '{"a":\u00a01}', [['1:6', /blank.*U\+00A0/, /delete it/]]],
  ['an ideographic space', '{\u3000"a":1}', [['1:2', /blank.*U\+3000/, /delete it/]]],
  ['a zero-width space', '{"a":1\u200b}', [['1:7', /invisible character, U\+200B/, /delete it/]]],
  ['a byte order mark in the middle', '{"a":\ufeff1}', [['1:6', /U\+FEFF/, /delete it/]]],
  ['a NUL', '{"a":\x001}', [['1:6', /control character, U\+0000/, /delete it/]]],
  ['a missing comma', '{"a":1\n "b":2}', [['1:7', /comma is missing/, /write ,/]]],
  ['a missing comma in a list', '{"a":[1 2]}', [['1:8', /comma is missing/, /write ,/]]],
  ['two commas', '{"a":1,,"b":2}', [['1:8', /one comma too many/, /remove/]]],
  ['a comma first', '{,"a":1}', [['1:2', /one comma too many/, /remove/]]],
  ['a semicolon', '{"a":1;"b":2}', [['1:7', /not ;/, /write ,/]]],
  ['a missing colon', '{"a" 1}', [['1:5', /colon between "a"/, /write "a":/]]],
  ['an equals sign', '{"a"="b"}', [['1:5', /= stands/, /write :/]]],
  ['an arrow', '{"a" => "b"}', [['1:6', /=> stands/, /write :/]]],
  ['a missing value', '{"a":}', [['1:2', /"a" has no value/, /its value/]]],
  [
    'a missing closing brace',
    '{"a":1,\n "b":{\n',
    [['2:7', /\{ of line 2 is still open/, /write \}/]],
  ],
  ['one brace too many', '{"a":1}}', [['1:8', /one too many/, /remove/]]],
  ['another bracket', '{"a":[1}', [['1:8', /\} closes the \[ of line 1/, /write \]/]]],
  ['a list that stays open', '{"a":[1,\n"b":2}', [['1:6', /\[.* not closed/, /write \]/]]],
  ['something behind the end', '{"a":1} x', [['1:9', /follows the end/, /remove/]]],
  ['a second config', '{"a":1}\n{"b":2}', [['2:1', /second config/, /file of its own/]]],
  ['no braces', '"a": 1,\n"b": 2', [['1:1', /braces .* missing/, /begin the file with \{/]]],
  ['a key without quotes', '{a: 1}', [['1:2', /key a has no quotes/, /write "a":/]]],
  ['a value without quotes', '{"a": 10.0.0.1}', [['1:7', /without quotes/, /write "10\.0\.0\.1"/]]],
  ['a shell comment', '# c\n{"a":1}', [['1:1', /# does not start a comment/, /\/\//]]],
  ['a comment behind a value', '{"a":1 # c\n}', [['1:8', /# does not start a comment/, /\/\//]]],
  ['a comment that stays open', '{"a":1} /* c', [['1:9', /never ends/, /\*\//]]],
  ['True of Python', '{"a":True}', [['1:6', /True/, /write true/]]],
  ['yes', '{"a":yes}', [['1:6', /yes/, /write true/]]],
  ['None of Python', '{"a":None}', [['1:6', /no None/, /leave the key out/]]],
  ['NaN', '{"a":NaN}', [['1:6', /no NaN/, /number/]]],
  ['Infinity', '{"a":-Infinity}', [['1:6', /no -Infinity/, /number/]]],
  ['a hexadecimal number', '{"a":0x5dc}', [['1:6', /0x5dc/, /write 1500/]]],
  ['a leading zero', '{"a":0100}', [['1:6', /0100/, /write 100$/]]],
  ['a leading plus', '{"a":+5}', [['1:6', /\+5/, /write 5/]]],
  ['underscores in a number', '{"a":1_500}', [['1:6', /1_500/, /write 1500/]]],
  ['a quote that stays open', '{"a": "b,\n"c":1}', [['1:7', /not closed: "b"/, /write "b"/]]],
  ['a key whose quote stays open', '{"a: "b",\n"c":1}', [['1:2', /not closed: "a"/, /write "a"/]]],
  ['a backslash', '{"a":"C:\\dir"}', [['1:9', /no escape \\d/, /write \\\\d/]]],
  ['an unfinished \\u', '{"a":"\\u12"}', [['1:7', /no escape/, /four hexadecimal/]]],
  ['a tab in a text', '{"a":"x\ty"}', [['1:8', /tab/, /write \\t/]]],
  ['too many levels', '['.repeat(65), [['1:65', /deeper than 64/, /close brackets/]]],
  [
    'several slips that do not come from one another',
    '{\n  a = 1,\n  "b": True\n  "c": 2\n}',
    [
      ['2:3', /key a/, /"a"/],
      ['2:5', /= stands/, /:/],
      ['3:8', /True/, /true/],
      ['3:12', /comma is missing/, /,/],
    ],
  ],
];

test.each(slips)('%s: place, message and fix', (_, text, said) => {
  const { config, problems } = parseConfig(text, 'f.json');
  expect(config).toBeUndefined();
  expect(problems.map(({ place }) => place)).toEqual(said.map(([place]) => `f.json:${place}`));
  for (const [index, [, message, fix]] of said.entries()) {
    const problem = problems[index];
    expect(problem?.code).toBe('E001');
    expect(problem?.message.en).toMatch(message);
    expect(problem?.fix?.en).toMatch(fix);
    expect(problem?.message.zh).toMatch(/\p{Script=Han}/u);
    expect(problem?.fix?.zh).toMatch(/\p{Script=Han}|^写/u);
  }
});

test.each([
  ['a plan of another version', { ctr_plan: 2 }, /saved plan/],
  ['a plan as JSON', { version: 1, lab: {}, steps: [] }, /--format json/],
  ['facts', { version: 1, kernel: '6', links: [], tools: {} }, /facts of a host/],
])('%s is called what it is, in one problem', (_, value, message) => {
  const { problems } = parseConfig(JSON.stringify(value), 'f.json');
  expect(problems.map((one) => one.message.en)).toEqual([expect.stringMatching(message)]);
});

test('ctr ignores a byte order mark of UTF-8', () => {
  expect(parseConfig('\ufeff[]', 'f.json').problems.map(({ code }) => code)).toEqual(['E003']);
});
