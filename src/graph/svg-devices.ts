import type { Language } from '../model/text.ts';
import { type Box, right } from './geometry.ts';
import type { Layout } from './layout.ts';
import { barNote } from './measures.ts';
import { rowKey } from './picture-rows.ts';
import { badge, group, px, rect, text, xml } from './svg-shapes.ts';
import type { BridgeView, DeviceView } from './view.ts';
import { stateSymbols, states, statusSymbols } from './words.ts';

/** An interface: a socket with its name, and its state as a symbol. */
export function chip(
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

export function barOf(bridge: BridgeView, hue: string, layout: Layout, language: Language): string {
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
