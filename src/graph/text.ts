import type { Language } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { type Block, box, coloured, fold, naturalWidth, padTo, plain, shorten } from './box.ts';
import { asTable } from './container-table.ts';
import { firstPlug, nextPlug, type Pen, pluggedEnds, type Upper } from './pen.ts';
import { containerRows, containerTitle, hostRows } from './rows.ts';
import { boxDrawing, type Strokes } from './strokes.ts';
import type { Topology } from './topology.ts';
import { type DeviceView, isCompared, namedAddresses, type View, viewOf } from './view.ts';
import { beyond, headingText, statusSymbols, statusWords, words } from './words.ts';

export interface TextOptions {
  readonly language: Language;
  /** Terminal columns; no line is wider. */
  readonly width: number;
  readonly color?: boolean;
}

const margin = '  ';

const gap = 2;

function cableText({ device, peer, cable }: DeviceView, { both }: Strokes): string {
  const status = cable?.status ?? 'same';
  const symbol = status === 'same' ? '' : `${statusSymbols[status]} `;
  return escapeControls(`${symbol}${device.name} ${both} ${peer?.name ?? ''}`);
}

/** Each container as a box of its own; undefined where they do not fit beside each other. */
function sideBySide({ containers }: View, pen: Pen): Upper | undefined {
  const { strokes, paint, language, width } = pen;
  const parts = containers.map((container) => {
    const rows = containerRows(container, strokes, language);
    const title = containerTitle(container, language);
    const cables = pluggedEnds(container);
    const bars = firstPlug + (cables.length - 1) * nextPlug;
    const labels = cables.map((one) => bars + 3 + columnsOf(cableText(one, strokes)));
    const least = Math.max(naturalWidth(title, rows, false), ...labels, bars + 3);
    return { container, rows, title, cables, least };
  });
  const gaps = gap * Math.max(0, parts.length - 1);
  const least = parts.reduce((sum, part) => sum + part.least, gaps);
  if (parts.length > 1 && least > width) return undefined;
  const single = parts.length === 1;
  const [only] = parts;
  const full = only === undefined ? 0 : naturalWidth(only.title, only.rows, true);
  const extra = single && full <= width;
  const height = Math.max(0, ...parts.map(({ rows }) => rows.length));
  let left = 0;
  const plugs: number[] = [];
  const blocks = parts.map((part): Block => {
    const own = single
      ? Math.min(width, extra ? Math.max(full, part.least) : part.least)
      : part.least;
    const at = part.cables.map((_, index) => firstPlug + index * nextPlug);
    plugs.push(...at.map((column) => left + column));
    left += own + gap;
    const drawn = box(part.title, part.container.place.status, part.rows, own, strokes, paint, {
      below: at.map((column) => [column, strokes.plugBelow] as const),
      extra,
      ...(single ? {} : { height }),
    });
    const labels = part.cables.map((one) => {
      const bars = at.reduce((line, column) => `${padTo(line, column)}${strokes.cable}`, '');
      const text = shorten(cableText(one, strokes), own - columnsOf(bars) - 1, strokes);
      return `${bars} ${paint(one.cable?.status ?? 'same', text)}${' '.repeat(Math.max(0, own - columnsOf(bars) - 1 - columnsOf(text)))}`;
    });
    return { width: own, lines: [...drawn.lines, ...labels] };
  });
  const tallest = Math.max(0, ...blocks.map(({ lines }) => lines.length));
  const lines = Array.from({ length: tallest }, (_, at) =>
    blocks
      .map((block, index) => {
        const cables = parts[index]?.cables ?? [];
        const bars = cables.reduce(
          (line, __, number) => `${padTo(line, firstPlug + number * nextPlug)}${strokes.cable}`,
          '',
        );
        return block.lines[at] ?? padTo(bars, block.width);
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
  return { lines, width: Math.max(0, left - gap), plugs, told: () => false };
}

function worldLines(view: View, { say, strokes, paint, width }: Pen): readonly string[] {
  const { world } = view;
  if (world === undefined) return [];
  const line = `${' '.repeat(firstPlug)}${strokes.line}`;
  const named = namedAddresses(world);
  const uplinks = view.uplinks.map(({ device }) => device.name);
  const symbol = world.status === 'same' ? '' : `${statusSymbols[world.status]} `;
  if (named.length === 0) {
    const text = uplinks.length === 0 ? say(words.world) : say(beyond(uplinks));
    const lines = fold(escapeControls(text), width - columnsOf(symbol) - 4);
    return [
      line,
      ...lines.map((one, index) => {
        const [start, end] = [
          index === 0 ? `${symbol}( ` : padTo('', columnsOf(symbol) + 2),
          index === lines.length - 1 ? ' )' : '',
        ];
        return paint(world.status, `${start}${one}${end}`);
      }),
    ];
  }
  const head = `${symbol}( ${say(words.world)} )`;
  const longest = Math.max(...named.map(([address]) => columnsOf(address)));
  return [
    line,
    ...named
      .slice(0, 2)
      .map(([address, names], index) =>
        shorten(
          `${padTo(index === 0 ? head : '', columnsOf(head))}  ${padTo(address, longest)}  ${names[0] ?? ''}${names.length > 1 ? ` ${strokes.more}` : ''}`,
          width,
          strokes,
        ),
      ),
  ];
}

/** Draws a topology with these strokes. */
export function drawTopology(topology: Topology, options: TextOptions, strokes: Strokes): string {
  const { language, width, color = false } = options;
  const pen: Pen = {
    language,
    strokes,
    say: (text) => text[language],
    paint: color ? coloured : plain,
    width: Math.max(20, width - margin.length),
  };
  const { say } = pen;
  const view = viewOf(topology);
  const upper =
    view.containers.length === 0
      ? { lines: [], width: 0, plugs: [], told: () => false }
      : (sideBySide(view, pen) ?? asTable(view, pen));
  const rows = hostRows(view, topology, (port) => !upper.told(port), strokes, language);
  const title = say(words.host);
  const wide = naturalWidth(title, rows, true);
  const extra = wide <= pen.width;
  const natural = extra ? wide : naturalWidth(title, rows, false);
  const own = Math.min(pen.width, Math.max(natural, upper.width));
  const host = box(title, view.host?.status ?? 'same', rows, own, strokes, pen.paint, {
    above: upper.plugs,
    below: view.world === undefined ? [] : [[firstPlug, strokes.lineBelow]],
    extra,
  });
  const heading = fold(escapeControls(headingText(topology)[language]), pen.width);
  const legend = (['new', 'changed', 'gone'] as const)
    .map((status) => `${statusSymbols[status]} ${say(statusWords[status])}`)
    .join('   ');
  return [
    ...heading,
    ...upper.lines,
    ...host.lines,
    ...worldLines(view, pen),
    ...(isCompared(topology) ? ['', legend] : []),
  ]
    .map((line) => (line === '' ? '' : `${margin}${line}`.trimEnd()))
    .join('\n')
    .concat('\n');
}

/** Draws a topology with box-drawing characters, for a terminal. Pure. */
export function renderText(topology: Topology, options: TextOptions): string {
  return drawTopology(topology, options, boxDrawing);
}
