import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { box, fold, padTo, type Row } from './box.ts';
import { firstPlug, type Pen, pluggedEnds, type Upper } from './pen.ts';
import { stateText } from './rows.ts';
import { type DeviceView, togetherStatus, type View } from './view.ts';
import { routeLine, words } from './words.ts';

const columnNames = ['name', 'pid', 'interface', 'address', 'port', 'bridge', 'state'] as const;

type Column = (typeof columnNames)[number];

/** What is left out first where there is no room. */
const dispensable: readonly Column[] = ['pid', 'bridge', 'state', 'port', 'interface'];

type TableRow = Readonly<Record<Column, string>> & { readonly status: Row['status'] };

function tableRows({ containers, bridges }: View, pen: Pen): readonly TableRow[] {
  const bridgeOf = (port: DeviceView['peer']) =>
    bridges.find(({ device }) => device.id === port?.master)?.device.name ?? '-';
  return containers.flatMap(({ place, ends }) => {
    const pid = String(place.pid ?? '');
    const none = { interface: '-', address: '-', port: '-', bridge: '-', state: '-' };
    if (ends.length === 0) return [{ status: place.status, name: place.name, pid, ...none }];
    return ends.map(
      ({ device, addresses, peer, cable }, index): TableRow => ({
        status: togetherStatus([
          place.status,
          device.status,
          cable?.status,
          peer?.status,
          ...addresses.map(({ status }) => status),
        ]),
        name: index === 0 ? place.name : '',
        pid: index === 0 ? pid : '',
        interface: device.name,
        address: addresses.map(({ address }) => address).join(' ') || '-',
        port: peer === undefined ? '-' : peer.name,
        bridge: bridgeOf(peer),
        state: stateText(device, pen.strokes, pen.say),
      }),
    );
  });
}

/** All containers as a table in one box. */
export function asTable(view: View, pen: Pen): Upper {
  const { strokes, say, width } = pen;
  const heads: TableRow = {
    status: 'same',
    name: say(words.container),
    pid: 'pid',
    interface: say(words.interface),
    address: say(words.address),
    port: say(words.pair),
    bridge: say(words.bridge),
    state: say(words.state),
  };
  const rows = tableRows(view, pen);
  const filled = columnNames.filter(
    (column) =>
      rows.some((row) => row[column] !== '') && (column !== 'bridge' || view.bridges.length > 1),
  );
  const cell = (row: TableRow, column: Column) => escapeControls(row[column]);
  const widthOf = (column: Column) =>
    Math.max(...[heads, ...rows].map((row) => columnsOf(cell(row, column))));
  const total = (columns: readonly Column[]) =>
    columns.reduce((sum, column) => sum + widthOf(column) + 2, -2);
  const columns = dispensable.reduce<readonly Column[]>(
    (kept, column) => (total(kept) > width - 5 ? kept.filter((one) => one !== column) : kept),
    filled,
  );
  const line = (row: TableRow) =>
    columns
      .map((column) => padTo(cell(row, column), widthOf(column)))
      .join('  ')
      .trimEnd();
  const listed: readonly Row[] = [heads, ...rows].map((row) => ({
    status: row.status,
    label: '',
    main: line(row),
  }));
  const groups = new Map<string, string[]>();
  for (const { place, routes } of view.containers) {
    const text = routes
      .filter(({ to, status }) => (to === 'default' || to === '::/0') && status !== 'gone')
      .map(routeLine)
      .join(', ');
    if (text !== '') groups.set(text, [...(groups.get(text) ?? []), place.name]);
  }
  const routes = [...groups].map(
    ([text, names]): Row => ({
      status: 'same',
      label: '',
      main:
        names.length === view.containers.length
          ? `${say(words.route)}  ${text}`
          : `${say(words.route)}  ${text}: ${names.join(', ')}`,
    }),
  );
  const count = view.containers.length;
  const title = say({ en: `${count} containers`, zh: `${count} 个容器` });
  const cables = view.containers.flatMap(pluggedEnds);
  const natural = Math.max(total(columns) + 7, columnsOf(title) + 9);
  const own = Math.min(width, natural);
  const drawn = tableBox(title, [...listed, ...routes], own, pen, cables.length > 0);
  const label = `${padTo('', firstPlug)}${strokes.cable} ${cables.length} ${say({ en: cables.length === 1 ? 'veth pair' : 'veth pairs', zh: '个 veth 对' })}`;
  const peers = new Set(cables.map(({ peer }) => peer?.id));
  return {
    lines: cables.length === 0 ? drawn : [...drawn, label],
    width: own,
    plugs: cables.length === 0 ? [] : [firstPlug],
    told: ({ device }) =>
      columns.includes('port') &&
      peers.has(device.id) &&
      device.state === 'up' &&
      device.was === undefined,
  };
}

/** Lines without labels start where labels would. */
function tableBox(
  title: string,
  rows: readonly Row[],
  width: number,
  { strokes, paint }: Pen,
  plug: boolean,
): readonly string[] {
  const room = width - 5;
  const fitted = rows.flatMap((row): readonly Row[] =>
    columnsOf(row.main) <= room
      ? [{ ...row, label: row.main, main: '' }]
      : fold(row.main, room).map((line, index) => ({
          status: index === 0 ? row.status : ('same' as const),
          label: line,
          main: '',
        })),
  );
  const bare = fitted.map(({ label, status }) => ({ label: '', main: label, status }));
  return box(title, 'same', bare, width, strokes, paint, {
    below: plug ? [[firstPlug, strokes.plugBelow]] : [],
    extra: false,
  }).lines;
}
