import type { Change } from './change.ts';
import { firewallChanges } from './firewall-changes.ts';
import { linkChanges, type Pairs, pairLinks } from './link-changes.ts';
import { onlyIn } from './only-in.ts';
import { placesOf } from './places.ts';
import type {
  ContainerState,
  FdbState,
  MountState,
  NeighbourState,
  NetworkState,
  ProcessState,
  RouteState,
  Snapshot,
} from './snapshot.ts';

/** As ip-route(8) prints it. */
export function routeText({
  type,
  to,
  via,
  dev,
  table,
  metric,
}: Omit<RouteState, 'protocol'>): string {
  return [
    ...(type === 'unicast' ? [] : [type]),
    to,
    ...(via === undefined ? [] : ['via', via]),
    ...(dev === undefined ? [] : ['dev', dev]),
    ...(table === 'main' ? [] : ['table', table]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
  ].join(' ');
}

/** A state with the name by which it is told from others of its kind. */
type Named<T> = readonly (readonly [key: string, state: T])[];

/** Which entries belong to an interface that has gone, and which to a new one, whatever their names are. */
interface Owners {
  readonly gone: ReadonlySet<unknown>;
  readonly come: ReadonlySet<unknown>;
}

type Owned = { readonly dev?: string };

/** Those that belong to one of these interfaces of a place. */
function ownedBy(
  links: readonly Pairs['removed'][number][],
  place: string,
  entries: readonly Owned[],
): readonly Owned[] {
  const names = new Set(links.flatMap((one) => (one.place === place ? [one.link.name] : [])));
  return entries.filter(({ dev = '' }) => names.has(dev));
}

/** What changed of objects that have a key, and of those that stayed. */
function keyed<T>(
  before: Named<T>,
  after: Named<T>,
  describe: (state: T) => Omit<Change, 'op' | 'field' | 'from' | 'to'>,
  fields: (state: T) => Readonly<Record<string, string | undefined>>,
  { gone, come }: Owners,
): readonly Change[] {
  // What belonged to an interface that is gone is gone, even if another interface has its name now.
  const marked = (all: Named<T>, owned: ReadonlySet<unknown>) =>
    new Map(all.map(([key, state]) => [owned.has(state) ? `another ${key}` : key, state]));
  const [was, is] = [marked(before, gone), marked(after, come)];
  const lost = [...was].filter(([key]) => !is.has(key));
  const won = [...is].filter(([key]) => !was.has(key));
  const stayed = [...is].flatMap(([key, state]) => {
    const old = was.get(key);
    return old === undefined ? [] : fieldChanges(describe(state), fields(old), fields(state));
  });
  return [
    ...lost.map(([, state]): Change => ({ ...describe(state), op: 'removed' })),
    ...won.map(([, state]): Change => ({ ...describe(state), op: 'added' })),
    ...stayed,
  ];
}

function fieldChanges(
  about: Omit<Change, 'op' | 'field' | 'from' | 'to'>,
  before: Readonly<Record<string, string | undefined>>,
  after: Readonly<Record<string, string | undefined>>,
): readonly Change[] {
  return Object.keys({ ...before, ...after }).flatMap((field) => {
    const [from, to] = [before[field], after[field]];
    if (from === to) return [];
    return [
      {
        ...about,
        op: 'changed',
        field,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      } as const,
    ];
  });
}

function routeChanges(
  place: string,
  before: NetworkState,
  after: NetworkState,
  owners: Owners,
): readonly Change[] {
  const named = (routes: readonly RouteState[]) =>
    routes.map((route) => [`${routeText(route)} ${route.protocol}`, route] as const);
  const describe = (route: RouteState) => ({
    place,
    object: 'route' as const,
    of: routeText(route),
    ...(route.dev === undefined ? {} : { dev: route.dev }),
    kind: route.protocol === 'kernel' ? `kernel ${route.type}` : route.type,
  });
  const born = new Set(after.routes.flatMap((one) => (one.linkdown ? [routeText(one)] : [])));
  return keyed(
    named(before.routes),
    named(after.routes),
    describe,
    ({ linkdown }) => ({
      linkdown: linkdown ? 'yes' : 'no',
    }),
    owners,
  ).map((change) =>
    change.op === 'added' && born.has(change.of) ? { ...change, to: 'linkdown' } : change,
  );
}

function neighbourChanges(
  place: string,
  before: NetworkState,
  after: NetworkState,
  owners: Owners,
): readonly Change[] {
  const named = (neighbours: readonly NeighbourState[]) =>
    neighbours.map((one) => [`${one.address} dev ${one.dev}`, one] as const);
  const describe = ({ address, dev, mac, state }: NeighbourState) => ({
    place,
    object: 'neighbour' as const,
    of: `${address} dev ${dev}${mac === undefined ? '' : ` lladdr ${mac}`}`,
    dev,
    kind: state,
  });
  return keyed(
    named(before.neighbours),
    named(after.neighbours),
    describe,
    ({ mac, state }) => ({
      mac,
      state,
    }),
    owners,
  );
}

function fdbChanges(
  place: string,
  before: NetworkState,
  after: NetworkState,
  owners: Owners,
): readonly Change[] {
  const named = (entries: readonly FdbState[]) =>
    entries.map((one) => [`${one.mac} dev ${one.dev} master ${one.master}`, one] as const);
  const describe = ({ mac, dev, master, state }: FdbState) => ({
    place,
    object: 'fdb' as const,
    of: `${mac} dev ${dev}${master === undefined ? ' self' : ` master ${master}`}`,
    dev,
    kind: state === 'permanent' ? 'permanent' : 'learnt',
  });
  return keyed(
    named(before.fdb),
    named(after.fdb),
    describe,
    ({ state }) => ({
      state: state === 'permanent' ? 'permanent' : 'learnt',
    }),
    owners,
  );
}

function ruleChanges(place: string, before: NetworkState, after: NetworkState): readonly Change[] {
  const change = (op: 'added' | 'removed') => (rule: string) => ({
    place,
    op,
    object: 'rule' as const,
    of: rule,
  });
  return [
    ...onlyIn(before.rules, after.rules).map(change('removed')),
    ...onlyIn(after.rules, before.rules).map(change('added')),
  ];
}

/** The interface that a sysctl is about, if it is about one. */
function interfaceOf(key: string): Pick<Change, 'dev'> {
  const name = /^net\/ipv[46]\/conf\/([^/]+)\//.exec(key)?.[1];
  return name === undefined || name === 'all' || name === 'default' ? {} : { dev: name };
}

function sysctlChanges(
  place: string,
  before: NetworkState,
  after: NetworkState,
  newName: (name: string) => string,
): readonly Change[] {
  const renamed = Object.entries(before.sysctls).map(([key, value]) => {
    const { dev } = interfaceOf(key);
    return [
      dev === undefined ? key : key.replace(`/${dev}/`, () => `/${newName(dev)}/`),
      value,
    ] as const;
  });
  const was = new Map(renamed);
  const keys = new Set([...was.keys(), ...Object.keys(after.sysctls)]);
  return [...keys].flatMap((key): readonly Change[] => {
    const [from, to] = [was.get(key), after.sysctls[key]];
    if (from === to) return [];
    const about = { place, object: 'sysctl', of: key, ...interfaceOf(key) } as const;
    if (from === undefined) return [{ ...about, op: 'added', to: to as string }];
    if (to === undefined) return [{ ...about, op: 'removed', from }];
    return [{ ...about, op: 'changed', field: 'value', from, to }];
  });
}

/** The mount on a path that is seen: the last one. */
function mountOn({ mounts }: ProcessState, path: string): MountState | undefined {
  return mounts.findLast((mount) => mount.path === path);
}

/** A root on another file system is a change of its own: all paths are looked up from there. */
function rootChanges(place: string, before: ProcessState, after: ProcessState): readonly Change[] {
  const [was, is] = [mountOn(before, '/'), mountOn(after, '/')];
  if (was === undefined || is === undefined || was.device === is.device) return [];
  const about = { place, object: 'mount', of: '/', kind: is.type } as const;
  return [{ ...about, op: 'changed', field: 'file system', from: was.type, to: is.type }];
}

function mountChanges(place: string, before: ProcessState, after: ProcessState): readonly Change[] {
  const texts = ({ mounts }: ProcessState) =>
    mounts.flatMap(({ path, type }) => (path === '/' ? [] : [`${path} ${type}`]));
  const change = (op: 'added' | 'removed') => (text: string) => ({
    place,
    op,
    object: 'mount' as const,
    of: text.slice(0, text.lastIndexOf(' ')),
    kind: text.slice(text.lastIndexOf(' ') + 1),
  });
  return [
    ...rootChanges(place, before, after),
    ...onlyIn(texts(before), texts(after)).map(change('removed')),
    ...onlyIn(texts(after), texts(before)).map(change('added')),
  ];
}

function processChanges(
  place: string,
  before: ProcessState,
  after: ProcessState,
): readonly Change[] {
  const identity = ({ pid, start }: ProcessState) => `${pid} ${start}`;
  return [
    ...fieldChanges(
      { place, object: 'process', of: 'process 1' },
      { identity: identity(before), command: before.command.join(' ') },
      { identity: identity(after), command: after.command.join(' ') },
    ),
    ...fieldChanges(
      { place, object: 'hostname', of: 'host name' },
      { value: before.hostname },
      { value: after.hostname },
    ),
    ...mountChanges(place, before, after),
  ];
}

/** The state in which a container's namespaces begin: a loopback that is down, and nothing else. */
function fresh(state: ContainerState): ContainerState {
  const sysctls = Object.entries(state.sysctls).filter(([key]) => {
    const { dev = 'lo' } = interfaceOf(key);
    return dev === 'lo';
  });
  return {
    links: state.links
      .filter(({ kind }) => kind === 'loopback')
      .map((lo) => ({ ...lo, up: false, state: 'DOWN', carrier: false, addresses: [] })),
    routes: [],
    rules: state.rules,
    neighbours: [],
    fdb: [],
    firewall: [],
    sysctls: Object.fromEntries(sysctls),
    process: state.process,
  };
}

function networkChanges(
  place: string,
  before: NetworkState,
  after: NetworkState,
  pairs: Pairs,
): readonly Change[] {
  const newName = (name: string) => pairs.renamed.get(`${place} ${name}`) ?? name;
  const left = [...pairs.removed, ...pairs.moved.map(({ was }) => was)];
  const arrived = [...pairs.added, ...pairs.moved.map(({ is }) => is)];
  const gone = new Set<unknown>();
  const named = <T extends Owned>(entries: readonly T[]) => {
    const lost = new Set(ownedBy(left, place, entries));
    return entries.map((one) => {
      if (one.dev === undefined) return one;
      const entry = { ...one, dev: newName(one.dev) };
      if (lost.has(one)) gone.add(entry);
      return entry;
    });
  };
  const was: NetworkState = {
    ...before,
    routes: named(before.routes),
    neighbours: named(before.neighbours),
    fdb: named(
      before.fdb.map((one) =>
        one.master === undefined ? one : { ...one, master: newName(one.master) },
      ),
    ),
  };
  const come = new Set<unknown>(
    ownedBy(arrived, place, [...after.routes, ...after.neighbours, ...after.fdb]),
  );
  const owners = { gone, come };
  return [
    ...linkChanges(place, pairs, newName),
    ...routeChanges(place, was, after, owners),
    ...ruleChanges(place, was, after),
    ...neighbourChanges(place, was, after, owners),
    ...fdbChanges(place, was, after, owners),
    ...firewallChanges(place, was.firewall, after.firewall),
    ...sysctlChanges(place, was, after, newName),
  ];
}

/** Everything that differs between two snapshots, place by place; noise included. */
export function compare(before: Snapshot, after: Snapshot): readonly Change[] {
  const begun = Object.keys(after.containers).filter((name) => !(name in before.containers));
  const ended = Object.keys(before.containers).filter((name) => !(name in after.containers));
  const containers = { ...before.containers };
  for (const name of begun) containers[name] = fresh(after.containers[name] as ContainerState);
  const was = placesOf({ ...before, containers });
  const is = placesOf(after);
  const pairs = pairLinks(was, is);
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((place): readonly Change[] => {
    const [old, now] = [was.get(place), is.get(place)];
    if (now === undefined) {
      if (!ended.includes(place)) return [];
      return [
        { place, op: 'removed', object: 'process', of: 'process 1' },
        { place, op: 'removed', object: 'namespace', of: 'namespaces' },
      ];
    }
    if (old === undefined) return [];
    const [first, last] = [containers[place], after.containers[place]];
    return [
      ...(begun.includes(place)
        ? [
            { place, op: 'added', object: 'namespace', of: 'namespaces' } as const,
            {
              place,
              op: 'added',
              object: 'process',
              of: 'process 1',
              to: last?.process.command.join(' ') ?? '',
            } as const,
          ]
        : []),
      ...networkChanges(place, old, now, pairs),
      ...(first === undefined || last === undefined
        ? []
        : processChanges(place, first.process, last.process)),
    ];
  });
}
