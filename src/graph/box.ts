import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { wrap } from '../render/wrap.ts';
import type { Strokes } from './strokes.ts';
import type { Status } from './topology.ts';
import { statusSymbols } from './words.ts';

/** A line in a box: what it is about, what is said of it, what can be left out, and its state at the right. */
export interface Row {
  readonly status: Status;
  readonly label: string;
  readonly main: string;
  readonly extra?: string | undefined;
  readonly right?: string | undefined;
}

/** A piece of a drawing, as wide as it says on every line. */
export interface Block {
  readonly width: number;
  readonly lines: readonly string[];
}

/** How lines are painted; `plain` leaves them as they are. */
export type Paint = (status: Status, text: string) => string;

const codes: Readonly<Record<Status, string>> = { same: '', new: '32', changed: '33', gone: '31' };

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (status, text) =>
  status === 'same' ? text : `\u001b[${codes[status]}m${text}\u001b[0m`;

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** The beginning of a text, at most this wide. */
export function shorten(text: string, columns: number, { more }: Strokes): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const char of text) {
    if (columnsOf(kept + char) > columns - more.length) break;
    kept += char;
  }
  return kept + more.slice(0, Math.max(0, columns - columnsOf(kept)));
}

/** As `wrap`; a word that is wider than a line goes on in the next one. */
export function fold(text: string, columns: number): readonly string[] {
  return wrap(text, columns).flatMap((line) => {
    const lines = [''];
    for (const char of line) {
      const last = lines.length - 1;
      if (columnsOf(`${lines[last]}${char}`) > columns) lines.push(char);
      else lines[last] += char;
    }
    return lines;
  });
}

/** The width of labels in a box in which not all fits. */
const narrowLabel = 10;

/** Columns that a box needs beside its content: two edges, a mark, and blanks. */
const frame = 5;

function cleaned(row: Row): Row {
  const clean = (text: string | undefined) =>
    text === undefined ? undefined : escapeControls(text);
  return {
    ...row,
    label: escapeControls(row.label),
    main: escapeControls(row.main),
    extra: clean(row.extra),
    right: clean(row.right),
  };
}

function widest(rows: readonly Row[], field: 'label' | 'main' | 'right'): number {
  return Math.max(0, ...rows.map((row) => columnsOf(row[field] ?? '')));
}

/** How wide the parts of a box's rows are. */
interface Columns {
  readonly label: number;
  /** What stands before an `extra`. */
  readonly aligned: number;
  readonly right: number;
}

function columnsWith(rows: readonly Row[], extra: boolean): Columns {
  const withExtra = rows.filter((row) => extra && row.extra !== undefined);
  return {
    label: widest(rows, 'label'),
    aligned: widest(withExtra, 'main'),
    right: widest(rows, 'right'),
  };
}

/** The columns that a row's text takes, with `extra` aligned. */
function contentOf(row: Row, { label, aligned }: Columns, extra: boolean): string {
  const head = label === 0 ? '' : `${padTo(row.label, label)}  `;
  return extra && row.extra !== undefined
    ? `${head}${padTo(row.main, aligned)}  ${row.extra}`
    : `${head}${row.main}`;
}

/** The width of a box in which every row fits on one line. */
export function naturalWidth(title: string, rows: readonly Row[], extra: boolean): number {
  const clean = rows.map(cleaned);
  const columns = columnsWith(clean, extra);
  const widths = clean.map(
    (row) =>
      columnsOf(contentOf(row, columns, extra)) + (row.right === undefined ? 0 : 2 + columns.right),
  );
  return Math.max(columnsOf(escapeControls(title)) + 3, ...widths) + frame;
}

function rowLines(
  row: Row,
  columns: Columns,
  content: number,
  extra: boolean,
  strokes: Strokes,
): readonly string[] {
  const right = row.right ?? '';
  const text = contentOf(row, columns, extra);
  const room = content - (right === '' ? 0 : columnsOf(right) + 2);
  if (columnsOf(text) <= room && columnsOf(row.label) <= columns.label) {
    return [right === '' ? text : padTo(text, content - columnsOf(right)) + right];
  }
  const first = shorten(row.label, room, strokes);
  const rest = fold(row.main, content - 2).map((line) => `  ${line}`);
  if (first === '' && right === '') return rest;
  return [right === '' ? first : padTo(first, content - columnsOf(right)) + right, ...rest];
}

/** A box with a title, its rows, and plugs in its edges at these columns. */
export function box(
  title: string,
  titleStatus: Status,
  rows: readonly Row[],
  width: number,
  strokes: Strokes,
  paint: Paint,
  edges: {
    readonly above?: readonly number[];
    readonly below?: readonly (readonly [number, string])[];
    readonly extra: boolean;
    readonly height?: number;
  },
): Block {
  const { topLeft, across, topRight, down, bottomLeft, bottomRight } = strokes;
  const clean = rows.map(cleaned);
  const content = Math.max(1, width - frame);
  const natural = columnsWith(clean, edges.extra);
  const fits = naturalWidth(title, rows, edges.extra) <= width;
  // Where there is little room, a long label stands on a line of its own.
  const columns = fits ? natural : { ...natural, label: Math.min(natural.label, narrowLabel) };
  const symbol = titleStatus === 'same' ? '' : `${statusSymbols[titleStatus]} `;
  const name = shorten(`${symbol}${escapeControls(title)}`, content - 1, strokes);
  const above = edges.above ?? [];
  // A title stands to the right of the plugs in its edge.
  const start = Math.max(1, ...above.map((at) => at + 1));
  const top = Array.from({ length: Math.max(0, width - 2) }, (_, at) =>
    above.includes(at + 1) ? strokes.plugAbove : across,
  ).join('');
  const room = width - 2 - start;
  const shown = columnsOf(name) + 2 <= room ? name : shorten(name, Math.max(0, room - 2), strokes);
  const titled = `${top.slice(0, start)} ${paint(titleStatus, shown)} ${across.repeat(Math.max(0, room - columnsOf(shown) - 2))}`;
  const below = new Map(edges.below ?? []);
  const bottom = Array.from(
    { length: Math.max(0, width - 2) },
    (_, at) => below.get(at + 1) ?? across,
  ).join('');
  const body = clean.flatMap((row) =>
    rowLines(row, columns, content, edges.extra, strokes).map((line, index) => {
      const mark = index === 0 ? statusSymbols[row.status] : ' ';
      return `${down}${paint(row.status, `${mark} ${padTo(line, content)}`)} ${down}`;
    }),
  );
  const empty = `${down}${' '.repeat(Math.max(0, width - 2))}${down}`;
  const missing = Math.max(0, (edges.height ?? 0) - body.length);
  return {
    width,
    lines: [
      `${topLeft}${titled}${topRight}`,
      ...body,
      ...Array.from({ length: missing }, () => empty),
      `${bottomLeft}${bottom}${bottomRight}`,
    ],
  };
}
