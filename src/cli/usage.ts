import type { Command, CommanderError } from 'commander';
import type { ErrorName } from '../model/codes/index.ts';
import { shellLine } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { release } from '../model/release.ts';
import type { Text } from '../model/text.ts';
import { noJson } from '../render/result.ts';
import type { Voice } from '../run/context.ts';
import { tellVersion } from '../verbs/version.ts';
import { report } from './report.ts';
import { attachesByItself, isTerminalFlag } from './terminal-habit.ts';
import { ownWords, wordsBeforeCommand } from './words.ts';

/** commander's error messages by code, in ctr's words. */
const complaints: readonly {
  readonly code: string;
  readonly name: ErrorName;
  /** Matches the variable parts of commander's message. */
  readonly varies: RegExp;
  readonly say: (...parts: readonly string[]) => Text;
}[] = [
  {
    code: 'unknownOption',
    name: 'unknown-option',
    varies: /'(.*)'/s,
    say: (option) => ({ en: `there is no option ${option}`, zh: `没有选项 ${option}` }),
  },
  {
    code: 'unknownCommand',
    name: 'unknown-command',
    varies: /'(.*)'/s,
    say: (verb) => ({ en: `there is no command ${verb}`, zh: `没有命令 ${verb}` }),
  },
  {
    // A verb without its subcommand: `ctr rootfs`.
    code: 'help',
    name: 'incomplete-command',
    varies: /^$/,
    say: () => ({ en: 'the command is incomplete', zh: '命令不完整' }),
  },
  {
    code: 'missingArgument',
    name: 'missing-argument',
    varies: /'(.*)'/s,
    say: (name) => ({ en: `the argument <${name}> is missing`, zh: `缺少参数 <${name}>` }),
  },
  {
    code: 'optionMissingArgument',
    name: 'option-missing-argument',
    varies: /'(.*)' argument missing/s,
    say: (flags) => ({ en: `${flags} needs a value`, zh: `选项 ${flags} 后面缺少值` }),
  },
  {
    code: 'invalidArgument',
    name: 'invalid-argument',
    varies: /option '(.*)' argument '(.*)' is invalid\. (.*)/s,
    say: (flags, value, allowed) => ({
      en: `${flags} cannot be ${value}: it takes ${allowed}`,
      zh: `选项 ${flags} 不能是 ${value}：可以是 ${allowed}`,
    }),
  },
  {
    code: 'excessArguments',
    name: 'excess-arguments',
    varies: /Expected (\d+) arguments? but got (\d+)/,
    say: (expected, got) => ({
      en: `too many arguments: ${got}, but ${expected === '0' ? 'none is' : `at most ${expected} ${expected === '1' ? 'is' : 'are'}`} allowed`,
      zh:
        expected === '0'
          ? `参数太多：这里不需要参数，给了 ${got} 个`
          : `参数太多：最多 ${expected} 个，给了 ${got} 个`,
    }),
  },
];

/** The help page for the error. The main page explains the options of all verbs. */
function helpFor(ctr: Command, own: readonly string[], message: string): string {
  if (ctr.options.some(({ long }) => long !== undefined && long !== null && message.includes(long)))
    return 'ctr --help';
  const path = ['ctr'];
  let at = ctr;
  for (const word of own) {
    const next = at.commands.find((one) => one.name() === word && word !== 'help');
    if (next === undefined) continue;
    path.push(word);
    at = next;
  }
  return `${path.join(' ')} --help`;
}

function usageError(error: CommanderError, remedy: string): CtrError {
  const found = complaints.find(({ code }) => error.code === `commander.${code}`);
  const [sentence = '', guess] = error.message.split(/\n\(Did you mean (?:one of )?(.+)\?\)$/s);
  const [, ...parts] = found?.varies.exec(sentence) ?? [];
  const text = found?.say(...parts) ?? { en: sentence, zh: sentence };
  return new CtrError(
    found?.name ?? 'wrong-usage',
    exitCodes.usage,
    guess === undefined
      ? text
      : {
          en: `${text.en}; did you mean ${guess.replace(/, (?=[^,]*$)/, ' or ')}?`,
          zh: `${text.zh}；是不是想用 ${guess.replaceAll(', ', '、')}？`,
        },
    { try: [remedy] },
  );
}

/** The error for `ctr exec -it NAME sh`, a habit from Docker; undefined for anything else. */
function terminalHabit(error: CommanderError, words: readonly string[]): CtrError | undefined {
  const given = ownWords(words);
  const verb = given.find((word) => Object.hasOwn(wordsBeforeCommand, word));
  const flags = given.filter(isTerminalFlag);
  const [flag] = flags;
  if (error.code !== 'commander.unknownOption' || flag === undefined) return undefined;
  if (verb === undefined) return undefined;
  const line = [
    'ctr',
    ...given.filter((word) => !flags.includes(word)),
    ...words.slice(given.length),
  ];
  return new CtrError(
    'unknown-option',
    exitCodes.usage,
    { en: `there is no option ${flag}`, zh: `没有选项 ${flag}` },
    {
      means: attachesByItself(verb),
      try: [shellLine(line)],
    },
  );
}

/**
 * Handles commander's end: a help page, the version, or an error.
 * @returns the exit code.
 */
export function explainEnd(
  voice: Voice,
  error: CommanderError,
  ctr: Command,
  words: readonly string[],
): number {
  if (error.code === 'commander.version') {
    return tellVersion(voice, release);
  }
  if (error.exitCode === 0) return report(voice, noJson({ en: 'help', zh: '帮助' }));
  // commander has already printed the page on standard error.
  if (error.code === 'commander.help' && !voice.json) return exitCodes.usage;
  const habit = terminalHabit(error, words);
  return report(voice, habit ?? usageError(error, helpFor(ctr, ownWords(words), error.message)));
}
