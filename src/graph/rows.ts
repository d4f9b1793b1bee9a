import type { Language, Text } from '../model/text.ts';
import type { Row } from './box.ts';
import type { Strokes } from './strokes.ts';
import type { Device, Rule, Topology } from './topology.ts';
import {
  type BridgeView,
  type ContainerView,
  type DeviceView,
  togetherStatus,
  type View,
} from './view.ts';
import { portOf, portsOfOthers, routeLine, ruleText, states, words } from './words.ts';

/** A state, and what it was before. */
export function stateText(
  { state, was }: Device,
  { arrow }: Strokes,
  say: (text: Text) => string,
): string {
  const before = was?.state as Device['state'] | undefined;
  return before === undefined
    ? say(states[state])
    : `${say(states[before])} ${arrow} ${say(states[state])}`;
}

/** The words for a container's title. */
export function containerTitle({ place }: ContainerView, language: Language): string {
  const pid = place.pid === undefined ? '' : `, pid ${place.pid}`;
  return `${words.container[language]} ${place.name}${pid}`;
}

/** The lines of an interface: its addresses, each on its own line. */
function deviceRows(
  { device, addresses }: DeviceView,
  main: string,
  strokes: Strokes,
  say: (text: Text) => string,
): readonly Row[] {
  const first = addresses[0];
  const joined = [main, first?.address ?? ''].filter((text) => text !== '').join('  ');
  return [
    {
      status: togetherStatus([device.status, first?.status]),
      label: device.name,
      main: joined,
      ...(device.kind === 'loopback' ? {} : { extra: device.mac }),
      right: stateText(device, strokes, say),
    },
    ...addresses.slice(1).map(({ address, status }): Row => ({ status, label: '', main: address })),
  ];
}

export function containerRows(
  { loopback, ends, routes }: ContainerView,
  strokes: Strokes,
  language: Language,
): readonly Row[] {
  const say = (text: Text) => text[language];
  return [
    ...(loopback === undefined ? [] : [loopback])
      .concat(ends)
      .flatMap((one) => deviceRows(one, '', strokes, say)),
    ...routes
      .filter(({ dev }) => dev !== loopback?.device.name)
      .map(
        (route): Row => ({
          status: route.status,
          label: say(words.route),
          main: routeLine(route),
        }),
      ),
  ];
}

function bridgeRows(
  bridge: BridgeView,
  wanted: (port: DeviceView) => boolean,
  strokes: Strokes,
  say: (text: Text) => string,
): readonly Row[] {
  const count = bridge.foreign.length;
  return [
    ...bridge.ports
      .filter(wanted)
      .flatMap((port) => deviceRows(port, say(portOf(bridge.device.name)), strokes, say)),
    ...(count === 0
      ? []
      : [
          {
            status: togetherStatus(bridge.foreign.map(({ device }) => device.status)),
            label: '',
            main: say(portsOfOthers(count)),
          },
        ]),
    ...deviceRows(bridge, '', strokes, say),
  ];
}

function ruleRow(rule: Rule, strokes: Strokes, say: (text: Text) => string): Row {
  const nat = rule.what === 'masquerade' || rule.what === 'nat';
  const before = rule.was?.value;
  const text = say(ruleText(rule, strokes.arrow));
  return {
    status: rule.status,
    label: say(nat ? words.nat : words.filter),
    main:
      rule.what === 'policy' && before !== undefined
        ? say(ruleText({ ...rule, value: `${before} ${strokes.arrow} ${rule.value}` }))
        : text,
  };
}

/** @param wanted the ports that have lines of their own. */
export function hostRows(
  view: View,
  { forwarding, rules }: Topology,
  wanted: (port: DeviceView) => boolean,
  strokes: Strokes,
  language: Language,
): readonly Row[] {
  const say = (text: Text) => text[language];
  const alive = forwarding.filter(({ status }) => status !== 'gone');
  const devs = (list: typeof forwarding) => list.map(({ dev }) => dev).join(', ');
  const gone = forwarding.filter(({ status }) => status === 'gone');
  return [
    ...view.loose.flatMap((one) =>
      deviceRows(
        one,
        one.peer === undefined ? '' : `${strokes.both} ${one.peer.name}`,
        strokes,
        say,
      ),
    ),
    ...view.bridges.flatMap((bridge) => bridgeRows(bridge, wanted, strokes, say)),
    {
      status: togetherStatus(forwarding.map(({ status }) => status)),
      label: say(words.forwards),
      main: [
        alive.length === 0 ? say(words.off) : devs(alive),
        ...(gone.length === 0 ? [] : [`(- ${devs(gone)})`]),
      ].join(' '),
    },
    ...[...rules]
      .sort((one, other) => Number(isNat(one)) - Number(isNat(other)))
      .map((rule) => ruleRow(rule, strokes, say)),
    ...view.uplinks.flatMap((one) => deviceRows(one, '', strokes, say)),
    ...view.hostRoutes
      .filter(({ to, via }) => to === 'default' || via !== undefined)
      .map(
        (route): Row => ({
          status: route.status,
          label: say(words.route),
          main: `${routeLine(route)}${route.via === undefined ? '' : ` dev ${route.dev}`}`,
        }),
      ),
  ];
}

export function isNat({ what }: Rule): boolean {
  return what === 'masquerade' || what === 'nat';
}
