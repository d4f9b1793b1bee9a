import type { Runner } from '../exec/runner.ts';
import { isRecord, numberOf, parseJsonArray, textOf } from '../facts/json.ts';
import type { Place } from '../model/place.ts';
import { askEach, mark, type Namespaces } from './namespaces.ts';
import type { Device } from './order.ts';

/** What a trace needs to know about a namespace beforehand. */
export interface Site {
  readonly devices: readonly Device[];
  /** IPv4 addresses, and the gateways of its routes. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
}

/** One ip(8) for all its questions: each answer is one line. */
const askIp = (requests: readonly string[]) =>
  `ip -s -s -d -j -batch - <<'END'\n${requests.join('\n')}\nEND`;

const script = (requests: readonly string[]) => `nstat -asz -j 2>/dev/null; printf '${mark}'
tc -s -j qdisc show 2>/dev/null; printf '${mark}'
${askIp(requests)}`;

const everything = script(['link show', 'addr show', 'route show table all']);
const counters = script(['link show']);

function deviceOf(entry: unknown): readonly Device[] {
  if (!isRecord(entry)) return [];
  const [name, index] = [textOf(entry.ifname), numberOf(entry.ifindex)];
  if (name === undefined || index === undefined) return [];
  const kind = isRecord(entry.linkinfo) ? textOf(entry.linkinfo.info_kind) : undefined;
  const master = textOf(entry.master);
  const peerIndex = kind === 'veth' ? numberOf(entry.link_index) : undefined;
  return [
    {
      ...{ name, index, kind: kind ?? 'device' },
      ...(master === undefined ? {} : { master }),
      ...(peerIndex === undefined ? {} : { peerIndex }),
      ...(kind === 'veth' && textOf(entry.link) !== undefined ? { peer: textOf(entry.link) } : {}),
    },
  ];
}

/** A peer in the same namespace is given by name. */
function withPeers(devices: readonly (Device & { readonly peer?: string })[]): readonly Device[] {
  return devices.map(({ peer, ...device }) => {
    const other = peer === undefined ? undefined : devices.find(({ name }) => name === peer);
    return other === undefined ? device : { ...device, peerIndex: other.index };
  });
}

function addressesOf(entry: unknown): readonly string[] {
  if (!isRecord(entry) || !Array.isArray(entry.addr_info)) return [];
  return entry.addr_info.flatMap((one) => {
    const address = isRecord(one) && one.family === 'inet' ? textOf(one.local) : undefined;
    return address === undefined ? [] : [address];
  });
}

function gatewaysOf(entry: unknown): readonly string[] {
  if (!isRecord(entry)) return [];
  const hops = Array.isArray(entry.nexthops) ? entry.nexthops : [];
  return [entry, ...hops].flatMap((one) => {
    const gateway = isRecord(one) ? textOf(one.gateway) : undefined;
    return gateway?.includes('.') === true ? [gateway] : [];
  });
}

/** Numbers in a tree of objects, by the path of their keys. */
function numbersIn(value: unknown, path: string): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}_${key}`));
}

function parseCounters(nstat: string, qdiscs: string, links: string) {
  const kernel: unknown = nstat === '' ? {} : JSON.parse(nstat);
  const snmp = isRecord(kernel) && isRecord(kernel.kernel) ? kernel.kernel : {};
  const device = (entry: unknown) => {
    if (!isRecord(entry) || !isRecord(entry.stats64)) return [];
    const { rx, tx } = entry.stats64;
    return [...numbersIn(rx, 'rx'), ...numbersIn(tx, 'tx')].map(
      ([key, value]) => [`${textOf(entry.ifname)}/${key}`, value] as const,
    );
  };
  const qdisc = (entry: unknown) => {
    if (!isRecord(entry)) return [];
    return (['drops', 'overlimits', 'requeues'] as const).map(
      (key) => [`${textOf(entry.dev)}/qdisc_${key}`, numberOf(entry[key]) ?? 0] as const,
    );
  };
  return Object.fromEntries([
    ...Object.entries(snmp).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, value] as const] : [],
    ),
    ...parseJsonArray(qdiscs === '' ? '[]' : qdiscs).flatMap(qdisc),
    ...parseJsonArray(links).flatMap(device),
  ]);
}

function siteOf([nstat = '', qdiscs = '', ip = '']: readonly string[]): Site {
  const [links = '[]', addresses = '[]', routes = '[]'] = ip.split('\n');
  return {
    devices: withPeers(parseJsonArray(links).flatMap(deviceOf)),
    addresses: parseJsonArray(addresses).flatMap(addressesOf),
    gateways: [...new Set(parseJsonArray(routes).flatMap(gatewaysOf))],
    counters: parseCounters(nstat, qdiscs, links),
  };
}

/** Reads all namespaces in one shell. One that cannot be read is left out. */
export async function readSites(
  runner: Runner,
  namespaces: Namespaces,
): Promise<ReadonlyMap<Place, Site>> {
  const scripts = [...namespaces.keys()].map((place) => [place, everything] as const);
  const answers = await askEach(runner, namespaces, scripts);
  return new Map([...answers].map(([place, parts]) => [place, siteOf(parts)]));
}

/** Reads the counters again. */
export async function readCounters(
  runner: Runner,
  namespaces: Namespaces,
): Promise<ReadonlyMap<Place, Site['counters']>> {
  const scripts = [...namespaces.keys()].map((place) => [place, counters] as const);
  const answers = await askEach(runner, namespaces, scripts);
  return new Map(
    [...answers].map(([place, [nstat = '', qdiscs = '', links = '[]']]) => [
      place,
      parseCounters(nstat, qdiscs, links),
    ]),
  );
}

/** By how much counters grew; those that did not are left out. */
export function grown(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const entries = Object.entries(after).map(
    ([key, value]) => [key, value - (before[key] ?? 0)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value > 0));
}
