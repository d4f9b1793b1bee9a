import { called, named } from '../exec/called.ts';
import type { CtrError, Details, Problem } from '../model/errors.ts';
import type { Language, Text } from '../model/text.ts';
import { escapeControls, escapeLines } from './escape-controls.ts';

const labels = {
  step: { en: 'step', zh: '步骤' },
  ran: { en: 'ran', zh: '运行' },
  said: { en: 'said', zh: '输出' },
  means: { en: 'means', zh: '含义' },
  undone: { en: 'undone', zh: '已撤销' },
  left: { en: 'left', zh: '残留' },
  try: { en: 'try', zh: '试试' },
} satisfies Record<string, Text>;

/** Pads a label to a fixed width; Chinese characters take two columns. */
function padded(label: string): string {
  const wide = [...label].reduce((sum, char) => sum + (char > '\u2e80' ? 2 : 1), 0);
  return `${label}${' '.repeat(Math.max(1, 8 - wide))}`;
}

function row(label: Text, language: Language, values: readonly string[]): readonly string[] {
  return values.map((value, index) =>
    index === 0 ? `  ${padded(label[language])}${value}` : `          ${value}`,
  );
}

function inLanguage(value: string | Text, language: Language): string {
  return named(typeof value === 'string' ? value : value[language]);
}

function rowsOf(details: Details, language: Language): readonly string[] {
  const one = (key: keyof typeof labels, text: string | undefined) =>
    text === undefined || text === '' ? [] : row(labels[key], language, escapeLines(text));
  return [
    ...one('step', details.step),
    ...one('ran', details.ran),
    ...one('said', details.said),
    ...one('means', details.means && inLanguage(details.means, language)),
    ...one('undone', details.undone?.[language]),
    ...row(
      labels.left,
      language,
      (details.left ?? []).map((line) => escapeControls(named(line))),
    ),
    ...row(
      labels.try,
      language,
      (details.try ?? []).slice(0, 3).map((way) => escapeControls(inLanguage(way, language))),
    ),
  ];
}

/** One line for the problem, one for its fix. */
export function problemLines(problem: Problem, language: Language): readonly string[] {
  const place = problem.place === undefined ? '' : `${escapeControls(problem.place)}  `;
  const fix =
    problem.fix === undefined
      ? []
      : [`        ${escapeControls(inLanguage(problem.fix, language))}`];
  return [
    `  ${problem.code}  ${place}${escapeControls(inLanguage(problem.message, language))}`,
    ...fix,
  ];
}

/** An error as text for people. */
export function problem(error: CtrError, language: Language): string {
  return [
    `${called}: ${escapeControls(inLanguage(error.text, language))}`,
    ...rowsOf(error.details, language),
    ...(error.details.problems ?? []).flatMap((one) => problemLines(one, language)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
