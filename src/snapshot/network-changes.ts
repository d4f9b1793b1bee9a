import type { Change } from './change.ts';
import { firewallChanges } from './firewall-changes.ts';
import { keyed, type Owners } from './keyed-changes.ts';
import { linkChanges, type Pairs } from './link-changes.ts';
import { onlyIn } from './only-in.ts';
import type { FdbState, NeighbourState, NetworkState, RouteState } from './snapshot.ts';

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
export function interfaceOf(key: string): Pick<Change, 'dev'> {
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

export function networkChanges(
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
