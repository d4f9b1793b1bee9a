import type { Language, Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { textWidth } from './geometry.ts';
import type { PictureRow } from './picture-rows.ts';
import type { Device } from './topology.ts';
import { type BridgeView, type DeviceView, namedAddresses, type View } from './view.ts';
import { beyond, portsOfOthers, states, words } from './words.ts';

export const rowHeight = 18;
export const chipHeight = 22;
export const titleHeight = 34;
export const laneGap = 12;

/** The name on an interface, with the symbol of its state before it. */
export function chipText({ name }: Pick<Device, 'name'>): string {
  return `● ${escapeControls(name)}`;
}

export function chipWidth(device: Pick<Device, 'name'>): number {
  return textWidth(chipText(device), 'small') + 16;
}

export function widestRow(rows: readonly PictureRow[]): number {
  return Math.max(0, ...rows.map(({ text, size }) => textWidth(text, size)));
}

export function barWidth({ device, addresses, foreign }: BridgeView, language: Language): number {
  const texts = [chipText(device), ...addresses.map(({ address }) => address), device.mac];
  // As wide as in any state.
  const notes = Object.values(states).map((state) => barNote(state, foreign.length, language));
  const note = Math.max(...notes.map((one) => textWidth(one, 'small')));
  return texts.reduce((sum, text) => sum + textWidth(text, 'text') + 16, note + 34);
}

/** What is written at the right of a bridge. */
export function barNote(state: Text | undefined, others: number, language: Language): string {
  return [
    words.bridge[language],
    ...(state === undefined ? [] : [state[language]]),
    ...(others === 0 ? [] : [portsOfOthers(others)[language]]),
  ].join(' · ');
}

export function uplinkRoom({ device, addresses }: DeviceView): number {
  const widest = Math.max(0, ...addresses.map(({ address }) => textWidth(address, 'small')));
  return chipWidth(device) + 10 + widest + 30;
}

/** What is written in the world: its name, and the first names and addresses in it. */
export function worldRows(view: View, language: Language): readonly PictureRow[] {
  const named = namedAddresses(view.world);
  const uplinks = view.uplinks.map(({ device }) => escapeControls(device.name));
  const title = named.length > 0 || uplinks.length === 0 ? words.world : beyond(uplinks);
  return [
    { key: 'title', text: title[language], size: 'title' },
    ...named.slice(0, 2).map(
      ([address, [name = '']], index): PictureRow => ({
        key: String(index),
        text: escapeControls(`${name} ${address}`),
        size: 'small',
      }),
    ),
  ];
}

export const header = 64;
