import {
  Command,
  CommanderError,
  type HelpConfiguration,
  InvalidArgumentError,
  Option,
} from 'commander';
import { called, named } from '../exec/called.ts';
import { writeError } from '../exec/standard-error.ts';
import { exitCodes } from '../model/errors.ts';
import { release } from '../model/release.ts';
import {
  chooseLanguage,
  type Language,
  languages,
  parseLanguage,
  type Text,
} from '../model/text.ts';
import { sanitize } from '../render/escape-controls.ts';
import { createContext, createVoice, type GlobalFlags } from './context.ts';
import { exitCodeTable } from './exit-code-table.ts';
import { help } from './help.ts';
import { optionHelp } from './option-help.ts';
import { plainOutput } from './plain-output.ts';
import { report } from './report.ts';
import { addVerbs } from './verbs/index.ts';
import { ownWords, voiceFlags } from './words.ts';

/** Parses seconds, between 0.1 and 3600. */
function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 3600)) throw new InvalidArgumentError('0.1 … 3600');
  return value;
}

function language(word: string): Language {
  const found = parseLanguage(word);
  if (found === undefined) throw new InvalidArgumentError(languages.join(', '));
  return found;
}

/** The flags of every verb, which may stand before or after it. Only the main help page explains them. */
function globalOptions(say: (text: Text) => string): readonly Option[] {
  return [
    new Option('--json', say(optionHelp.json)),
    new Option('-q, --quiet', say(optionHelp.quiet)),
    new Option('-v, --verbose', say(optionHelp.verbose)),
    new Option('--no-color', say(optionHelp.color)),
    new Option('--no-input', say(optionHelp.input)),
    new Option('--lang <language>', say(optionHelp.lang)).argParser(language),
    new Option('--state-dir <directory>', say(optionHelp.stateDir)),
    new Option('--timeout <seconds>', say(optionHelp.timeout)).argParser(seconds),
  ];
}

function given(command: Command): GlobalFlags {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(
      ([name]) => command.getOptionValueSource(name) !== 'default',
    ),
  );
}

/** The input from which the command line is built. */
interface Caller {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly speaks: Language;
  readonly flags: { current: GlobalFlags };
  /** Whether results are printed as JSON. A help page has no JSON form. */
  readonly json: boolean;
  readonly helpStyle?: HelpConfiguration | undefined;
  end(code: number): void;
}

/** Every verb with its arguments and options, in the caller's language. */
export function commandLine({ words, speaks, flags, json, helpStyle, end }: Caller): Command {
  const say = (text: Text) => named(text[speaks]);
  const silent = () => undefined;
  // Set before the verbs are added: each verb copies these settings.
  const ctr = new Command(called)
    .description(say(help.ctr))
    .version(release, '-V, --version', say(help.version))
    .helpOption('-h, --help', say(help.help))
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      ...plainOutput(),
      // `report` prints errors of usage like all other errors.
      outputError: silent,
      writeErr: (text) => writeError(sanitize(text, false)),
      ...(json ? { writeOut: silent, writeErr: silent } : {}),
    })
    .configureHelp(helpStyle ?? {})
    .addHelpText('after', exitCodeTable[speaks]);
  for (const option of globalOptions(say)) ctr.addOption(option);
  ctr.hook('preAction', (_, verb) => {
    flags.current = { ...given(ctr), ...given(verb) };
  });
  addVerbs(ctr, {
    words,
    say,
    voice: () => createVoice(flags.current),
    context: () => createContext(flags.current),
    end,
  });
  for (const verb of [...ctr.commands, ...ctr.commands.flatMap((one) => one.commands)]) {
    // Only the verb that the user typed needs the global options.
    if (!words.includes(verb.name())) continue;
    for (const option of globalOptions(say)) {
      if (verb.options.every(({ long }) => long !== option.long)) verb.addOption(option.hideHelp());
    }
  }
  return ctr;
}

/** Reads the command line and runs its verb. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const words = argv.slice(2);
  const own = ownWords(words);
  const flags = { current: voiceFlags(own) };
  const json = flags.current.json === true;
  const speaks = chooseLanguage(flags.current.lang, process.env);
  let code: number = exitCodes.done;
  const helpStyle = speaks === 'zh' ? (await import('./chinese-help.ts')).chineseHelp : undefined;
  const end = (result: number) => {
    code = result;
  };
  const ctr = commandLine({ words, speaks, flags, json, helpStyle, end });
  try {
    if (words.length === 0) {
      ctr.outputHelp();
      return exitCodes.usage;
    }
    if (words.includes('sandbox')) {
      const { worldText } = await import('../sandbox/world-words.ts');
      const verb = ctr.commands.find((one) => one.name() === 'sandbox');
      verb?.addHelpText('after', worldText(speaks));
    }
    // `ctr rootfs`, `ctr lab` and `ctr cni` without a subcommand print their help.
    if (own.some((word) => ['-h', '--help', 'help', 'rootfs', 'lab', 'cni'].includes(word))) {
      const { addExamples } = await import('./examples-help.ts');
      addExamples(ctr, speaks);
    }
    await ctr.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(createVoice(flags.current), error);
    if (error.exitCode === 0 && !json) return exitCodes.done;
    const { explainEnd } = await import('./usage.ts');
    return explainEnd(createVoice(flags.current), error, ctr, words);
  }
}
