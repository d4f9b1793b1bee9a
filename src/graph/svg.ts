import type { Language, Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { proseOf } from './alt.ts';
import { compareTopologies } from './compare.ts';
import { type Box, bottom, middle, type Point, right, type Size, textWidth } from './geometry.ts';
import { barNote, cableKey, chipHeight, type Layout, layOut, rowKey, worldRows } from './layout.ts';
import { cardRows, natText, type PictureRow, placeRows } from './picture-rows.ts';
import { isNat } from './rows.ts';
import { svgStyle } from './svg-style.ts';
import type { DeviceState, Status, Topology } from './topology.ts';
import {
  type BridgeView,
  type DeviceView,
  isCompared,
  lineStatus,
  plugStatus,
  viewOf,
} from './view.ts';
import {
  headingText,
  sourceText,
  stateSymbols,
  states,
  statusSymbols,
  statusWords,
  words,
} from './words.ts';

export interface SvgOptions {
  readonly language: Language;
  /** The topology before: what is new, changed or gone since then is marked. */
  readonly compare?: Topology;
  /** All topologies that are shown one after the other: an object has the same place in all their pictures. */
  readonly among?: readonly Topology[];
  /** false leaves `svgStyle` to the page that the picture is put into. */
  readonly style?: boolean;
}

/** Text as XML, without what would control a terminal or is not allowed in XML. */
function xml(text: string): string {
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
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function is(status: Status | undefined): string {
  return status === undefined || status === 'same' ? '' : ` is-${status}`;
}

function text(at: Point, content: string, classes: string): string {
  return `<text x="${px(at.x)}" y="${px(at.y)}" class="${classes}">${xml(content)}</text>`;
}

function rect(box: Box, radius: number, classes: string): string {
  return `<rect x="${px(box.x)}" y="${px(box.y)}" width="${px(box.width)}" height="${px(box.height)}" rx="${px(radius)}" class="${classes}"/>`;
}

function path(points: readonly Point[], classes: string): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  const lines = rest.map(({ x, y }) => `L${px(x)} ${px(y)}`).join('');
  return `<path d="M${px(start.x)} ${px(start.y)}${lines}" class="${classes}"/>`;
}

function group(status: Status, title: string, ...content: readonly string[]): string {
  return `<g class="element${is(status)}"><title>${xml(title)}</title>${content.join('')}</g>`;
}

/** What has become of a box, as a symbol in its corner. */
function badge(box: Box, status: Status): string {
  if (status === 'same') return '';
  const [x, y] = [right(box), box.y];
  return `<circle cx="${px(x)}" cy="${px(y)}" r="8" class="mark-${status}"/><text x="${px(x)}" y="${px(y + 4)}" class="badge">${statusSymbols[status].replace('-', '\u2212')}</text>`;
}

/** A line of text, with a symbol before it when it is new, changed or gone. */
function line(row: PictureRow, at: Point | undefined, classes = ''): string {
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
function cloud({ x, y, width, height }: Box, classes: string): string {
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
function tag({ x, y, width, height }: Box, classes: string): string {
  const point = 7;
  const d = `M${px(x)} ${px(y)}h${px(width)}v${px(height - point)}h${px(-(width / 2 - 9))}l-9 ${point}l-9 ${-point}h${px(-(width / 2 - 9))}Z`;
  return `<path d="${d}" class="${classes}"/>`;
}

/** An interface: a socket with its name, and its state as a symbol. */
function chip(
  { device, addresses }: DeviceView,
  box: Box | undefined,
  named: boolean,
  hue: string,
  language: Language,
): string {
  if (box === undefined) return '';
  const { name, state, status } = device;
  const title = [
    name,
    states[state][language],
    ...addresses.map(({ address }) => address),
    device.mac,
  ]
    .filter((part) => part !== '')
    .join(' · ');
  const radius = Math.min(box.height / 2, 8);
  const at = { x: box.x + 8, y: box.y + box.height / 2 + 4 };
  const label = named
    ? `<text x="${px(at.x)}" y="${px(at.y)}" class="small"><tspan class="${state}">${stateSymbols[state]}</tspan> ${xml(name)}</text>`
    : '';
  return group(
    status,
    title,
    rect(box, named ? radius : 2, `chip${hue}`),
    label,
    badge(box, status),
  );
}

function barOf(bridge: BridgeView, hue: string, layout: Layout, language: Language): string {
  const { device, addresses, foreign } = bridge;
  const box = layout.boxes.get(device.id);
  if (box === undefined) return '';
  const { state } = device;
  const base = box.y + 22;
  const note = barNote(state === 'up' ? undefined : states[state], foreign.length, language);
  const macX = layout.rows.get(rowKey(device.id, 'mac'))?.x ?? box.x;
  return group(
    device.status,
    [device.name, states[state][language], ...addresses.map(({ address }) => address)].join(' · '),
    rect(box, 6, `bar${hue}`),
    `<text x="${px(box.x + 14)}" y="${px(base)}" class="on strong">${stateSymbols[state]} ${xml(device.name)}</text>`,
    ...addresses.map(({ id, address, status }) => {
      const symbol = status === 'same' ? '' : statusSymbols[status].replace('-', '\u2212');
      const at = layout.rows.get(rowKey(device.id, id));
      if (at === undefined) return '';
      const mark = symbol === '' ? '' : text({ x: at.x - 5, y: at.y }, symbol, 'on mark');
      return mark + text(at, address, `on${status === 'gone' ? ' struck' : ''}`);
    }),
    text({ x: macX, y: base }, device.mac, 'on small'),
    text({ x: right(box) - 14, y: base }, note, 'on small end'),
    badge(box, device.status),
  );
}

function legend(topology: Topology, layout: Layout, language: Language): string {
  const say = (one: Text) => one[language];
  const present = new Set(topology.devices.map(({ state }) => state));
  const symbols = (
    ['up', 'down', 'no-carrier', 'lower-down'] as const satisfies readonly DeviceState[]
  )
    .filter((state) => present.has(state))
    .map((state) => ({
      symbol: stateSymbols[state],
      classes: state as string,
      words: say(states[state]),
    }));
  let x = 24;
  const y = layout.height - 14;
  const parts: string[] = [];
  if (topology.cables.length > 0) {
    parts.push(
      path(
        [
          { x, y: y - 4 },
          { x: x + 26, y: y - 4 },
        ],
        'cable',
      ),
    );
    parts.push(text({ x: x + 34, y }, say(words.pair), 'small dim'));
    x += 34 + textWidth(say(words.pair), 'small') + 24;
  }
  for (const { symbol, classes, words: said } of symbols) {
    parts.push(text({ x, y }, symbol, classes));
    parts.push(text({ x: x + 14, y }, said, 'small dim'));
    x += 14 + textWidth(said, 'small') + 22;
  }
  return parts.join('');
}

/** What the symbols of a comparison mean, at the right of the heading. */
function marksLegend(layout: Layout, language: Language): string {
  let x = layout.width - 24;
  const parts = (['gone', 'changed', 'new'] as const).map((status) => {
    const said = statusWords[status][language];
    const symbol = statusSymbols[status].replace('-', '\u2212');
    x -= textWidth(said, 'small') + 14;
    const part =
      text({ x, y: 30 }, symbol, `strong mark-${status}`) +
      text({ x: x + 14, y: 30 }, said, 'small dim');
    x -= 20;
    return part;
  });
  return parts.reverse().join('');
}

/** Draws a topology as a picture that needs nothing else: no script, no font, no link. Pure. */
export function renderSvg(given: Topology, options: SvgOptions): string {
  const { language, compare, among = [], style = true } = options;
  const topology = compare === undefined ? given : compareTopologies(compare, given);
  const before = compare === undefined ? [] : [compare];
  const layout = layOut([...(among.length === 0 ? before : among), given] as [Topology], language);
  const view = viewOf(topology);
  const { boxes, rows, cables } = layout;
  // Colours go by the order of all bridges, so that each keeps its own.
  const allBridges = viewOf(among.length === 0 ? topology : (among.at(-1) ?? topology)).bridges;
  const order = [...new Set([...allBridges, ...view.bridges].map(({ device }) => device.id))];
  const hue = (bridge: string | undefined) =>
    bridge === undefined || !order.includes(bridge) ? '' : ` b${order.indexOf(bridge) % 6}`;
  const forwards = new Set(
    topology.forwarding.filter(({ status }) => status !== 'gone').map(({ dev }) => dev),
  );
  const devices = new Map(topology.devices.map((one) => [one.id, one]));
  const hueOfPort = (id: string) => hue(devices.get(id)?.master);
  const out: string[] = [];

  const host = view.host === undefined ? undefined : boxes.get(view.host.id);
  if (view.host !== undefined && host !== undefined) {
    out.push(
      group(
        view.host.status,
        words.host[language],
        rect(host, 12, 'place host'),
        text(rows.get(rowKey('host', 'title')) ?? host, words.host[language], 'title'),
        badge(host, view.host.status),
      ),
    );
  }
  for (const { id, ends, status } of topology.cables) {
    const way = cables.get(cableKey(ends[0], ends[1]));
    if (way !== undefined) {
      out.push(
        path(way, `line cable${hueOfPort(ends[0])}${is(status)}`).replace(
          '/>',
          `><title>${xml(id)}</title></path>`,
        ),
      );
    }
  }
  const ports = view.bridges.flatMap((bridge) => bridge.ports);
  for (const { device } of ports) {
    const port = boxes.get(device.id);
    const bar = boxes.get(device.master ?? '');
    const x = layout.drops.get(device.id);
    if (port === undefined || bar === undefined || x === undefined) continue;
    const status = plugStatus(device);
    out.push(
      path(
        [
          { x, y: bottom(port) },
          { x, y: bar.y },
        ],
        `line drop${hue(device.master)}${is(status)}`,
      ),
    );
  }
  view.bridges.forEach(({ device }, index) => {
    const bar = boxes.get(device.id);
    if (bar === undefined) return;
    const x = layout.card.x + (layout.card.width * (index + 1)) / (view.bridges.length + 1);
    const closed = forwards.has(device.name) ? '' : ' closed';
    out.push(
      path(
        [
          { x, y: bottom(bar) },
          { x, y: layout.card.y },
        ],
        `line trunk${hue(device.id)}${is(lineStatus(device.status))}${closed}`,
      ),
    );
  });
  const center = middle(layout.card);
  const nats = topology.rules.filter(isNat);
  const lowest = Math.max(
    bottom(layout.card),
    ...nats.map(({ id }) => {
      const box = boxes.get(id);
      return box === undefined ? 0 : bottom(box);
    }),
  );
  for (const { device } of view.uplinks) {
    const box = boxes.get(device.id);
    if (box === undefined) continue;
    const x = middle(box);
    const bus = lowest + 10;
    const closed = forwards.has(device.name) ? '' : ' closed';
    const bend =
      x === center
        ? []
        : [
            { x: center, y: bus },
            { x, y: bus },
          ];
    out.push(
      path(
        [{ x: center, y: bottom(layout.card) }, ...bend, { x, y: box.y }],
        `line out${is(lineStatus(device.status))}${closed}`,
      ),
    );
    const world = view.world === undefined ? undefined : boxes.get(view.world.id);
    if (world === undefined) continue;
    const reach = Math.min(Math.max(x, world.x + 20), right(world) - 20);
    const level = bottom(box) + 22;
    const turn =
      reach === x
        ? []
        : [
            { x, y: level },
            { x: reach, y: level },
          ];
    out.push(
      path(
        [{ x, y: bottom(box) }, ...turn, { x: reach, y: world.y }],
        `line out${is(lineStatus(device.status))}`,
      ),
    );
  }
  for (const bridge of view.bridges)
    out.push(barOf(bridge, hue(bridge.device.id), layout, language));
  for (const { device } of ports) {
    const bar = boxes.get(device.master ?? '');
    const x = layout.drops.get(device.id);
    if (bar === undefined || x === undefined || device.status === 'gone') continue;
    out.push(`<circle cx="${px(x)}" cy="${px(bar.y)}" r="4.5" class="plug${hue(device.master)}"/>`);
  }
  const card = cardRows(view, topology, language);
  out.push(
    group(
      'same',
      words.kernel[language],
      rect(layout.card, 8, 'card'),
      ...card.map((row, index) =>
        line(row, rows.get(rowKey('card', row.key)), index === 0 ? ' strong' : ''),
      ),
    ),
  );
  for (const nat of nats) {
    const box = boxes.get(nat.id);
    if (box === undefined) continue;
    const at = { x: middle(box), y: box.y + 15 };
    out.push(
      group(
        nat.status,
        words.nat[language],
        tag(box, 'nat'),
        text(at, natText(nat, language), 'small middle'),
        badge(box, nat.status),
      ),
    );
  }
  for (const container of view.containers) {
    const { place, ends } = container;
    const box = boxes.get(place.id);
    if (box === undefined) continue;
    out.push(
      group(
        place.status,
        `${words.container[language]} ${place.name}`,
        rect(box, 10, 'place container'),
        ...placeRows(container, layout.detail, layout.portNames).map((row) =>
          line(row, rows.get(rowKey(place.id, row.key))),
        ),
        badge(box, place.status),
      ),
      ...ends.map((one) =>
        chip(one, boxes.get(one.device.id), true, hue(one.peer?.master), language),
      ),
    );
  }
  for (const one of [...ports, ...view.loose]) {
    const named = layout.portNames || (boxes.get(one.device.id)?.height ?? 0) >= chipHeight;
    out.push(chip(one, boxes.get(one.device.id), named, hue(one.device.master), language));
  }
  for (const one of view.uplinks) {
    out.push(
      chip(one, boxes.get(one.device.id), true, '', language),
      ...one.addresses.map(({ id, address, status }) =>
        line(
          { key: id, text: escapeControls(address), size: 'small', status },
          rows.get(rowKey(one.device.id, id)),
        ),
      ),
    );
  }
  const world = view.world === undefined ? undefined : boxes.get(view.world.id);
  if (view.world !== undefined && world !== undefined) {
    out.push(
      group(
        view.world.status,
        words.world[language],
        cloud(world, 'place world'),
        ...worldRows(view, language).map((row) =>
          line(row, rows.get(rowKey('world', row.key)), ' middle'),
        ),
        badge(world, view.world.status),
      ),
    );
  }
  const { width, height } = layout;
  const source = sourceText(topology.source)[language];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ctr-graph" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" xml:lang="${language === 'zh' ? 'zh-CN' : 'en'}">`,
    `<title>${xml(headingText(topology)[language])}</title>`,
    `<desc>${xml(proseOf(topology, language).join(' '))}</desc>`,
    style ? `<style>${svgStyle}</style>` : '',
    `<rect width="${px(width)}" height="${px(height)}" class="paper"/>`,
    text({ x: 24, y: 30 }, topology.name, 'heading'),
    text({ x: 24, y: 48 }, source, 'small dim'),
    ...out,
    isCompared(topology) ? marksLegend(layout, language) : '',
    legend(topology, layout, language),
    '</svg>',
    '',
  ]
    .filter((part, index, all) => part !== '' || index === all.length - 1)
    .join('\n');
}
