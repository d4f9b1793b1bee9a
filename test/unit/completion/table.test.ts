import { expect, test } from '@jest/globals';
import { bashCompletion } from '../../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../../src/cli/completion/fish.ts';
import { tableOf } from '../../../src/cli/completion/table.ts';
import { zshCompletion } from '../../../src/cli/completion/zsh.ts';
import { wholeCommandLine } from '../../support/command-line.ts';

const ctr = wholeCommandLine();
const table = tableOf(ctr);

test('the table has every verb that the help shows, verbs of verbs too, and none that is hidden', () => {
  const names = table.verbs.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['up', 'plan', 'rootfs', 'rootfs create', 'help']));
  expect(names).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/inside|recover|world/)]),
  );
  expect(new Set(names).size).toBe(names.length);
  const shown = ctr.createHelp().visibleCommands(ctr);
  expect(names.filter((name) => !name.includes(' '))).toEqual(shown.map((one) => one.name()));
});

test.each([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])('the script for %s has every verb and every option', (_, make) => {
  const script = make(table, 'ctrnet', ['ctrnet']);
  for (const { name, options } of table.verbs) {
    expect(script).toContain(`'${name}`);
    for (const { long } of options) expect(script).toContain(long.replace(/^--/, ''));
  }
  expect(script).not.toMatch(/undefined|\[object|_ctr_|__ctr_/);
});

test('the table has no entry for an argument with unknown values', () => {
  const other = wholeCommandLine();
  other.command('new <thing>');
  expect(() => tableOf(other)).toThrow(/nothing is known of <thing> of new/);
});
