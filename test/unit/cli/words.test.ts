import { expect, test } from '@jest/globals';
import { flagValue, ownWords, valueFlags, wordsBeforeCommand } from '../../../src/cli/words.ts';
import { named, nameOf, verbs } from '../../../src/exec/called.ts';
import { chooseLanguage, parseLanguage } from '../../../src/model/text.ts';
import { wholeCommandLine } from '../../support/command-line.ts';

const everyVerb = wholeCommandLine();

test.each([
  ['up F ls -d /etc', 'up F'],
  ['up -d F', 'up -d F'],
  ['--lang zh up F --lang en', '--lang zh up F'],
  ['up --state-dir F G x', 'up --state-dir F G'],
  ['up F -d', 'up F'],
  ['-q exec lab grep -q x', '-q exec lab'],
  ['exec lab -- ls --json', 'exec lab'],
  ['sandbox ls -la', 'sandbox'],
  ['sandbox -q ls --json', 'sandbox -q'],
  ['ps --json -a', 'ps --json -a'],
  ['plan F --json', 'plan F --json'],
  ['inspect --lang=zh lab', 'inspect --lang=zh lab'],
  ['', ''],
])('of "%s" our own words are "%s"', (line, own) => {
  expect(ownWords(line.split(' ').filter(Boolean)).join(' ')).toBe(own);
});

test('a flag has its value in both spellings, and the last one counts', () => {
  expect(flagValue('--lang', ['--lang', 'zh', 'ps'])).toBe('zh');
  expect(flagValue('--lang', ['--lang=zh', 'ps', '--lang', 'en'])).toBe('en');
  expect(flagValue('--lang', ['--lang'])).toBeUndefined();
});

test('the flags that take a value before a command are those of the command line', () => {
  const withCommand = everyVerb.commands.filter((one) =>
    Object.hasOwn(wordsBeforeCommand, one.name()),
  );
  const valued = [everyVerb, ...withCommand]
    .flatMap(({ options }) => options)
    .filter(({ required }) => required)
    .map(({ long }) => long);
  expect(new Set(valued)).toEqual(new Set(valueFlags));
});

test('the verbs that a hint may name are those of the command line', () => {
  const shown = everyVerb.createHelp().visibleCommands(everyVerb);
  expect(shown.map((one) => one.name()).sort()).toEqual([...verbs].sort());
});

test.each([
  ['/usr/bin/ctrnet', 'ctrnet'],
  ['/usr/bin/ctr', 'ctr'],
  ['/x/dist/ctrnet.js', 'ctrnet'],
  ['/x/dist/ctr.js', 'ctr'],
  ['/x/other.js', 'ctr'],
])('started as %s the program is %s', (path, name) => {
  expect(nameOf(path)).toBe(name);
});

test.each([
  ['ctr down lab, or give it another "name"', 'ctrnet down lab, or give it another "name"'],
  ['用 ctr plan F，再运行 ctr up。', '用 ctrnet plan F，再运行 ctrnet up。'],
  [
    'sudo "$(command -v node)" "$(command -v ctr)" up',
    'sudo "$(command -v node)" "$(command -v ctrnet)" up',
  ],
  ['ctr --state-dir /x down lab', 'ctrnet --state-dir /x down lab'],
  // The product, a file, a mark and an interface name are not calls of the program.
  ['this is a bug in ctr; please report it', 'this is a bug in ctr; please report it'],
  ['cannot read /srv/ctr plan.json', 'cannot read /srv/ctr plan.json'],
  ['cannot read ctr up.json', 'cannot read ctr up.json'],
  ['--comment ctr:ctr0', '--comment ctr:ctr0'],
])('called as ctrnet, "%s" is said as "%s"', (text, said) => {
  expect(named(text, 'ctrnet')).toBe(said);
  expect(named(text, 'ctr')).toBe(text);
});

test.each([
  'zh',
  'zh_CN',
  'zh-CN',
  'zh_CN.UTF-8',
  'ZH',
  'zh_TW.Big5',
  'zh-Hans-CN',
  'zh_CN.UTF-8@x',
])('%s is Chinese', (word) => {
  expect(parseLanguage(word)).toBe('zh');
  expect(chooseLanguage(undefined, { LANG: word })).toBe('zh');
});

test.each(['en', 'en_US', 'en-GB', 'en_US.UTF-8'])('%s is English', (word) => {
  expect(parseLanguage(word)).toBe('en');
});

test.each(['fr', 'C', 'POSIX', '', 'zhx', 'zh CN', 'english'])(
  '"%s" is no language of ours',
  (word) => {
    expect(parseLanguage(word)).toBeUndefined();
    expect(chooseLanguage(undefined, { LANG: word })).toBe('en');
  },
);

test('the first variable that is set decides, as in locale(7)', () => {
  expect(chooseLanguage(undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' })).toBe('en');
  expect(chooseLanguage(undefined, { CTR_LANG: 'zh', LC_ALL: 'C' })).toBe('zh');
  expect(chooseLanguage('en', { CTR_LANG: 'zh' })).toBe('en');
});
