import type { Language } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import type { NetworkState, ProcessState, Snapshot } from '../snapshot/snapshot.ts';

const words = {
  host: { en: 'host', zh: '宿主机' },
  world: { en: 'world (plays the internet)', zh: 'world（扮演互联网）' },
  container: { en: 'container', zh: '容器' },
  up: { en: 'on', zh: '已启用' },
  down: { en: 'off', zh: '未启用' },
  portOf: { en: 'port of', zh: '网桥端口，属于' },
  routes: { en: 'routes', zh: '路由' },
  firewall: { en: 'firewall', zh: '防火墙' },
  neighbours: { en: 'neighbours', zh: '邻居' },
  learnt: { en: 'learnt MACs', zh: '学到的 MAC' },
  forwarding: { en: 'forwarding', zh: '转发' },
  process: { en: 'first process', zh: '第一个进程' },
  mounts: { en: 'mounts', zh: '挂载' },
  nothing: { en: 'none', zh: '无' },
} as const;
type Word = keyof typeof words;

/** Rows with a label before the first of each kind. */
function labelled(label: string, rows: readonly string[], width: number): readonly string[] {
  return rows.map((row, index) => {
    const head = index === 0 ? label : '';
    return `  ${head}${' '.repeat(Math.max(1, width - columnsOf(head)))}${escapeControls(row)}`;
  });
}

function linkRows(state: NetworkState, say: (word: Word) => string): readonly string[] {
  const name = Math.max(4, ...state.links.map((one) => one.name.length));
  return state.links.flatMap((link) => {
    const { up, master, mac } = link;
    const parts = [
      link.name.padEnd(name),
      `${say(up ? 'up' : 'down')} ${link.state}`,
      ...(master === undefined ? [] : [`${say('portOf')} ${master}`]),
      ...(link.name === 'lo' ? [] : [mac]),
    ];
    const addresses = link.addresses
      .filter(({ address }) => !address.startsWith('fe80:'))
      .map(({ address }) => `${' '.repeat(name)}   ${address}`);
    return [parts.join('   '), ...addresses];
  });
}

function routeRow(route: NetworkState['routes'][number]): string {
  const { to, via, dev, table, metric, linkdown } = route;
  return [
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(dev === undefined ? [] : [`dev ${dev}`]),
    ...(table === 'main' ? [] : [`table ${table}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(linkdown === undefined ? [] : ['linkdown']),
  ].join(' ');
}

const labelColumns = 14;

function networkLines(state: NetworkState, say: (word: Word) => string): readonly string[] {
  const some = (word: Word, rows: readonly string[]) => labelled(say(word), rows, labelColumns);
  const routes = state.routes.filter(({ table, to }) => table !== 'local' && !/:/.test(to));
  const forwarding = Object.entries(state.sysctls)
    .filter(([key, value]) => /forward/.test(key) && value !== '0' && /ipv4/.test(key))
    .map(([key, value]) => `${key} = ${value}`);
  return [
    ...linkRows(state, say).map((row) => `  ${escapeControls(row)}`),
    ...some('routes', routes.length === 0 ? [say('nothing')] : routes.map(routeRow)),
    ...some(
      'neighbours',
      state.neighbours.map((one) => [one.address, one.dev, one.mac ?? '', one.state].join(' ')),
    ),
    ...some(
      'learnt',
      state.fdb
        .filter((one) => one.state !== 'permanent')
        .map(({ mac, dev }) => `${mac} dev ${dev}`),
    ),
    ...some('forwarding', forwarding),
    ...some(
      'firewall',
      state.firewall.map(({ tool, table, text }) => `${tool} ${table}: ${text}`),
    ),
  ];
}

function processLines(process: ProcessState, say: (word: Word) => string): readonly string[] {
  const { pid, command, hostname, mounts } = process;
  const line = command.join(' ').replaceAll(/\s+/g, ' ');
  const row = `pid ${pid}, ${hostname}: ${line.length > 48 ? `${line.slice(0, 47)}…` : line}`;
  return [
    ...labelled(say('process'), [row], labelColumns),
    ...labelled(say('mounts'), [String(mounts.length)], labelColumns),
  ];
}

/** What is in each network namespace of a snapshot, as lines. */
export function inspectLines(state: Snapshot, language: Language): readonly string[] {
  const say = (word: Word) => words[word][language];
  const containers = Object.entries(state.containers).flatMap(([name, one]) => [
    `${say('container')} ${escapeControls(name)}`,
    ...processLines(one.process, say),
    ...networkLines(one, say),
    '',
  ]);
  const world =
    state.world === undefined ? [] : [say('world'), ...networkLines(state.world, say), ''];
  return [...containers, say('host'), ...networkLines(state.host, say), '', ...world];
}
