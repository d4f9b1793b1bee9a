import type { Language } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { proseOf } from './alt.ts';
import { compareTopologies } from './compare.ts';
import { bottom, middle, right } from './geometry.ts';
import { cableKey, layOut } from './layout.ts';
import { chipHeight, worldRows } from './measures.ts';
import { cardRows, natText, placeRows, rowKey } from './picture-rows.ts';
import { isNat } from './rows.ts';
import { barOf, chip } from './svg-devices.ts';
import { legend, marksLegend } from './svg-legend.ts';
import { badge, cloud, group, is, line, path, px, rect, tag, text, xml } from './svg-shapes.ts';
import { svgStyle } from './svg-style.ts';
import type { Topology } from './topology.ts';
import { isCompared, lineStatus, plugStatus, viewOf } from './view.ts';
import { headingText, sourceText, words } from './words.ts';

export interface SvgOptions {
  readonly language: Language;
  /** The topology before: what is new, changed or gone since then is marked. */
  readonly compare?: Topology;
  /** All topologies that are shown one after the other: an object has the same place in all their pictures. */
  readonly among?: readonly Topology[];
  /** false leaves `svgStyle` to the page that the picture is put into. */
  readonly style?: boolean;
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
