import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { tableOf } from '../../../src/cli/completion/table.ts';
import { examples } from '../../../src/cli/examples/index.ts';
import { addExamples } from '../../../src/cli/examples-help.ts';
import { languages } from '../../../src/model/text.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { wholeCommandLine } from '../../support/command-line.ts';

const names = tableOf(wholeCommandLine()).verbs.map(({ name }) => name);
const all = Object.entries(examples).flatMap(([verb, list]) =>
  list.map(({ line, says }) => ({ verb, line, says })),
);

/** All calls of ctr in a shell command line. */
function calls(line: string): readonly (readonly string[])[] {
  return line.split(/ (?:\||\|\||>) /).flatMap((part) => {
    const words = [...part.matchAll(/"([^"]*)"|(\S+)/g)].map(([, a, b]) => a ?? b ?? '');
    const at = words.indexOf('ctr');
    return at === -1 ? [] : [words.slice(at + 1)];
  });
}

/** The verb that commander parses from these words, without running it. */
async function parsed(words: readonly string[]): Promise<string> {
  const ctr = wholeCommandLine();
  let found = '';
  for (const one of ctr.commands.flatMap((verb) => [verb, ...verb.commands])) {
    one.action(() => {
      found = one.parent === ctr ? one.name() : `${one.parent?.name()} ${one.name()}`;
    });
  }
  await ctr.parseAsync([...words], { from: 'user' });
  return found;
}

test('every verb that the help shows has two examples, and nothing else has', () => {
  expect(Object.keys(examples).sort()).toEqual([...names].sort());
  for (const list of Object.values(examples)) expect(list).toHaveLength(2);
  expect(new Set(all.map(({ verb, line }) => `${verb}: ${line}`)).size).toBe(2 * names.length);
});

test.each(all)(
  'the example "$line" is one of $verb, and is read without a complaint',
  async ({ verb, line }) => {
    const verbs = await Promise.all(calls(line).map(parsed));
    // `rootfs` requires a subcommand.
    expect(verbs).toContainEqual(expect.stringMatching(`^${verb}`));
  },
);

test('the test’s parser for examples refuses wrong lines', async () => {
  await expect(parsed(['up', '--nosuch', 'F'])).rejects.toThrow(CommanderError);
  await expect(parsed(['plan'])).rejects.toThrow(CommanderError);
});

describe.each(languages)('in %s', (language) => {
  test('the help of every verb ends with its examples, in lines that fit a terminal', () => {
    const ctr = wholeCommandLine(language);
    addExamples(ctr, language);
    for (const [name, list] of Object.entries(examples)) {
      const verb = name
        .split(' ')
        .reduce((at, word) => at.commands.find((one) => one.name() === word) ?? at, ctr);
      let page = '';
      verb.configureOutput({
        writeOut: (text) => {
          page += text;
        },
        getOutHelpWidth: () => 80,
      });
      verb.outputHelp();
      const end = page.slice(page.lastIndexOf(language === 'en' ? 'Examples:' : '示例：'));
      for (const { line } of list) expect(end.split('\n')).toContain(`  ${line}`);
      expect(end.trimEnd().split('\n').at(-1)).toMatch(/--json.*ctr --help$/);
      for (const line of page.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
    }
  });
});
