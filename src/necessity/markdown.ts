import type { Language } from '../model/text.ts';
import type { Necessity, NecessityRow } from './result.ts';
import { cellOf, firstLine, letterOf, marks, needless, partly, words } from './words.ts';

/** A text as code in a table's cell (GitHub Flavored Markdown). */
function code(text: string): string {
  const line = text.replaceAll('\n', ' ').replaceAll('|', '\\|');
  const fence = line.includes('`') ? '``' : '`';
  return `${fence}${line}${fence}`;
}

/** The longest command in a table's cell, in characters. */
const longest = 120;

function short(line: string): string {
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

function rowLine(result: Necessity, row: NecessityRow, language: Language): string {
  const cells =
    row.stops === undefined
      ? result.promises.map((promise) => marks[cellOf(promise, row)].replace('.', ''))
      : [words.stops(row.stops.row)[language], ...result.promises.slice(1).map(() => '')];
  return `| ${[row.row, code(short(row.line)), ...cells].join(' | ')} |`;
}

/** The table as Markdown. */
export function necessityMarkdown(result: Necessity, language: Language): string {
  const { promises, rows, drop } = result;
  const say = (text: { readonly en: string; readonly zh: string }) => text[language];
  const table = (act: NecessityRow['act'], title: string) => {
    const own = rows.filter((row) => row.act === act);
    if (own.length === 0) return [];
    return [
      `### ${title}`,
      '',
      `| # | ${say(words.command)} | ${promises.map((_, index) => letterOf(index)).join(' | ')} |`,
      `|--:|---|${promises.map(() => ':-:|').join('')}`,
      ...own.map((row) => rowLine(result, row, language)),
      '',
    ];
  };
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`### ${title}`, '', ...lines.map((line) => `- ${line}`), ''];
  const stopped = rows.filter(({ stops }) => stops !== undefined);
  const colon = language === 'zh' ? '：' : ': ';
  return [
    `## ${say(words.title(result))}`,
    '',
    say(words.how),
    ...(drop ? [say(words.drop)] : []),
    say(words.legend).replace(/ {3}\. .*$/, ''),
    '',
    `| | ${say(words.promise)} | ${say(words.test)} |`,
    '|---|---|---|',
    ...promises.map(
      ({ title, tests }, index) =>
        `| ${letterOf(index)} | ${say(title)} | ${tests[0] === undefined ? say(words.gone) : code(tests[0].line)} |`,
    ),
    '',
    ...table('leave-out', say(words.leaveOut)),
    ...table('remove', say(words.remove)),
    ...list(
      say(words.someHead),
      partly(result, language).map(({ row, text }) => `${row}${colon}${text}`),
    ),
    ...list(
      say(words.stopsHead),
      stopped.map(({ row, stops }) => {
        const said = stops?.said ?? '';
        const line = firstLine(said, language);
        return `${row}${colon}${say(words.stops(stops?.row ?? 0))}${colon}${said === '' ? line : code(line)}`;
      }),
    ),
    ...list(
      say(words.needless),
      needless(result).map(
        ({ rows: numbers, means }) => `${numbers.join(', ')}${colon}${say(means)}`,
      ),
    ),
    ...list(
      say(words.notKept),
      result.not_kept.map(({ promise, container }) => `${container}${colon}${promise}`),
    ),
  ]
    .join('\n')
    .trimEnd();
}
