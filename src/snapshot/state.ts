import { isRecord, numberOf, parseJsonArray, textOf } from '../facts/json.ts';
import { linkOf } from '../facts/links.ts';
import type {
  AddressState,
  FdbState,
  LinkState,
  NeighbourState,
  NetworkState,
  RouteState,
} from './snapshot.ts';

type Entry = Readonly<Record<string, unknown>>;

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function addressOf(entry: unknown): readonly AddressState[] {
  if (!isRecord(entry)) return [];
  return [
    {
      address: `${entry.local}/${entry.prefixlen}`,
      scope: textOf(entry.scope) ?? 'global',
      ...(entry.tentative === true ? { tentative: true } : {}),
    },
  ];
}

/** A veth's other end: its name in the same namespace, or its index in another one. */
function peerOf(entry: Entry): Pick<LinkState, 'peer'> {
  const peer = textOf(entry.link) ?? numberOf(entry.link_index);
  return peer === undefined ? {} : { peer };
}

function linkStateOf(entry: unknown): readonly LinkState[] {
  if (!isRecord(entry)) return [];
  return linkOf(entry).map(
    ({ addresses: _, addresses6: __, nodad6: ___, otherEnd: ____, ...fact }) => ({
      ...fact,
      index: numberOf(entry.ifindex) ?? 0,
      state: textOf(entry.operstate) ?? 'UNKNOWN',
      carrier: words(entry.flags).includes('LOWER_UP'),
      ...(fact.kind === 'veth' ? peerOf(entry) : {}),
      addresses: Array.isArray(entry.addr_info) ? entry.addr_info.flatMap(addressOf) : [],
    }),
  );
}

/** One with several next hops is as many routes. */
function routeStates(entry: unknown): readonly RouteState[] {
  if (!isRecord(entry)) return [];
  const { dst, metric } = entry;
  // Of IPv6, since a route of IPv4 and one of IPv6 to everywhere are two things.
  const six = 'pref' in entry;
  const hops = Array.isArray(entry.nexthops) ? entry.nexthops.filter(isRecord) : [entry];
  return hops.map((hop) => {
    const [dev, via] = [textOf(hop.dev), textOf(hop.gateway)];
    return {
      to: six && dst === 'default' ? '::/0' : String(dst),
      table: textOf(entry.table) ?? 'main',
      type: textOf(entry.type) ?? 'unicast',
      ...(dev === undefined ? {} : { dev }),
      ...(via === undefined ? {} : { via }),
      ...(typeof metric === 'number' && metric !== 0 ? { metric } : {}),
      protocol: textOf(entry.protocol) ?? 'boot',
      ...(words(hop.flags).includes('linkdown') ? { linkdown: true } : {}),
    };
  });
}

/** What ip-rule(8) prints after the selectors, from the properties of its JSON. */
const lookups = ['table', 'action', 'goto', 'suppress_prefixlen'];

/** A policy rule: `32766: from all lookup main`. */
function ruleText(entry: unknown): readonly string[] {
  if (!isRecord(entry)) return [];
  const { priority, src, srclen, dst, dstlen, table, protocol: _, ...others } = entry;
  const place = (address: unknown, length: unknown) =>
    length === undefined ? `${address}` : `${address}/${length}`;
  const more = Object.entries(others)
    .filter(([key]) => !lookups.includes(key))
    .map(([key, value]) => (value === null || value === true ? key : `${key} ${value}`));
  const does = Object.entries(others)
    .filter(([key]) => lookups.includes(key))
    .map(([key, value]) => `${key} ${value}`);
  const line = [
    `${priority}: from ${place(src, srclen)}`,
    ...(dst === undefined ? [] : [`to ${place(dst, dstlen)}`]),
    ...more,
    ...(table === undefined ? [] : [`lookup ${table}`]),
    ...does,
  ];
  return [line.join(' ')];
}

function neighbourOf(entry: unknown): readonly NeighbourState[] {
  if (!isRecord(entry)) return [];
  const [address, dev, mac] = [entry.dst, entry.dev, entry.lladdr].map(textOf);
  if (address === undefined || dev === undefined) return [];
  const [state = 'NONE'] = words(entry.state);
  return [{ address, dev, ...(mac === undefined ? {} : { mac }), state }];
}

/** The requests to ip(8) that `parseIp` reads the answers of. IPv6 is last: a kernel may lack it. */
export const ipRequests = [
  'addr show',
  'route show table all root 0.0.0.0/0',
  'rule show',
  'neigh show',
  'route show table all root ::/0',
] as const;

/** The answers of `ip -j -d -batch`, a line for each request. */
export function parseIp(
  stdout: string,
): Pick<NetworkState, 'links' | 'routes' | 'rules' | 'neighbours'> {
  const [links = '', routes = '', rules = '', neighbours = '', routes6 = ''] = stdout.split('\n');
  return {
    links: parseJsonArray(links).flatMap(linkStateOf),
    routes: [...parseJsonArray(routes), ...parseJsonArray(routes6)].flatMap(routeStates),
    rules: parseJsonArray(rules).flatMap(ruleText),
    neighbours: parseJsonArray(neighbours).flatMap(neighbourOf),
  };
}

/** `bridge -j fdb show`. */
export function parseFdb(stdout: string): readonly FdbState[] {
  return parseJsonArray(stdout).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const [mac, dev, master] = [entry.mac, entry.ifname, entry.master].map(textOf);
    if (mac === undefined || dev === undefined) return [];
    return [
      { mac, dev, ...(master === undefined ? {} : { master }), state: textOf(entry.state) ?? '' },
    ];
  });
}

/** Lines of `grep -H` below /proc/sys/net, as values by key. */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  const entries = text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[`net/${line.slice(0, at)}`, line.slice(at + 1)] as const];
  });
  return Object.fromEntries(entries);
}
