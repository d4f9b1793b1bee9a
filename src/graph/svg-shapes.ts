import { escapeControls } from '../render/escape-controls.ts';
import { type Box, type Point, right, type Size } from './geometry.ts';
import type { PictureRow } from './picture-rows.ts';
import type { Status } from './topology.ts';
import { statusSymbols } from './words.ts';

/** Text as XML, without what would control a terminal or is not allowed in XML. */
export function xml(text: string): string {
  return (
    escapeControls(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // A surrogate without its other half, and what is no character (XML 1.0, 2.2).
      .replaceAll(
        /[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])|[\ufffe\uffff]/g,
        '\ufffd',
      )
  );
}

/** Pixels to one decimal. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function is(status: Status | undefined): string {
  return status === undefined || status === 'same' ? '' : ` is-${status}`;
}

export function text(at: Point, content: string, classes: string): string {
  return `<text x="${px(at.x)}" y="${px(at.y)}" class="${classes}">${xml(content)}</text>`;
}

export function rect(box: Box, radius: number, classes: string): string {
  return `<rect x="${px(box.x)}" y="${px(box.y)}" width="${px(box.width)}" height="${px(box.height)}" rx="${px(radius)}" class="${classes}"/>`;
}

export function path(points: readonly Point[], classes: string): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  const lines = rest.map(({ x, y }) => `L${px(x)} ${px(y)}`).join('');
  return `<path d="M${px(start.x)} ${px(start.y)}${lines}" class="${classes}"/>`;
}

export function group(status: Status, title: string, ...content: readonly string[]): string {
  return `<g class="element${is(status)}"><title>${xml(title)}</title>${content.join('')}</g>`;
}

/** What has become of a box, as a symbol in its corner. */
export function badge(box: Box, status: Status): string {
  if (status === 'same') return '';
  const [x, y] = [right(box), box.y];
  return `<circle cx="${px(x)}" cy="${px(y)}" r="8" class="mark-${status}"/><text x="${px(x)}" y="${px(y + 4)}" class="badge">${statusSymbols[status].replace('-', '\u2212')}</text>`;
}

/** A line of text, with a symbol before it when it is new, changed or gone. */
export function line(row: PictureRow, at: Point | undefined, classes = ''): string {
  if (at === undefined) return '';
  const size: Readonly<Record<Size, string>> = {
    heading: 'heading',
    title: 'title',
    text: 'text',
    small: 'small',
  };
  const status = row.status ?? 'same';
  const mark =
    status === 'same' || row.size === 'title'
      ? ''
      : text(
          { x: at.x - 5, y: at.y },
          statusSymbols[status].replace('-', '\u2212'),
          `${size[row.size]} mark mark-${status}`,
        );
  const dim = row.dim === true ? ' dim' : '';
  return mark + text(at, row.text, `${size[row.size]}${dim}${is(status)}${classes}`);
}

/** A rectangle whose edges are arcs. */
export function cloud({ x, y, width, height }: Box, classes: string): string {
  const arcs = (length: number, along: number, [dx, dy]: readonly [number, number]) => {
    const count = Math.max(2, Math.round(length / along));
    const step = length / count;
    const radius = px(step * 0.58);
    return Array.from(
      { length: count },
      () => `a${radius} ${radius} 0 0 1 ${px(step * dx)} ${px(step * dy)}`,
    ).join('');
  };
  const d = [
    `M${px(x)} ${px(y)}`,
    arcs(width, 46, [1, 0]),
    arcs(height, 32, [0, 1]),
    arcs(width, 46, [-1, 0]),
    arcs(height, 32, [0, -1]),
    'Z',
  ];
  return `<path d="${d.join('')}" class="${classes}"/>`;
}

/** A tag that points down, the way the packets go. */
export function tag({ x, y, width, height }: Box, classes: string): string {
  const point = 7;
  const d = `M${px(x)} ${px(y)}h${px(width)}v${px(height - point)}h${px(-(width / 2 - 9))}l-9 ${point}l-9 ${-point}h${px(-(width / 2 - 9))}Z`;
  return `<path d="${d}" class="${classes}"/>`;
}
