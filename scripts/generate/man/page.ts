import {
  type OptionRow,
  spellings,
  tableOf,
  type VerbRow,
} from '../../../src/cli/completion/table.ts';
import { examples } from '../../../src/cli/examples/index.ts';
import { exitCodeTable } from '../../../src/cli/exit-code-table.ts';
import { commandLine } from '../../../src/cli/run.ts';
import { own } from '../../../src/model/own.ts';
import { release } from '../../../src/model/release.ts';
import { type Language, languages } from '../../../src/model/text.ts';
import { entry, escaped, example, paragraph, section } from './roff.ts';
import * as words from './words.ts';

function optionEntry(option: OptionRow, language: Language): readonly string[] {
  const value = option.value === undefined ? '' : ` ${option.value.name.toUpperCase()}`;
  return entry(`${spellings(option).join(', ')}${value}`, option.says, language);
}

/** The synopsis of a verb, with its arguments in capitals. */
function call({ name, options, arguments: all }: VerbRow, language: Language): string {
  const own = options.some(({ long }) => long !== '--help');
  const operands = all.map(({ name: argument, required, variadic }) => {
    const word = `${argument.toUpperCase()}${variadic ? '...' : ''}`;
    return required ? word : `[${word}]`;
  });
  return [name, ...(own ? [`[${words.optionsWord[language]}]`] : []), ...operands].join(' ');
}

function verbPart(verb: VerbRow, language: Language): readonly string[] {
  const list = own(examples, verb.name) ?? [];
  return [
    `.SS ${escaped(call(verb, language))}`,
    ...paragraph(verb.says, language),
    ...verb.options
      .filter(({ long }) => long !== '--help')
      .flatMap((option) => optionEntry(option, language)),
    ...example(list.flatMap(({ line, says }) => [`# ${says[language]}`, line])),
  ];
}

/** The man page ctr(1), from the definitions of the command line. */
function page(language: Language): string {
  const flags = { current: {} };
  const ctr = commandLine({
    words: [],
    speaks: language,
    flags,
    json: false,
    end: () => undefined,
  });
  const table = tableOf(ctr);
  const head = (name: keyof typeof words.headings) => words.headings[name][language];
  const said = (texts: readonly (typeof words.everyVerb)[]) =>
    texts.flatMap((text) => ['.PP', ...paragraph(text[language], language)]);
  const entries = (list: readonly words.Entry[]) =>
    list.flatMap(({ term, means }) => entry(term, means[language], language));
  const [, , ...exits] = exitCodeTable[language].trimEnd().split('\n');
  const lines = [
    `'\\" -*- coding: utf-8 -*-`,
    '.\\" npm run generate writes this page',
    `.TH CTR 1 "" "ctrnet ${release}"`,
    ...section(head('name'), [`ctr, ctrnet \\- ${escaped(table.says.replace(/[.。]$/, ''))}`]),
    ...section(head('synopsis'), [
      '.B ctr',
      `[\\fI${words.optionsWord[language]}\\fR] \\fI${words.verbWord[language]}\\fR [\\fI${words.argumentsWord[language]}\\fR]`,
    ]),
    ...section(head('description'), said(words.description)),
    ...section(head('options'), [
      ...said([words.everyVerb]),
      ...table.options.flatMap((option) => optionEntry(option, language)),
    ]),
    ...section(
      head('verbs'),
      table.verbs
        .filter(({ verbs }) => verbs.length === 0)
        .flatMap((verb) => verbPart(verb, language)),
    ),
    ...section(head('exits'), example(exits.map((line) => line.replace(/^ {2}/, '')))),
    ...section(head('environment'), entries(words.environment)),
    ...section(head('files'), entries(words.files)),
    ...section(
      head('examples'),
      words.story.flatMap((name) => {
        const [{ line, says }] = examples[name];
        return ['.PP', ...paragraph(says[language], language), ...example([line])];
      }),
    ),
    ...section(
      head('also'),
      words.seeAlso.map(
        ([name, part], at) =>
          `.BR ${escaped(name)} (${part})${at < words.seeAlso.length - 1 ? ',' : ''}`,
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The man pages of both names. The second one includes the first (soelim(1)). */
export function manPages(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    languages.flatMap((language) => {
      const suffix = language === 'en' ? '1' : `${language}.1`;
      return [
        [`man/man1/ctrnet.${suffix}`, page(language)],
        [`man/man1/ctr.${suffix}`, `.so man1/ctrnet.${suffix}\n`],
      ];
    }),
  );
}
