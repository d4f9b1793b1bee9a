import type { Command, Option } from 'commander';
import { shellLine } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { attachesByItself, isTerminalFlag } from './terminal-habit.ts';
import { ownWords } from './words.ts';

const isCalled = ({ short, long }: Option, word: string) => word === short || word === long;

function optionOf(verb: Command, word: string): Option | undefined {
  return verb.options.find(
    (option) => isCalled(option, word) || (option.required && word.startsWith(`${option.long}=`)),
  );
}

/**
 * Splits off leading options of a command, without those that attach a terminal.
 * @returns undefined when ctr has no such option.
 */
function strayed(verb: Command, command: readonly string[]) {
  const options: string[] = [];
  let at = 0;
  for (let word = command[0]; word?.startsWith('-') && word !== '--'; word = command[at]) {
    const option = optionOf(verb, word);
    if (option === undefined && !isTerminalFlag(word)) return undefined;
    const size = option?.required && isCalled(option, word) ? 2 : 1;
    if (option !== undefined) options.push(...command.slice(at, at + size));
    at += size;
  }
  return { options, rest: command.slice(at) };
}

/**
 * The user's command: all words after the file or name, without a leading `--`.
 * @throws CtrError when it begins with an option, which cannot be a program; suggests the intended command line.
 */
export function commandWords(
  verb: Command,
  argv: readonly string[],
  command: readonly string[],
): readonly string[] {
  const [first, ...others] = command;
  if (first === '--') return others;
  if (!first?.startsWith('-')) return command;
  const own = ownWords(argv);
  const operand = own.at(-1) ?? '';
  const meant = strayed(verb, command);
  throw new CtrError(
    'option-after-operand',
    exitCodes.usage,
    {
      en: `${first} is after ${operand}, so it belongs to the command to run`,
      zh: `${first} 写在 ${operand} 之后，因此属于要运行的命令`,
    },
    {
      means: isTerminalFlag(first)
        ? attachesByItself(verb.name())
        : {
            en: `options of ctr ${verb.name()} go before ${operand}`,
            zh: `ctr ${verb.name()} 的选项要写在 ${operand} 之前`,
          },
      try: [
        meant === undefined
          ? `ctr ${verb.name()} --help`
          : shellLine([
              'ctr',
              ...own.slice(0, -1),
              ...meant.options.filter((word) => !own.includes(word)),
              operand,
              ...meant.rest,
            ]),
      ],
    },
  );
}
