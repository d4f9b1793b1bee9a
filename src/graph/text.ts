import type { Language, Text } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import {
  type Block,
  box,
  coloured,
  fold,
  naturalWidth,
  type Paint,
  padTo,
  plain,
  type Row,
  shorten,
} from './box.ts';
import { containerRows, containerTitle, hostRows, stateText } from './rows.ts';
import { boxDrawing, type Strokes } from './strokes.ts';
import type { Topology } from './topology.ts';
import {
  type ContainerView,
  type DeviceView,
  isCompared,
  namedAddresses,
  togetherStatus,
  type View,
  viewOf,
} from './view.ts';
import { beyond, headingText, routeLine, statusSymbols, statusWords, words } from './words.ts';

export interface TextOptions {
  readonly language: Language;
  /** Terminal columns; no line is wider. */
  readonly width: number;
  readonly color?: boolean;
}

interface Pen {
  readonly language: Language;
  readonly say: (text: Text) => string;
  readonly strokes: Strokes;
  readonly paint: Paint;
  /** Columns inside the margin. */
  readonly width: number;
}

/** What is drawn above the host, and where its veth pairs go in. */
interface Upper {
  readonly lines: readonly string[];
  readonly width: number;
  /** Columns of the veth pairs. */
  readonly plugs: readonly number[];
  /** The ports that the upper part tells about already. */
  readonly told: (port: DeviceView) => boolean;
}

const margin = '  ';
const gap = 2;
/** The first veth pair's column in a box, and how far the next one is. */
const firstPlug = 4;
const nextPlug = 2;

/** The end of a veth pair whose other end is on the host. */
function pluggedEnds({ ends }: ContainerView): readonly DeviceView[] {
  return ends.filter(({ peer }) => peer !== undefined);
}

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

const columnNames = ['name', 'pid', 'interface', 'address', 'port', 'bridge', 'state'] as const;
type Column = (typeof columnNames)[number];
/** What is left out first where there is no room. */
const dispensable: readonly Column[] = ['pid', 'bridge', 'state', 'port', 'interface'];

type TableRow = Readonly<Record<Column, string>> & { readonly status: Row['status'] };

function tableRows({ containers, bridges }: View, pen: Pen): readonly TableRow[] {
  const bridgeOf = (port: DeviceView['peer']) =>
    bridges.find(({ device }) => device.id === port?.master)?.device.name ?? '-';
  return containers.flatMap(({ place, ends }) => {
    const pid = String(place.pid ?? '');
    const none = { interface: '-', address: '-', port: '-', bridge: '-', state: '-' };
    if (ends.length === 0) return [{ status: place.status, name: place.name, pid, ...none }];
    return ends.map(
      ({ device, addresses, peer, cable }, index): TableRow => ({
        status: togetherStatus([
          place.status,
          device.status,
          cable?.status,
          peer?.status,
          ...addresses.map(({ status }) => status),
        ]),
        name: index === 0 ? place.name : '',
        pid: index === 0 ? pid : '',
        interface: device.name,
        address: addresses.map(({ address }) => address).join(' ') || '-',
        port: peer === undefined ? '-' : peer.name,
        bridge: bridgeOf(peer),
        state: stateText(device, pen.strokes, pen.say),
      }),
    );
  });
}

/** All containers as a table in one box. */
function asTable(view: View, pen: Pen): Upper {
  const { strokes, say, width } = pen;
  const heads: TableRow = {
    status: 'same',
    name: say(words.container),
    pid: 'pid',
    interface: say(words.interface),
    address: say(words.address),
    port: say(words.pair),
    bridge: say(words.bridge),
    state: say(words.state),
  };
  const rows = tableRows(view, pen);
  const filled = columnNames.filter(
    (column) =>
      rows.some((row) => row[column] !== '') && (column !== 'bridge' || view.bridges.length > 1),
  );
  const cell = (row: TableRow, column: Column) => escapeControls(row[column]);
  const widthOf = (column: Column) =>
    Math.max(...[heads, ...rows].map((row) => columnsOf(cell(row, column))));
  const total = (columns: readonly Column[]) =>
    columns.reduce((sum, column) => sum + widthOf(column) + 2, -2);
  const columns = dispensable.reduce<readonly Column[]>(
    (kept, column) => (total(kept) > width - 5 ? kept.filter((one) => one !== column) : kept),
    filled,
  );
  const line = (row: TableRow) =>
    columns
      .map((column) => padTo(cell(row, column), widthOf(column)))
      .join('  ')
      .trimEnd();
  const listed: readonly Row[] = [heads, ...rows].map((row) => ({
    status: row.status,
    label: '',
    main: line(row),
  }));
  const groups = new Map<string, string[]>();
  for (const { place, routes } of view.containers) {
    const text = routes
      .filter(({ to, status }) => (to === 'default' || to === '::/0') && status !== 'gone')
      .map(routeLine)
      .join(', ');
    if (text !== '') groups.set(text, [...(groups.get(text) ?? []), place.name]);
  }
  const routes = [...groups].map(
    ([text, names]): Row => ({
      status: 'same',
      label: '',
      main:
        names.length === view.containers.length
          ? `${say(words.route)}  ${text}`
          : `${say(words.route)}  ${text}: ${names.join(', ')}`,
    }),
  );
  const count = view.containers.length;
  const title = say({ en: `${count} containers`, zh: `${count} 个容器` });
  const cables = view.containers.flatMap(pluggedEnds);
  const natural = Math.max(total(columns) + 7, columnsOf(title) + 9);
  const own = Math.min(width, natural);
  const drawn = tableBox(title, [...listed, ...routes], own, pen, cables.length > 0);
  const label = `${padTo('', firstPlug)}${strokes.cable} ${cables.length} ${say({ en: cables.length === 1 ? 'veth pair' : 'veth pairs', zh: '个 veth 对' })}`;
  const peers = new Set(cables.map(({ peer }) => peer?.id));
  return {
    lines: cables.length === 0 ? drawn : [...drawn, label],
    width: own,
    plugs: cables.length === 0 ? [] : [firstPlug],
    told: ({ device }) =>
      columns.includes('port') &&
      peers.has(device.id) &&
      device.state === 'up' &&
      device.was === undefined,
  };
}

/** Lines without labels start where labels would. */
function tableBox(
  title: string,
  rows: readonly Row[],
  width: number,
  { strokes, paint }: Pen,
  plug: boolean,
): readonly string[] {
  const room = width - 5;
  const fitted = rows.flatMap((row): readonly Row[] =>
    columnsOf(row.main) <= room
      ? [{ ...row, label: row.main, main: '' }]
      : fold(row.main, room).map((line, index) => ({
          status: index === 0 ? row.status : ('same' as const),
          label: line,
          main: '',
        })),
  );
  const bare = fitted.map(({ label, status }) => ({ label: '', main: label, status }));
  return box(title, 'same', bare, width, strokes, paint, {
    below: plug ? [[firstPlug, strokes.plugBelow]] : [],
    extra: false,
  }).lines;
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
