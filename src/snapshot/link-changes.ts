import type { Change } from './change.ts';
import type { LinkState, NetworkState } from './snapshot.ts';

interface Placed {
  readonly place: string;
  readonly link: LinkState;
}

/** Which interface of one snapshot is which of the other. */
export interface Pairs {
  readonly stayed: readonly {
    readonly place: string;
    readonly was: LinkState;
    readonly is: LinkState;
  }[];
  readonly moved: readonly { readonly was: Placed; readonly is: Placed }[];
  readonly removed: readonly Placed[];
  readonly added: readonly Placed[];
  /** The new name by place and old name, of those that got another name where they are. */
  readonly renamed: ReadonlyMap<string, string>;
}

type Places = ReadonlyMap<string, NetworkState>;

function all(places: Places): readonly Placed[] {
  return [...places].flatMap(([place, { links }]) => links.map((link) => ({ place, link })));
}

/** An interface with the same MAC, kind and number as another one is that one, whatever it is called. */
function isSame({ link }: Placed, other: Placed): boolean {
  return link.kind === other.link.kind && link.mac === other.link.mac && link.kind !== 'loopback';
}

export function pairLinks(before: Places, after: Places): Pairs {
  const was = all(before);
  const rest = [...all(after)];
  const take = (fits: (one: Placed) => boolean): Placed | undefined => {
    const at = rest.findIndex(fits);
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  };
  const found = new Map<Placed, Placed>();
  const look = (fits: (old: Placed, one: Placed) => boolean) => {
    for (const old of was) {
      if (found.has(old)) continue;
      const now = take((one) => fits(old, one));
      if (now !== undefined) found.set(old, now);
    }
  };
  look(
    (old, one) =>
      old.place === one.place && old.link.name === one.link.name && old.link.kind === one.link.kind,
  );
  look(
    (old, one) => old.place === one.place && old.link.index === one.link.index && isSame(old, one),
  );
  look((old, one) => old.place !== one.place && isSame(old, one));
  const pairs = [...found].map(([old, is]) => ({ was: old, is }));
  const stayed = pairs.filter((pair) => pair.was.place === pair.is.place);
  return {
    stayed: stayed.map((pair) => ({ place: pair.is.place, was: pair.was.link, is: pair.is.link })),
    moved: pairs.filter((pair) => pair.was.place !== pair.is.place),
    // What ends with its namespace is told by the namespace.
    removed: was.filter((one) => !found.has(one) && after.has(one.place)),
    added: rest,
    renamed: new Map(
      stayed
        .filter((pair) => pair.was.link.name !== pair.is.link.name)
        .map((pair) => [`${pair.is.place} ${pair.was.link.name}`, pair.is.link.name]),
    ),
  };
}

type Fields = Readonly<Record<string, string | undefined>>;

/** What of an interface can change, in the order in which it is told. */
function fieldsOf(link: LinkState, newName: (name: string) => string): Fields {
  const { name, up, state, carrier, mac, mtu, master, group, on, altnames, noArp, bridge, port } =
    link;
  return {
    name,
    up: up ? 'up' : 'down',
    state,
    carrier: carrier ? 'yes' : 'no',
    master: master === undefined ? undefined : newName(master),
    mac,
    mtu: String(mtu),
    group: group === 0 ? undefined : String(group),
    on: on === undefined ? undefined : newName(on),
    altname: altnames.length === 0 ? undefined : altnames.join(' '),
    arp: noArp ? 'off' : undefined,
    stp: bridge?.stp,
    'forward delay': bridge === undefined ? undefined : String(bridge.forwardDelay),
    vlan: bridge?.vlan === undefined ? undefined : String(bridge.vlan),
    port: port?.state,
    isolated: port?.isolated ? 'yes' : undefined,
    locked: port?.locked ? 'yes' : undefined,
    blind: port?.blind ? 'yes' : undefined,
    hairpin: port?.hairpin ? 'on' : undefined,
  };
}

function aboutLink(place: string, { name, kind }: LinkState) {
  return { place, object: 'link', of: name, kind } as const;
}

function fieldChanges(
  place: string,
  is: LinkState,
  before: Fields,
  after: Fields,
): readonly Change[] {
  return Object.keys(after).flatMap((field): readonly Change[] => {
    const [from, to] = [before[field], after[field]];
    if (from === to) return [];
    // A port's state comes and goes with its bridge.
    if (field === 'port' && (from === undefined || to === undefined)) return [];
    return [
      {
        ...aboutLink(place, is),
        op: 'changed',
        field,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
    ];
  });
}

/** Addresses of an interface that stayed, moved, came or went. */
function addressChanges(
  place: string,
  was: LinkState | undefined,
  is: LinkState | undefined,
): readonly Change[] {
  const dev = (is ?? was)?.name ?? '';
  const about = (address: string, scope: string) =>
    ({ place, object: 'address', of: `${address} dev ${dev}`, dev, kind: scope }) as const;
  const [old, now] = [was?.addresses ?? [], is?.addresses ?? []];
  const isIn = (others: typeof old, address: string) =>
    others.find((one) => one.address === address);
  return [
    ...old.flatMap(({ address, scope }): readonly Change[] =>
      isIn(now, address) === undefined ? [{ ...about(address, scope), op: 'removed' }] : [],
    ),
    ...now.flatMap(({ address, scope, tentative }): readonly Change[] => {
      const before = isIn(old, address);
      if (before === undefined) return [{ ...about(address, scope), op: 'added' }];
      if (before.tentative === tentative) return [];
      const [from, to] = [before.tentative ? 'yes' : 'no', tentative ? 'yes' : 'no'];
      return [{ ...about(address, scope), op: 'changed', field: 'tentative', from, to }];
    }),
  ];
}

/** The changes of interfaces and of their addresses in one place. */
export function linkChanges(
  place: string,
  { stayed, moved, removed, added }: Pairs,
  newName: (name: string) => string,
): readonly Change[] {
  const here = <T extends Placed>(some: readonly T[]) => some.filter((one) => one.place === place);
  const same = (name: string) => name;
  return [
    ...here(removed).flatMap(({ link }): readonly Change[] => [
      ...addressChanges(place, link, undefined),
      { ...aboutLink(place, link), op: 'removed' },
    ]),
    ...here(added).flatMap(({ link }): readonly Change[] => [
      { ...aboutLink(place, link), op: 'added' },
      ...addressChanges(place, undefined, link),
    ]),
    ...moved
      .filter(({ is }) => is.place === place)
      .flatMap(({ was, is }): readonly Change[] => [
        { ...aboutLink(place, is.link), op: 'moved', from: was.place },
        ...fieldChanges(place, is.link, fieldsOf(was.link, same), fieldsOf(is.link, same)),
        ...addressChanges(place, was.link, is.link),
      ]),
    ...stayed
      .filter((pair) => pair.place === place)
      .flatMap(({ was, is }) => [
        ...fieldChanges(place, is, fieldsOf(was, newName), fieldsOf(is, same)),
        ...addressChanges(place, was, is),
      ]),
  ];
}
