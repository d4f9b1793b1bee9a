import type { Language } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import type { Size } from './geometry.ts';
import { isNat } from './rows.ts';
import type { Rule, Status, Topology } from './topology.ts';
import type { ContainerView, View } from './view.ts';
import { routeLine, ruleText, words } from './words.ts';

/** How much of each container a picture shows. */
export type Detail = 'full' | 'medium' | 'compact';

/** A line of text in a picture. Its key is the same in every topology that has it. */
export interface PictureRow {
  readonly key: string;
  readonly text: string;
  readonly size: Size;
  readonly status?: Status | undefined;
  /** Of less importance. */
  readonly dim?: true;
}

/** What is written in a container: its name first. */
export function placeRows(
  { place, loopback, ends, routes }: ContainerView,
  detail: Detail,
  portNames: boolean,
): readonly PictureRow[] {
  const several = ends.length > 1 || detail === 'compact';
  const rows: PictureRow[] = [
    { key: 'title', text: place.name, size: 'title', status: place.status },
  ];
  if (detail === 'full' && place.pid !== undefined) {
    rows.push({ key: 'pid', text: `pid ${place.pid}`, size: 'small', dim: true });
  }
  for (const { device, addresses, peer, cable } of ends) {
    for (const { id, address, status } of addresses) {
      const text = several ? `${device.name} ${address}` : address;
      rows.push({ key: id, text, size: 'text', status });
    }
    if (detail === 'full') {
      const text = several ? `${device.name} ${device.mac}` : device.mac;
      rows.push({ key: `${device.id}/mac`, text, size: 'small', dim: true });
    }
    if (!portNames && peer !== undefined) {
      const status = cable?.status;
      rows.push({
        key: `${device.id}/peer`,
        text: `⇄ ${peer.name}`,
        size: 'small',
        status,
        dim: true,
      });
    }
  }
  if (detail !== 'compact') {
    const shown = routes.filter(
      ({ to, via, dev }) =>
        dev !== loopback?.device.name &&
        (detail === 'full' || to === 'default' || via !== undefined),
    );
    for (const route of shown) {
      rows.push({ key: route.id, text: routeLine(route), size: 'small', status: route.status });
    }
  }
  if (detail === 'full' && loopback !== undefined) {
    for (const { id, address, status } of loopback.addresses) {
      rows.push({
        key: id,
        text: `${loopback.device.name} ${address}`,
        size: 'small',
        status,
        dim: true,
      });
    }
  }
  return rows.map((row) => ({ ...row, text: escapeControls(row.text) }));
}

/** What is written in the card about forwarding: its title first. */
export function cardRows(
  { hostRoutes }: View,
  { forwarding, rules }: Topology,
  language: Language,
): readonly PictureRow[] {
  const alive = forwarding.filter(({ status }) => status !== 'gone');
  const devs = alive.map(({ dev }) => dev).join(', ');
  const changed = forwarding.find(({ status }) => status !== 'same')?.status ?? 'same';
  const rows: readonly PictureRow[] = [
    { key: 'title', text: words.kernel[language], size: 'text' },
    {
      key: 'forwarding',
      text: `${words.forwards[language]}: ${devs === '' ? words.off[language] : devs}`,
      size: 'small',
      status: changed === 'same' ? 'same' : 'changed',
    },
    ...rules
      .filter((rule) => !isNat(rule))
      .map(
        (rule): PictureRow => ({
          key: rule.id,
          text: ruleText(rule)[language],
          size: 'small',
          status: rule.status,
        }),
      ),
    ...hostRoutes
      .filter(({ to, via }) => to === 'default' || via !== undefined)
      .map(
        (route): PictureRow => ({
          key: route.id,
          text: `${routeLine(route)}${route.via === undefined ? '' : ` dev ${route.dev}`}`,
          size: 'small',
          status: route.status,
        }),
      ),
  ];
  return rows.map((row) => ({ ...row, text: escapeControls(row.text) }));
}

export function natText(rule: Rule, language: Language): string {
  return escapeControls(ruleText(rule)[language]);
}

export function rowKey(place: string, key: string): string {
  return `${place} ${key}`;
}
