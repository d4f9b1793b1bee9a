import type { Language } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { unionOf } from './compare.ts';
import { boxGap, gridOf, placeContainers } from './container-grid.ts';
import { type Box, bottom, middle, type Point, right, textWidth } from './geometry.ts';
import {
  barWidth,
  chipHeight,
  chipText,
  chipWidth,
  header,
  rowHeight,
  titleHeight,
  uplinkRoom,
  widestRow,
  worldRows,
} from './measures.ts';
import { cardRows, type Detail, natText, rowKey } from './picture-rows.ts';
import { isNat } from './rows.ts';
import type { Topology } from './topology.ts';
import { viewOf } from './view.ts';

/** Where everything stands, by the ids of the elements. The same for every topology that it was made from. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly detail: Detail;
  /** Places, the interfaces on their edges, bridges, and rules that change addresses. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** The baseline of each line of text, by place and key. */
  readonly rows: ReadonlyMap<string, Point>;
  /** Where a port's line leads down to its bridge. */
  readonly drops: ReadonlyMap<string, number>;
  /** The way of a veth pair, by `cableKey`. */
  readonly cables: ReadonlyMap<string, readonly Point[]>;
  /** The card that tells about forwarding, and the line that leads to the uplinks. */
  readonly card: Box;
  /** Whether ports are written on, or are marks alone. */
  readonly portNames: boolean;
}

export function cableKey(outer: string, inner: string): string {
  return `${outer} ${inner}`;
}

const edge = 24;
const hostMargin = 24;
/** Room for the host's name at its left. */
const hostLabel = 64;
const barHeight = 34;
const barGap = 30;
const strayGap = 14;
const marksWidth = 250;
/** For the legend of all states. */
const leastWidth = 560;
/** From a port's left edge to its line, and from there to an end beside it. */
const dropInset = 14;
const dropGap = 12;
const plugHeight = 10;

/** All that is in one of the topologies, laid out in lanes: containers, host, world. Pure. */
export function layOut(topologies: readonly [Topology, ...Topology[]], language: Language): Layout {
  const [first, ...others] = topologies;
  const union = unionOf(first, others);
  const view = viewOf(union);
  const { containers } = view;
  const boxes = new Map<string, Box>();
  const rows = new Map<string, Point>();
  const cables = new Map<string, readonly Point[]>();

  // Every pair of ends that some topology has: an inner end has another name once it has been moved.
  const pairs = new Map<string, Set<string>>();
  for (const { cables: own } of topologies) {
    for (const { ends } of own) {
      const [outer, inner] = ends;
      pairs.set(outer, (pairs.get(outer) ?? new Set()).add(inner));
    }
  }
  const outerOf = new Map(
    [...pairs].flatMap(([outer, inners]) => [...inners].map((inner) => [inner, outer] as const)),
  );
  const devices = new Map(union.devices.map((one) => [one.id, one]));

  const loose = view.loose.length > 0;
  // Beside an end that has not been moved yet there is room for the port's line to its bridge.
  const chipRoom = (outer: string): number => {
    const port = devices.get(outer);
    const width = port === undefined ? 0 : chipWidth(port);
    const others = [...(pairs.get(outer) ?? [])].flatMap((id) => devices.get(id) ?? []);
    const beside = others.map((one) =>
      one.role === 'loose' ? 2 * (chipWidth(one) + dropInset + dropGap) - width : chipWidth(one),
    );
    return Math.max(width, ...beside);
  };

  const grid = gridOf(containers, (id) => chipRoom(outerOf.get(id) ?? id));
  const { detail, portNames } = grid;
  // Ports whose container is not known stand at the right of the others.
  const plugged = new Set(
    containers.flatMap(({ ends }) => ends.map(({ device }) => outerOf.get(device.id))),
  );
  const strays = [...view.bridges.flatMap((bridge) => bridge.ports), ...view.loose].filter(
    ({ device }) => !plugged.has(device.id) && !outerOf.has(device.id),
  );
  const straysWidth = strays.reduce((sum, { device }) => sum + chipRoom(device.id) + strayGap, 0);
  const upperWidth = grid.width + straysWidth + (grid.width > 0 && straysWidth > 0 ? boxGap : 0);

  // The host.
  const card = cardRows(view, union, language);
  const nats = union.rules.filter(isNat);
  const natWidth = Math.max(
    0,
    ...nats.map((one) => textWidth(natText(one, language), 'small') + 34),
  );
  const cardWidth = Math.max(230, widestRow(card) + 28);
  const uplinkWidth = view.uplinks.reduce((sum, one) => sum + uplinkRoom(one), 0);
  const inner = Math.max(
    upperWidth,
    cardWidth,
    natWidth,
    uplinkWidth,
    ...view.bridges.map((one) => barWidth(one, language)),
    400,
  );
  const left = edge + hostLabel;
  const upperLeft = left + (inner - upperWidth) / 2;
  const ports = new Map<string, number>();
  const ways = new Map<string, readonly Point[]>();
  const drops = new Map<string, number>();
  for (const { end, way } of placeContainers(grid, upperLeft, { boxes, rows })) {
    ways.set(end, way);
    ports.set(outerOf.get(end) ?? '', way.at(-1)?.x ?? 0);
  }
  const containersBottom = header + grid.height;

  let strayX = upperLeft + upperWidth - straysWidth;
  for (const { device } of strays) {
    const width = chipRoom(device.id);
    ports.set(device.id, strayX + width / 2);
    strayX += width + strayGap;
  }

  const hostY = containersBottom + (containers.length === 0 ? 0 : 64);
  const looseY = hostY + 44;
  let y = hostY + (loose ? 100 : 46);
  for (const { device, addresses } of view.bridges) {
    const bar: Box = { x: left, y, width: inner, height: barHeight };
    boxes.set(device.id, bar);
    let x = bar.x + 14 + textWidth(chipText(device), 'text') + 16;
    for (const { id, address } of addresses) {
      rows.set(rowKey(device.id, id), { x, y: y + 22 });
      x += textWidth(address, 'text') + 14;
    }
    rows.set(rowKey(device.id, 'mac'), { x, y: y + 22 });
    y += barHeight + barGap;
  }
  if (view.bridges.length === 0) y = hostY + (loose ? 92 : 30);
  const center = left + inner / 2;
  const cardBox: Box = {
    x: center - cardWidth / 2,
    y,
    width: cardWidth,
    height: titleHeight + (card.length - 1) * rowHeight + 4,
  };
  card.forEach(({ key }, index) => {
    const at = index === 0 ? cardBox.y + 22 : cardBox.y + titleHeight + index * rowHeight - 8;
    rows.set(rowKey('card', key), { x: cardBox.x + 14, y: at });
  });
  y = bottom(cardBox) + 22;
  for (const nat of nats) {
    boxes.set(nat.id, { x: center - natWidth / 2, y, width: natWidth, height: 28 });
    y += 28 + 12;
  }
  const hostBottom = y + ([0, 26][view.uplinks.length] ?? 50);
  const host: Box = {
    x: edge,
    y: hostY,
    width: left - edge + inner + hostMargin,
    height: hostBottom - hostY,
  };
  if (view.host !== undefined) boxes.set(view.host.id, host);
  rows.set(rowKey('host', 'title'), { x: host.x + 14, y: host.y + 30 });
  let uplinkX = center - uplinkWidth / 2;
  for (const one of view.uplinks) {
    const room = uplinkRoom(one);
    const width = chipWidth(one.device);
    // The interface itself stands in the middle of its room; its addresses at its right.
    const x = view.uplinks.length === 1 ? center : uplinkX + width / 2;
    boxes.set(one.device.id, {
      x: x - width / 2,
      y: hostBottom - chipHeight / 2,
      width,
      height: chipHeight,
    });
    one.addresses.forEach(({ id }, index) => {
      rows.set(rowKey(one.device.id, id), {
        x: x + width / 2 + 10,
        y: hostBottom - 17 - (one.addresses.length - 1 - index) * 15,
      });
    });
    uplinkX += room;
  }

  // Ports in the host's upper edge, and the ends that have not been moved yet below them.
  for (const [outer, x] of ports) {
    const device = devices.get(outer);
    if (device === undefined) continue;
    const width = portNames ? chipWidth(device) : 8;
    const height = portNames ? chipHeight : plugHeight;
    const drop = loose ? x - chipWidth(device) / 2 + dropInset : x;
    drops.set(outer, drop);
    boxes.set(outer, { x: x - width / 2, y: hostY - height / 2, width, height });
    for (const end of pairs.get(outer) ?? []) {
      const at = devices.get(end);
      if (at?.role !== 'loose') continue;
      const own = chipWidth(at);
      boxes.set(end, {
        x: Math.max(x - own / 2, drop + dropGap),
        y: looseY,
        width: own,
        height: chipHeight,
      });
      cables.set(cableKey(outer, end), [
        { x, y: hostY + height / 2 },
        { x, y: looseY },
      ]);
    }
  }
  for (const [end, way] of ways) {
    const outer = outerOf.get(end) ?? '';
    const x = ports.get(outer);
    if (x === undefined || !devices.has(outer)) continue;
    const height = portNames ? chipHeight : plugHeight;
    cables.set(cableKey(outer, end), [...way, { x, y: hostY - height / 2 }]);
  }

  // The world.
  let height = bottom(host) + edge;
  // The heading, with the legend of what has changed at its right.
  const heading = textWidth(escapeControls(union.name), 'heading');
  let width = Math.max(right(host) + edge, 2 * edge + heading + marksWidth, leastWidth);
  if (view.world !== undefined) {
    const named = worldRows(view, language);
    const own = Math.max(220, widestRow(named) + 72);
    const box: Box = {
      x: center - own / 2,
      y: bottom(host) + 62,
      width: own,
      height: 30 + named.length * rowHeight,
    };
    boxes.set(view.world.id, box);
    named.forEach(({ key }, index) => {
      rows.set(rowKey('world', key), { x: middle(box), y: box.y + 28 + index * rowHeight });
    });
    height = bottom(box) + edge + 8;
    width = Math.max(width, right(box) + edge);
  }
  return {
    width,
    height: height + 30,
    detail,
    boxes,
    rows,
    drops,
    cables,
    card: cardBox,
    portNames,
  };
}
