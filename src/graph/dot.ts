import type { Language } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { isNat } from './rows.ts';
import type { Status, Topology } from './topology.ts';
import { type DeviceView, lineStatus, namedAddresses, plugStatus, viewOf } from './view.ts';
import { headingText, routeLine, ruleText, states, statusSymbols, words } from './words.ts';

export interface DotOptions {
  readonly language: Language;
}

/** A string of the DOT language; a backslash would start an escape such as \N, the node's name (dot(1), escString). */
function quoted(...lines: readonly string[]): string {
  const safe = lines.map((line) =>
    escapeControls(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
  );
  return `"${safe.join('\\n')}"`;
}

function marked(status: Status, text: string): string {
  return status === 'same' ? text : `${statusSymbols[status]} ${text}`;
}

function look(status: Status): string {
  switch (status) {
    case 'new':
      return ', color="#13793a", penwidth=3';
    case 'changed':
      return ', color="#a04a00", penwidth=3';
    case 'gone':
      return ', color="#b4232f", fontcolor="#b4232f", style=dashed';
    case 'same':
      return '';
  }
}

/** A graph in the language of Graphviz (dot(1)). Pure. */
export function renderDot(topology: Topology, { language }: DotOptions): string {
  const view = viewOf(topology);
  const out: string[] = [
    `graph ${quoted(topology.name)} {`,
    `  label=${quoted(headingText(topology)[language])};`,
    '  labelloc=t;',
    '  rankdir=TB;',
    '  fontname="sans-serif";',
    '  node [shape=box, fontname="monospace", fontsize=11];',
    '  edge [fontname="monospace", fontsize=10];',
  ];
  const node = (id: string, status: Status, shape: string, ...lines: readonly string[]) => {
    const [first = '', ...rest] = lines;
    return `    ${quoted(id)} [shape=${shape}, label=${quoted(marked(status, first), ...rest)}${look(status)}];`;
  };
  const edge = (from: string, to: string, status: Status, width: number) => {
    const line = status === 'gone' ? 'dashed' : 'solid';
    const colour = {
      same: '',
      new: ', color="#13793a"',
      changed: ', color="#a04a00"',
      gone: ', color="#b4232f"',
    }[status];
    out.push(`  ${quoted(from)} -- ${quoted(to)} [style=${line}, penwidth=${width}${colour}];`);
  };
  const interfaceNode = ({ device, addresses }: DeviceView, shape = 'box') =>
    node(
      device.id,
      device.status,
      shape,
      `${device.name} (${states[device.state][language]})`,
      ...addresses.map(({ address, status }) => marked(status, address)),
    );
  const cluster = (id: string, status: Status, title: string, content: readonly string[]) => {
    out.push(
      `  subgraph ${quoted(`cluster ${id}`)} {`,
      `    label=${quoted(marked(status, title))};`,
      `    style=${status === 'gone' ? 'dashed' : 'rounded'};`,
      ...content,
      '  }',
    );
  };
  for (const { place, loopback, ends, routes } of view.containers) {
    const shown = ends.length === 0 && loopback !== undefined ? [loopback] : ends;
    cluster(place.id, place.status, `${words.container[language]} ${place.name}`, [
      ...shown.map((one) => interfaceNode(one)),
      ...routes
        .filter(({ via }) => via !== undefined)
        .map((route) => node(route.id, route.status, 'plaintext', routeLine(route))),
    ]);
  }
  const nats = topology.rules.filter(isNat);
  if (view.host !== undefined) {
    const devs = topology.forwarding
      .filter(({ status }) => status !== 'gone')
      .map(({ dev }) => dev);
    cluster(view.host.id, view.host.status, words.host[language], [
      ...view.bridges.flatMap((bridge) => [
        ...bridge.ports.map((port) => interfaceNode(port)),
        interfaceNode(bridge, 'box3d'),
      ]),
      ...view.loose.map((one) => interfaceNode(one)),
      node(
        'kernel',
        'same',
        'note',
        `${words.forwards[language]}: ${devs.length === 0 ? words.off[language] : devs.join(', ')}`,
        ...topology.rules
          .filter((rule) => !isNat(rule))
          .map((rule) => marked(rule.status, ruleText(rule)[language])),
        ...view.hostRoutes
          .filter(({ via }) => via !== undefined)
          .map((route) => marked(route.status, `${routeLine(route)} dev ${route.dev}`)),
      ),
      ...nats.map((rule) => node(rule.id, rule.status, 'cds', ruleText(rule)[language])),
      ...view.uplinks.map((one) => interfaceNode(one)),
    ]);
  }
  if (view.world !== undefined) {
    const names = namedAddresses(view.world).slice(0, 2);
    out.push(
      node(
        view.world.id,
        view.world.status,
        'ellipse',
        words.world[language],
        ...names.map(([address, [name = '']]) => `${name} ${address}`),
      ),
    );
  }
  for (const { ends, status } of topology.cables) edge(ends[1], ends[0], status, 3);
  for (const bridge of view.bridges) {
    for (const { device } of bridge.ports)
      edge(device.id, bridge.device.id, plugStatus(device), 1.5);
    edge(bridge.device.id, 'kernel', lineStatus(bridge.device.status), 1.5);
  }
  for (const nat of nats) edge('kernel', nat.id, nat.status, 1.5);
  for (const { device } of view.uplinks) {
    for (const nat of nats) edge(nat.id, device.id, nat.status, 1.5);
    if (nats.length === 0) edge('kernel', device.id, lineStatus(device.status), 1.5);
    if (view.world !== undefined) edge(device.id, view.world.id, lineStatus(device.status), 1.5);
  }
  out.push('}');
  return `${out.join('\n')}\n`;
}
