import { svgStyle } from '../graph/svg-style.ts';
import type { Language } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { wrap } from '../render/wrap.ts';
import type { Necessity, NecessityRow } from './result.ts';
import { type Cell, cellOf, letterOf, needless, shortLine, words } from './words.ts';

/** Pixels. A letter of the 12 px monospace font is 7.3 wide. */
const margin = 20;
const lineHeight = 18;
const cellWidth = 22;
const labelColumns = 72;
const letterWidth = 7.3;
const labelWidth = Math.ceil(labelColumns * letterWidth) + 34;

function xml(text: string): string {
  return escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function at(x: number, y: number, content: string, classes = ''): string {
  return `<text x="${x}" y="${y}"${classes === '' ? '' : ` class="${classes}"`}>${xml(content)}</text>`;
}

function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `${[...text].slice(0, columns - 1).join('')}…`;
}

/** Colour and symbol: nobody has to tell colours apart. */
const shown: Readonly<Record<Cell, { readonly symbol: string; readonly classes: string }>> = {
  holds: { symbol: '\u00b7', classes: 'dim middle' },
  breaks: { symbol: '\u2718', classes: 'mark-gone strong middle' },
  'breaks-some': { symbol: '~', classes: 'mark-changed strong middle' },
};

interface Drawn {
  readonly height: number;
  readonly parts: readonly string[];
}

function drawRow(result: Necessity, row: NecessityRow, y: number, language: Language): string {
  const left = margin + labelWidth;
  const label = cut(shortLine(row.line).replaceAll('\n', ' '), labelColumns);
  const stripe = `<rect x="${margin}" y="${y - 13}" width="${labelWidth + cellWidth * result.promises.length}" height="${lineHeight}" class="${row.row % 2 === 0 ? 'host' : 'paper'}"/>`;
  const cells =
    row.stops === undefined
      ? result.promises.map((promise, index) => {
          const { symbol, classes } = shown[cellOf(promise, row)];
          return at(left + cellWidth * (index + 0.5), y, symbol, classes);
        })
      : [at(left + 6, y, words.stops(row.stops.row)[language], 'mark-gone')];
  return `<g><title>${xml(row.line)}</title>${stripe}${at(margin + 24, y, String(row.row), 'dim end')}${at(margin + 34, y, label)}${cells.join('')}</g>`;
}

function drawTable(
  result: Necessity,
  act: NecessityRow['act'],
  top: number,
  language: Language,
): Drawn {
  const own = result.rows.filter((row) => row.act === act);
  if (own.length === 0) return { height: 0, parts: [] };
  const left = margin + labelWidth;
  const title = act === 'remove' ? words.remove : words.leaveOut;
  const head = [
    at(margin, top, title[language], 'title'),
    ...result.promises.map((_, index) =>
      at(left + cellWidth * (index + 0.5), top, letterOf(index), 'strong middle'),
    ),
  ];
  const rows = own.map((row, index) =>
    drawRow(result, row, top + lineHeight * (index + 1) + 4, language),
  );
  return { height: lineHeight * (own.length + 2) + 4, parts: [...head, ...rows] };
}

/** The table as a picture. */
export function necessitySvg(result: Necessity, language: Language): string {
  const { promises } = result;
  const width = Math.max(2 * margin + labelWidth + cellWidth * promises.length, 600);
  const columns = Math.floor((width - 2 * margin) / letterWidth);
  const parts: string[] = [];
  let y = margin + 14;
  const line = (text: string, classes = '', x = margin) => {
    parts.push(at(x, y, text, classes));
    y += lineHeight;
  };
  line(words.title(result)[language], 'heading');
  for (const part of wrap(words.how[language], columns)) line(part, 'dim');
  if (result.drop) for (const part of wrap(words.drop[language], columns)) line(part, 'dim');
  y += 8;
  // The legend in two columns.
  const half = Math.ceil(promises.length / 2);
  promises.forEach(({ title }, index) => {
    const x = index < half ? margin : width / 2;
    const down = y + lineHeight * (index % half);
    parts.push(at(x, down, letterOf(index), 'strong'), at(x + 20, down, title[language]));
  });
  y += lineHeight * half + 8;
  line(words.legend[language].replace('. ', '\u00b7 '), 'dim');
  y += 14;
  for (const act of ['leave-out', 'remove'] as const) {
    const { height, parts: drawn } = drawTable(result, act, y, language);
    parts.push(...drawn);
    y += height;
  }
  const notes = needless(result);
  if (notes.length > 0) {
    line(words.needless[language], 'title');
    for (const { rows, means } of notes) {
      const label = rows.join(', ');
      const indent = Math.max(4, label.length + 2);
      wrap(means[language], columns - indent).forEach((text, index) => {
        if (index === 0) parts.push(at(margin, y, label, 'strong'));
        line(text, '', margin + Math.ceil(indent * letterWidth));
      });
    }
  }
  const height = y + margin - lineHeight + 6;
  const title = words.title(result)[language];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="ctr-graph" role="img" lang="${language}" aria-label="${xml(title)}"><title>${xml(title)}</title><style>${svgStyle}</style><rect width="${width}" height="${height}" class="paper"/>${parts.join('\n')}</svg>`;
}
