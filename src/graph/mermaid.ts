import type { Language } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { isNat } from './rows.ts';
import type { Status, Topology } from './topology.ts';
import {
  type DeviceView,
  isCompared,
  lineStatus,
  namedAddresses,
  plugStatus,
  viewOf,
} from './view.ts';
import { headingText, routeLine, ruleText, states, statusWords, words } from './words.ts';

export interface DiagramOptions {
  readonly language: Language;
}

/** A node's id: letters, digits and underscores, another one for every element. */
function nodeId(id: string): string {
  const escaped = [...id].map((char) =>
    /[a-z0-9]/i.test(char) ? char : `_${(char.codePointAt(0) ?? 0).toString(16)}_`,
  );
  // A word of Mermaid's own, such as `end`, is no id.
  return `n_${escaped.join('')}`;
}

/** Text in quotes; Mermaid has codes of characters instead of escapes (its "Entity codes to escape characters"). */
function quoted(...lines: readonly string[]): string {
  const safe = lines.map((line) =>
    escapeControls(line).replaceAll(
      /[^\p{L}\p{N} .,:/()+~→⇄●○◐-]/gu,
      (char) => `#${char.codePointAt(0)};`,
    ),
  );
  return `"${safe.join('<br/>')}"`;
}

/** In words: Mermaid takes a `+` or `-` at the beginning for a list of Markdown. */
function marker(language: Language): (status: Status, text: string) => string {
  return (status, text) => (status === 'same' ? text : `${statusWords[status][language]}: ${text}`);
}

/** A flowchart of Mermaid (mermaid.js.org, "Flowcharts Syntax"). Pure. */
export function renderMermaid(topology: Topology, { language }: DiagramOptions): string {
  const view = viewOf(topology);
  const marked = marker(language);
  const out: string[] = [
    `%% ${escapeControls(headingText(topology)[language]).replaceAll(/[%{}]/g, ' ')}`,
    'flowchart TB',
  ];
  const styled: (readonly [string, Status])[] = [];
  const edges: (readonly [string, Status])[] = [];
  const node = (
    id: string,
    status: Status,
    shape: readonly [string, string],
    ...lines: readonly string[]
  ) => {
    styled.push([nodeId(id), status]);
    const [first = '', ...rest] = lines;
    return `    ${nodeId(id)}${shape[0]}${quoted(marked(status, first), ...rest)}${shape[1]}`;
  };
  const edge = (from: string, link: string, to: string, status: Status) => {
    out.push(`  ${nodeId(from)} ${link} ${nodeId(to)}`);
    edges.push([String(edges.length), status]);
  };
  const box = ['[', ']'] as const;
  const interfaceNode = (
    { device, addresses }: DeviceView,
    shape: readonly [string, string] = box,
  ) =>
    node(
      device.id,
      device.status,
      shape,
      `${device.name} (${states[device.state][language]})`,
      ...addresses.map(({ address, status }) => marked(status, address)),
    );
  for (const { place, loopback, ends, routes } of view.containers) {
    out.push(
      `  subgraph ${nodeId(place.id)}[${quoted(marked(place.status, `${words.container[language]} ${place.name}`))}]`,
    );
    const shown = ends.length === 0 && loopback !== undefined ? [loopback] : ends;
    out.push(...shown.map((one) => interfaceNode(one)));
    // Mermaid takes a subgraph without nodes for a node.
    const defaults = routes.filter(({ via }) => via !== undefined);
    out.push(
      ...defaults.map((route) => node(route.id, route.status, ['>', ']'], routeLine(route))),
    );
    out.push('  end');
    styled.push([nodeId(place.id), place.status]);
  }
  if (view.host !== undefined) {
    out.push(
      `  subgraph ${nodeId(view.host.id)}[${quoted(marked(view.host.status, words.host[language]))}]`,
    );
    for (const bridge of view.bridges) {
      out.push(...bridge.ports.map((port) => interfaceNode(port)));
      out.push(interfaceNode(bridge, ['[[', ']]']));
    }
    out.push(...view.loose.map((one) => interfaceNode(one)));
    const devs = topology.forwarding
      .filter(({ status }) => status !== 'gone')
      .map(({ dev }) => dev);
    out.push(
      node(
        'kernel',
        'same',
        ['{{', '}}'],
        `${words.forwards[language]}: ${devs.length === 0 ? words.off[language] : devs.join(', ')}`,
        ...topology.rules
          .filter((rule) => !isNat(rule))
          .map((rule) => marked(rule.status, ruleText(rule)[language])),
        ...view.hostRoutes
          .filter(({ via }) => via !== undefined)
          .map((route) => marked(route.status, `${routeLine(route)} dev ${route.dev}`)),
      ),
    );
    out.push(
      ...topology.rules
        .filter(isNat)
        .map((rule) => node(rule.id, rule.status, ['[/', '/]'], ruleText(rule)[language])),
    );
    out.push(...view.uplinks.map((one) => interfaceNode(one)));
    out.push('  end');
    styled.push([nodeId(view.host.id), view.host.status]);
  }
  if (view.world !== undefined) {
    const names = namedAddresses(view.world).slice(0, 2);
    out.push(
      node(
        view.world.id,
        view.world.status,
        ['([', '])'],
        words.world[language],
        ...names.map(([address, [name = '']]) => `${name} ${address}`),
      ),
    );
  }
  // What stands above comes first in an edge.
  for (const { ends, status } of topology.cables) edge(ends[1], '===', ends[0], status);
  for (const bridge of view.bridges) {
    for (const { device } of bridge.ports)
      edge(device.id, '---', bridge.device.id, plugStatus(device));
    edge(bridge.device.id, '---', 'kernel', lineStatus(bridge.device.status));
  }
  const nats = topology.rules.filter(isNat);
  for (const { device } of view.uplinks) {
    for (const nat of nats) edge(nat.id, '-->', device.id, nat.status);
    if (nats.length === 0) edge('kernel', '-->', device.id, lineStatus(device.status));
    if (view.world !== undefined) edge(device.id, '-->', view.world.id, lineStatus(device.status));
  }
  for (const nat of nats) edge('kernel', '-->', nat.id, nat.status);
  if (isCompared(topology)) {
    out.push(
      '  classDef new stroke:#13793a,stroke-width:3px',
      '  classDef changed stroke:#a04a00,stroke-width:3px',
      '  classDef gone stroke:#b4232f,stroke-dasharray:5 4,text-decoration:line-through',
    );
    for (const status of ['new', 'changed', 'gone'] as const) {
      const of = styled.filter(([, its]) => its === status).map(([id]) => id);
      if (of.length > 0) out.push(`  class ${of.join(',')} ${status}`);
      const links = edges.filter(([, its]) => its === status).map(([at]) => at);
      const colour = { new: '#13793a', changed: '#a04a00', gone: '#b4232f' }[status];
      if (links.length > 0) out.push(`  linkStyle ${links.join(',')} stroke:${colour}`);
    }
  }
  return `${out.join('\n')}\n`;
}
