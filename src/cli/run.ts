import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from '../errors.ts';
import { harmless } from '../render/visible.ts';
import { chooseLanguage, languages, type Text } from '../text.ts';
import { createContext, createVoice, type GlobalFlags } from './context.ts';
import { exitCodeTable, help } from './help.ts';
import { plainOutput } from './plain-output.ts';
import { report } from './report.ts';
import { addVerbs } from './verbs.ts';
import { version } from './version.ts';

/** `--lang` decides how the help speaks, so it is looked for before commander reads anything. */
function languageOf(argv: readonly string[]) {
  const at = argv.indexOf('--lang');
  return chooseLanguage(at < 0 ? undefined : argv[at + 1], process.env);
}

/** Seconds: at least a tenth, since no command ends at once, and at most an hour. */
function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 3600)) throw new InvalidArgumentError('0.1 … 3600');
  return value;
}

/** The flags of every verb: they stand before it or after it, and are explained once. */
function globalOptions(say: (text: Text) => string): readonly Option[] {
  return [
    new Option('--json', say(help.json)),
    new Option('-q, --quiet', say(help.quiet)),
    new Option('-v, --verbose', say(help.verbose)),
    new Option('--no-color', say(help.color)),
    new Option('--no-input', say(help.input)),
    new Option('--lang <language>', say(help.lang)).choices(languages),
    new Option('--state-dir <directory>', say(help.stateDir)),
    new Option('--timeout <seconds>', say(help.timeout)).argParser(seconds),
  ];
}

function given(command: Command): GlobalFlags {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(
      ([name]) => command.getOptionValueSource(name) !== 'default',
    ),
  );
}

/** Reads the command line and runs its verb. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const language = languageOf(argv);
  const say = (text: Text) => text[language];
  let code: number = exitCodes.done;
  const ctr = new Command('ctr')
    .description(say(help.ctr))
    .version(version, '-V, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      ...plainOutput(),
      writeErr: (text) => process.stderr.write(harmless(text, false)),
    })
    .addHelpText('after', exitCodeTable[language]);
  for (const option of globalOptions(say)) ctr.addOption(option);
  let flags: GlobalFlags = {};
  ctr.hook('preAction', (_, verb) => {
    flags = { ...given(ctr), ...given(verb) };
  });
  addVerbs(
    ctr,
    say,
    () => createVoice(flags),
    () => createContext(flags),
    (result) => {
      code = result;
    },
  );
  for (const verb of [...ctr.commands, ...ctr.commands.flatMap((one) => one.commands)]) {
    // Of thirty verbs one is called: the others need no options of their own.
    if (!argv.includes(verb.name())) continue;
    verb.exitOverride().copyInheritedSettings(ctr);
    for (const option of globalOptions(say)) verb.addOption(option.hideHelp());
    if (verb.name() !== 'sandbox') continue;
    const { worldText } = await import('../sandbox/world-words.ts');
    verb.addHelpText('after', worldText(language));
  }
  try {
    if (argv.length <= 2) {
      ctr.outputHelp();
      return exitCodes.usage;
    }
    await ctr.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    return report(createVoice(flags), error);
  }
}
