import type { Language } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { wrap } from '../render/wrap.ts';
import type { Necessity, NecessityRow } from './result.ts';
import { cellOf, firstLine, letterOf, marks, needless, partly, shortLine, words } from './words.ts';

/** Columns of a terminal. */
const width = 80;
/** Columns of a row's number, with a space after it. */
const numberWidth = 4;

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** Cuts a text to so many columns; a cut one ends in an ellipsis. */
function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let short = '';
  for (const char of text) {
    if (columnsOf(short + char) > columns - 1) break;
    short += char;
  }
  return `${short}…`;
}

/** Lines with a label before them: the text is wrapped beside it. */
function beside(label: string, text: string, room = numberWidth): readonly string[] {
  const columns = Math.max(room, columnsOf(label) + 1);
  const [first = '', ...rest] = wrap(text, width - columns);
  return [padded(label, columns) + first, ...rest.map((line) => ' '.repeat(columns) + line)].map(
    (line) => cut(line, width),
  );
}

function rowLine(result: Necessity, row: NecessityRow, language: Language): string {
  const { promises } = result;
  const room = width - numberWidth - 2 * promises.length;
  const label = `${String(row.row).padStart(numberWidth - 1)} ${padded(cut(shortLine(row.line).replaceAll('\n', ' '), room - 1), room)}`;
  const cells =
    row.stops === undefined
      ? promises.map((promise) => ` ${marks[cellOf(promise, row)]}`).join('')
      : ` ${words.stops(row.stops.row)[language]}`;
  return (label + cells).trimEnd();
}

/** The table for a terminal of 80 columns. */
export function necessityText(result: Necessity, language: Language): string {
  const { promises, rows, drop } = result;
  const head = promises.map((_, index) => ` ${letterOf(index)}`).join('');
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', ...wrap(title, width), ...lines];
  const colon = language === 'zh' ? '：' : ':';
  const table = (act: NecessityRow['act'], title: string) => {
    const own = rows.filter((row) => row.act === act);
    if (own.length === 0) return [];
    let step = '';
    return [
      '',
      padded(title, width - columnsOf(head)) + head,
      ...own.flatMap((row) => {
        const same = `${row.step} ${row.of}` === step;
        step = `${row.step} ${row.of}`;
        const line = rowLine(result, row, language);
        return same || act === 'remove' ? [line] : [cut(`- ${row.title[language]}`, width), line];
      }),
    ];
  };
  const stopped = rows.filter(({ stops }) => stops !== undefined);
  return [
    words.title(result)[language],
    ...wrap(words.how[language], width),
    ...(drop ? wrap(words.drop[language], width) : []),
    '',
    ...promises.map(({ title }, index) => `  ${letterOf(index)}  ${title[language]}`),
    '',
    `  ${words.legend[language]}`,
    ...table('leave-out', words.leaveOut[language]),
    ...table('remove', words.remove[language]),
    ...section(
      `${words.someHead[language]}${colon}`,
      partly(result, language).flatMap(({ row, text }) => beside(String(row).padStart(3), text)),
    ),
    ...section(
      `${words.stopsHead[language]}${colon}`,
      stopped.flatMap(({ row, stops }) =>
        beside(
          String(row).padStart(3),
          `${words.stops(stops?.row ?? 0)[language]}${colon}${language === 'zh' ? '' : ' '}${cut(firstLine(stops?.said ?? '', language), 2 * width)}`,
        ),
      ),
    ),
    ...section(
      `${words.needless[language]}${colon}`,
      needless(result).flatMap(({ rows: numbers, means }) => [
        ...beside(`${numbers.join(', ').padStart(3)}`, means[language]),
      ]),
    ),
    ...section(
      `${words.notKept[language]}${colon}`,
      result.not_kept.map(({ promise, container }) => `    ${container}: ${promise}`),
    ),
  ].join('\n');
}
