import type { Diagnosis, Finding, Hint } from '../diagnosis/cause.ts';
import { shellLine } from '../model/command.ts';
import { type Place, shortPlace } from '../model/place.ts';
import type { Language, Text } from '../model/text.ts';
import { columnsOf } from './columns.ts';
import { wrapShell } from './command-text.ts';
import { escapeControls } from './escape-controls.ts';
import { paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** How a command gets into a namespace. */
export interface Typist {
  /** The run, where ctr made it: then `ctr exec` leads into its sandbox host and its world. */
  readonly run?: string;
  /** Whether the run is in a sandbox host. */
  readonly sandbox: boolean;
  /** The process whose network namespace a place is, as the host counts it. */
  readonly pids: ReadonlyMap<Place, number>;
  /** The words that lead into a place, where no process of its own stays there. */
  readonly doors?: ReadonlyMap<Place, readonly string[]> | undefined;
}

/** A hint as one line of shell that can be pasted where the user is. */
export function typed({ place, argv }: Hint, { run, sandbox, pids, doors }: Typist): string {
  const words = argv.map((arg) => (typeof arg === 'string' ? arg : `$${arg.pidOf}`));
  const files = words[0] === 'cat';
  const onHost = sandbox && run !== undefined ? ['ctr', 'exec', '--host', run, '--'] : [];
  if (place === 'host') return shellLine([...onHost, ...words]);
  if (place === 'world' && run !== undefined) {
    return shellLine(['ctr', 'exec', '--world', run, '--', ...words]);
  }
  const name = shortPlace(place);
  if (files && run !== undefined)
    return shellLine(['ctr', 'exec', `${run}/${name}`, '--', ...words]);
  const pid = pids.get(place);
  const byPid = pid === undefined ? [] : ['nsenter', '--target', String(pid), '--net'];
  const enter = doors?.get(place) ?? byPid;
  return shellLine([...onHost, ...enter, ...words]);
}

export interface DiagnosisOptions extends Typist {
  readonly language: Language;
  readonly columns: number;
  readonly color: boolean;
}

const labels = {
  seen: { en: 'seen', zh: '依据' },
  breaks: { en: 'breaks', zh: '影响' },
  check: { en: 'check', zh: '查看' },
  fix: { en: 'fix', zh: '修复' },
  also: { en: 'also', zh: '另外' },
  tell: { en: 'to tell', zh: '区分' },
  left: { en: 'left', zh: '剩下' },
} satisfies Record<string, Text>;

const indent = '   ';

/** A label and lines behind it, all with the same indent. */
function labelled(
  label: Text,
  lines: readonly string[],
  { language, color }: Pick<DiagnosisOptions, 'language' | 'color'>,
): readonly string[] {
  const word = label[language];
  const widest = Math.max(...Object.values(labels).map((one) => columnsOf(one[language])));
  const pad = ' '.repeat(widest - columnsOf(word) + 2);
  const empty = ' '.repeat(widest + 2);
  return lines.map((line, index) =>
    index === 0 ? `${indent}${paint(color).dim(word)}${pad}${line}` : `${indent}${empty}${line}`,
  );
}

function room({ columns, language }: DiagnosisOptions): number {
  const widest = Math.max(...Object.values(labels).map((one) => columnsOf(one[language])));
  return Math.max(30, columns - indent.length - widest - 2);
}

function told(texts: readonly Text[], options: DiagnosisOptions): readonly string[] {
  return texts.flatMap((text) => wrap(escapeControls(text[options.language]), room(options)));
}

/** Commands: one that is too wide is left to the terminal, unless the terminal is wide enough for its parts. */
function commands(hints: readonly Hint[], options: DiagnosisOptions): readonly string[] {
  return hints.flatMap((hint) => wrapShell(escapeControls(typed(hint, options)), room(options)));
}

/** The first line of a finding: its sentence, with the mark and the id. */
function headline(
  mark: string,
  { says, cause }: Finding,
  { language, columns, color }: DiagnosisOptions,
): readonly string[] {
  const [first = '', ...rest] = wrap(
    `${escapeControls(says[language])} [${cause}]`,
    columns - indent.length,
  );
  const { bold } = paint(color);
  return [` ${mark} ${bold(first)}`, ...rest.map((line) => `${indent}${bold(line)}`)];
}

/** A finding with its evidence and commands. @param breaks what does not work for it. */
export function findingLines(
  finding: Finding,
  breaks: readonly Text[],
  options: DiagnosisOptions,
): readonly string[] {
  const { evidence, check, fix, certain } = finding;
  return [
    ...headline(certain ? '✘' : '?', finding, options),
    ...(breaks.length === 0 ? [] : labelled(labels.breaks, told(breaks, options), options)),
    ...labelled(labels.seen, told(evidence, options), options),
    ...labelled(labels.check, commands(check, options), options),
    ...(fix === undefined ? [] : labelled(labels.fix, commands([fix], options), options)),
  ];
}

const phrases = {
  undecided: {
    en: 'What was seen fits each of these; it does not say which it is:',
    zh: '已看到的现象与下列每一项都相符，无法判断是哪一个：',
  },
  one: {
    en: 'Possible cause, not proven by what was seen:',
    zh: '可能是这个原因，但现有依据不足以确认：',
  },
  unknown: { en: 'The cause is not known', zh: '原因不明' },
} satisfies Record<string, Text>;

/** A diagnosis for people. Nothing for one that says that the packet arrives. */
export function diagnosisLines(diagnosis: Diagnosis, options: DiagnosisOptions): readonly string[] {
  const { language } = options;
  switch (diagnosis.kind) {
    case 'arrives':
      return [];
    case 'named': {
      const also = diagnosis.also.map(({ says }) => says);
      return [
        ...findingLines(diagnosis.finding, [], options),
        ...labelled(labels.also, told(also, options), options),
      ];
    }
    case 'undecided': {
      const { between, tell } = diagnosis;
      return [
        (between.length === 1 ? phrases.one : phrases.undecided)[language],
        ...between.flatMap((one) => [
          ...headline('?', one, options),
          ...labelled(labels.seen, told(one.evidence, options), options),
        ]),
        ...labelled(labels.tell, told(tell, options), options),
      ];
    }
    case 'unknown': {
      const { after, remaining } = diagnosis;
      const colon = language === 'zh' ? '：' : ': ';
      const known = diagnosis.dropped ? '' : `${phrases.unknown[language]}${colon}`;
      return [
        ...wrap(` ✘ ${known}${escapeControls(after[language])}`, options.columns),
        ...labelled(labels.left, told(remaining, options), options),
      ];
    }
  }
}
