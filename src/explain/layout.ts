import type { Language } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { wrap } from '../render/wrap.ts';
import type { Statement, Token } from './grammar.ts';

/** Below this, lines from words to their meanings have no room: then it is a list. */
export const narrow = 60;
/** What a meaning needs beside its word, in terminal columns. */
const room = 30;
const unknown = { en: '?  ctr does not know this', zh: '？ ctr 不认识' };

interface Placed {
  readonly token: Token;
  readonly text: string;
  /** Terminal columns from the left. */
  readonly column: number;
}

/** A text cut to so many terminal columns. */
function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const char of text) {
    if (columnsOf(kept + char) > columns - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** The words of a statement, without the semicolon at its end. */
function shown({ tokens }: Statement): readonly Token[] {
  const last = tokens.at(-1)?.text;
  return tokens.length > 1 && (last === ';' || last === ';;') ? tokens.slice(0, -1) : tokens;
}

function oneLine(text: string): string {
  return escapeControls(text.replaceAll(/\s*\n\s*/g, ' ⏎ '));
}

/** Divides a command into rows whose last word still has room for its meaning. */
function rowsOf(tokens: readonly Token[], width: number): readonly (readonly Placed[])[] {
  const rows: Placed[][] = [[]];
  let column = 0;
  for (const token of tokens) {
    const text = cut(oneLine(token.text), width - room + 8);
    const size = columnsOf(text);
    if (column > 0 && (column > width - room || column + size > width - 2)) {
      // A value stays beside the word that it is for.
      const row = rows.at(-1) ?? [];
      const option = token.isValue && row.length > 1 ? row.pop() : undefined;
      rows.push(option === undefined ? [] : [{ ...option, column: 0 }]);
      column = option === undefined ? 0 : columnsOf(option.text) + 1;
    }
    rows.at(-1)?.push({ token, text, column });
    column += size + 1;
  }
  return rows;
}

/** Spaces up to a column, with a line down from each of these words. */
function bars(placed: readonly Placed[], column: number): string {
  let text = '';
  for (const one of placed) text += `${' '.repeat(one.column - text.length)}│`;
  return text + ' '.repeat(column - text.length);
}

function meaning({ means }: Token, language: Language): string {
  return escapeControls((means ?? unknown)[language]);
}

function partLines(
  parts: readonly Token[],
  language: Language,
  columns: number,
): readonly string[] {
  return parts.flatMap((part) => {
    const name = oneLine(part.text);
    const lines = wrap(`${name}  ${meaning(part, language)}`, columns - 2);
    return [
      ...lines.map((line, index) => `${index === 0 ? '· ' : '  '}${line}`),
      ...partLines(part.parts ?? [], language, columns - 2).map((line) => `  ${line}`),
    ];
  });
}

function rowLines(row: readonly Placed[], language: Language, width: number): readonly string[] {
  return row.toReversed().flatMap(({ token, column }, index) => {
    const before = row.slice(0, row.length - 1 - index);
    const columns = Math.max(width - column - 2, 16);
    const texts = [
      ...wrap(meaning(token, language), columns),
      ...partLines(token.parts ?? [], language, columns),
    ];
    return texts.map((text, line) => `${bars(before, column)}${line === 0 ? '└' : ' '} ${text}`);
  });
}

function asRows(tokens: readonly Token[], language: Language, width: number): readonly string[] {
  const rows = rowsOf(tokens, width);
  return rows.flatMap((row, index) => {
    const line = row.map(({ text }) => text).join(' ');
    const more = index < rows.length - 1 ? ' \\' : '';
    return [`${line}${more}`, ...rowLines(row, language, width)];
  });
}

function asList(tokens: readonly Token[], language: Language, width: number): readonly string[] {
  return tokens.flatMap((token) => [
    cut(oneLine(token.text), width),
    ...wrap(meaning(token, language), width - 2).map((line) => `  ${line}`),
    ...partLines(token.parts ?? [], language, width - 2).map((line) => `  ${line}`),
  ]);
}

const headings = {
  script: { en: 'The text for the shell:', zh: '交给 shell 的文字：' },
  output: { en: 'The command in $( ):', zh: '$( ) 里的命令：' },
  input: { en: 'Its input:', zh: '它的输入：' },
};

function scriptsIn(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => [
    ...(token.script === undefined ? [] : [token]),
    ...scriptsIn(token.parts ?? []),
  ]);
}

/** A statement, with a line from each word to what it means; then what is inside its words, and its input. */
export function statementLines(
  statement: Statement,
  language: Language,
  width: number,
): readonly string[] {
  const tokens = shown(statement);
  const indented = (all: readonly Statement[]) =>
    all.flatMap((one) => [
      '',
      ...statementLines(one, language, width - 2).map((line) => `  ${line}`),
    ]);
  const inner = scriptsIn(tokens).flatMap(({ text, script = [] }) => {
    const heading = text.includes('$(') ? headings.output : headings.script;
    return ['', heading[language], ...indented(script)];
  });
  const { input = [] } = statement;
  return [
    ...(width < narrow ? asList(tokens, language, width) : asRows(tokens, language, width)),
    ...inner,
    ...(input.length === 0 ? [] : ['', headings.input[language], ...indented(input)]),
  ];
}
