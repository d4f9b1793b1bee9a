import type { Command, Option } from 'commander';
import { topics } from '../../explain/index.ts';
import { stepIds } from '../../explain/step-ids.ts';
import { graphFormats } from '../../graph/formats.ts';
import { focuses } from '../../model/focus.ts';
import { mergedInto } from '../../model/step-id.ts';
import { languages } from '../../model/text.ts';
import { necessityFormats } from '../../necessity/formats.ts';
import { renderers } from '../../render/index.ts';
import { sources } from '../../rootfs/index.ts';
import { wordsBeforeCommand } from '../words.ts';
import { shells } from './shells.ts';

/**
 * The possible values of an argument or option: something that the shell or `ctr ps` can list (`kept`: containers that
 * are up or have recently ended), something unknown, or one of these words.
 */
export type Values =
  | 'files'
  | 'directories'
  | 'programs'
  | 'runs'
  | 'containers'
  | 'kept'
  | 'verbs'
  | 'unknown'
  | readonly string[];

/** Values by an argument's name in the help, with the verb if the name alone is ambiguous. */
const valuesByName: Readonly<Record<string, Values>> = {
  file: 'files',
  directory: 'directories',
  name: 'runs',
  'exec name': 'containers',
  'inspect name': 'kept',
  'cni install name': 'unknown',
  'cni remove name': 'unknown',
  'cni example n': 'unknown',
  addresses: 'unknown',
  node: 'unknown',
  container: 'unknown',
  'logs name': 'kept',
  'trace name': 'containers',
  'trace target': ['gateway', 'world'],
  protocol: ['icmp', 'tcp', 'udp'],
  place: ['host', 'world'],
  // These are programs inside a container.
  'up command': 'unknown',
  'exec command': 'unknown',
  'sandbox command': 'programs',
  'help command': 'verbs',
  language: languages,
  format: Object.keys(renderers),
  'lab necessity format': necessityFormats,
  number: 'unknown',
  picture: graphFormats,
  target: 'files',
  shell: shells,
  topic: [...Object.keys(topics), ...stepIds],
  'explain command': 'unknown',
  stage: ['start', 'end', ...Object.keys(mergedInto)],
  source: Object.keys(sources),
  seconds: 'unknown',
  pace: ['enter', '1', '3'],
  part: focuses,
  readings: 'unknown',
  bytes: 'unknown',
  pid: 'unknown',
  id: 'unknown',
  ns: 'unknown',
};

function valuesOf(verb: string, name: string): Values {
  const values = valuesByName[`${verb} ${name}`] ?? valuesByName[name];
  if (values === undefined) throw new Error(`nothing is known of <${name}> of ${verb}`);
  return values;
}

export interface OptionRow {
  readonly short: string | undefined;
  readonly long: string;
  readonly says: string;
  /** The name of the option's value in the help, and its possible values. */
  readonly value: { readonly name: string; readonly values: Values } | undefined;
}

export interface ArgumentRow {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly values: Values;
}

export interface VerbRow {
  /** The verb as typed: `rootfs create` is one. */
  readonly name: string;
  readonly says: string;
  readonly options: readonly OptionRow[];
  readonly arguments: readonly ArgumentRow[];
  /** The number of arguments before the words of the user's command. */
  readonly beforeCommand: number | undefined;
  /** Subcommands of this verb. */
  readonly verbs: readonly string[];
}

/** The command line as data, for completions and the man page. */
export interface Table {
  readonly says: string;
  /** The options of all verbs. */
  readonly options: readonly OptionRow[];
  readonly verbs: readonly VerbRow[];
}

function optionRow(verb: string, { short, long, flags, description }: Option): OptionRow {
  const name = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1];
  return {
    short,
    long: long ?? '',
    says: description,
    value: name === undefined ? undefined : { name, values: valuesOf(verb, name) },
  };
}

function verbRows(parent: Command, prefix: string): readonly VerbRow[] {
  const help = parent.createHelp();
  return help.visibleCommands(parent).flatMap((command) => {
    const name = `${prefix}${command.name()}`;
    const inner = verbRows(command, `${name} `);
    const own: VerbRow = {
      name,
      says: command.description(),
      options: help.visibleOptions(command).map((option) => optionRow(name, option)),
      arguments: command.registeredArguments.map((one) => ({
        name: one.name(),
        required: one.required,
        variadic: one.variadic,
        values: valuesOf(name, one.name()),
      })),
      beforeCommand: Object.hasOwn(wordsBeforeCommand, name) ? wordsBeforeCommand[name] : undefined,
      verbs: inner.map((one) => one.name.slice(name.length + 1)),
    };
    return [own, ...inner];
  });
}

/** Every verb, argument and option that the help shows. */
export function tableOf(ctr: Command): Table {
  return {
    says: ctr.description(),
    options: ctr
      .createHelp()
      .visibleOptions(ctr)
      .map((option) => optionRow('', option)),
    verbs: verbRows(ctr, ''),
  };
}

/** The options allowed after a verb: its own, and the global ones that it does not redefine. */
export function optionsOf(table: Table, verb: VerbRow): readonly OptionRow[] {
  const taken = ['--version', ...verb.options.map(({ long }) => long)];
  return [...verb.options, ...table.options.filter(({ long }) => !taken.includes(long))];
}

/** Both spellings of an option. */
export function spellings({ short, long }: OptionRow): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

/** The options that take a value, in both spellings. */
export function valued({ options, verbs }: Table): readonly string[] {
  const all = [...options, ...verbs.flatMap((verb) => verb.options)];
  const found = all.filter(({ value }) => value !== undefined).flatMap(spellings);
  return [...new Set(found)];
}

/** The first word of every verb. */
export function firstWords({ verbs }: Table): readonly string[] {
  return verbs.map(({ name }) => name).filter((name) => !name.includes(' '));
}
