import type { Runner } from '../exec/runner.ts';
import { isRecord, numberOf, parseJsonArray, textOf } from '../facts/json.ts';
import { shellLine } from '../model/command.ts';
import type { Place } from '../model/place.ts';
import { isError } from './end.ts';
import { askEach, mark, type Namespaces } from './namespaces.ts';
import type { Decision, Hop, Probe } from './walk.ts';

/** A question to the kernel's routing: for a packet of the namespace's own, or for one that came in. */
type Request = Pick<Decision, 'place' | 'to' | 'from' | 'in'>;

/** Where the kernel routed the packet, or should have: when it was made, and after prerouting. */
function requestOf(hop: Hop): Request | undefined {
  const { place, hook, layer, in: from } = hop;
  if (layer !== 'ip' || isError(hop)) return undefined;
  const { source, destination } = hop.leaves ?? hop.header;
  if (hook === 'output') return { place, to: destination };
  if (hook !== 'prerouting' || from === undefined) return undefined;
  return { place, to: destination, from: source, in: from };
}

function keyOf({ place, to, from, in: device }: Request): string {
  return [place, to, from, device].join(' ');
}

function requestsOf(probe: Probe, hops: readonly Hop[]): readonly Request[] {
  const all = [{ place: probe.from, to: probe.to }, ...hops.flatMap((hop) => requestOf(hop) ?? [])];
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function lineOf({ to, from, in: device }: Request): string {
  const incoming = from === undefined ? [] : ['from', from, 'iif', device ?? ''];
  return `${shellLine(['ip', '-j', 'route', 'get', to, ...incoming])} 2>&1`;
}

interface Around {
  readonly neighbours: readonly unknown[];
  readonly fdb: readonly unknown[];
  readonly vxlans: readonly unknown[];
}

function arrayIn(text: string): readonly unknown[] {
  return text.trim().startsWith('[') ? parseJsonArray(text) : [];
}

function neighbourOf(
  { neighbours }: Around,
  address: string,
  device: string | undefined,
): Decision['neighbour'] {
  const found = neighbours.find(
    (one) => isRecord(one) && one.dst === address && one.dev === device,
  );
  if (!isRecord(found)) return undefined;
  const mac = textOf(found.lladdr);
  const state = Array.isArray(found.state) ? String(found.state[0]) : 'NONE';
  return { address, ...(mac === undefined ? {} : { mac }), state };
}

/** The port behind which the bridge knows a MAC address. */
function portOf({ fdb }: Around, bridge: string, mac: string): string | undefined {
  const found = fdb.find(
    (one) => isRecord(one) && one.mac === mac && one.master === bridge && one.state !== 'permanent',
  );
  return isRecord(found) ? textOf(found.ifname) : undefined;
}

/** The VXLAN device of that name: where it sends frames for a MAC address, or all frames (bridge(8), `fdb`). */
function tunnelOf(
  { fdb, vxlans }: Around,
  device: string,
  mac: string | undefined,
): Decision['tunnel'] {
  const link = vxlans.find((one) => isRecord(one) && one.ifname === device);
  const info = isRecord(link) && isRecord(link.linkinfo) ? link.linkinfo.info_data : undefined;
  const vni = isRecord(info) ? numberOf(info.id) : undefined;
  if (!isRecord(info) || vni === undefined) return undefined;
  const everything = '00:00:00:00:00:00';
  const entry = [mac, everything]
    .map((wanted) =>
      fdb.find(
        (one) =>
          isRecord(one) && one.mac === wanted && one.ifname === device && one.dst !== undefined,
      ),
    )
    .find((one) => one !== undefined);
  const local = textOf(info.local);
  const remote = (isRecord(entry) ? textOf(entry.dst) : undefined) ?? textOf(info.remote);
  return {
    ...{ device, vni },
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
  };
}

function decisionOf(request: Request, answer: string, around: Around): Decision {
  const [route] = arrayIn(answer);
  if (!isRecord(route)) {
    const refused = answer.replaceAll(/^(?:RTNETLINK answers: |Error: )/gm, '').trim();
    return { ...request, refused: refused.split('\n')[0] ?? '' };
  }
  const [type, out, gateway] = [route.type, route.dev, route.gateway].map(textOf);
  const neighbour = type === 'local' ? undefined : neighbourOf(around, gateway ?? request.to, out);
  const port = neighbour?.mac === undefined ? undefined : portOf(around, out ?? '', neighbour.mac);
  const tunnel = tunnelOf(around, port ?? out ?? '', neighbour?.mac);
  return {
    ...request,
    ...(type === undefined ? {} : { type }),
    ...(out === undefined ? {} : { out }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(neighbour === undefined ? {} : { neighbour }),
    ...(port === undefined ? {} : { port }),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

/** Asks every namespace that the packet passed how it routes it (ip-route(8)), and who the next hop is. */
export async function askDecisions(
  runner: Runner,
  namespaces: Namespaces,
  probe: Probe,
  hops: readonly Hop[],
): Promise<readonly Decision[]> {
  const requests = requestsOf(probe, hops);
  const places = [...new Set(requests.map(({ place }) => place))];
  const scripts = places.map((place): readonly [Place, string] => {
    const lines = requests.filter((one) => one.place === place).map(lineOf);
    const all = [
      ...lines,
      'ip -4 -j neigh show',
      'bridge -j fdb show',
      'ip -d -j link show type vxlan',
    ];
    return [place, all.join(`; printf '${mark}'\n`)];
  });
  const answers = await askEach(runner, namespaces, scripts);
  return requests.map((request) => {
    const parts = answers.get(request.place) ?? [];
    const own = requests.filter(({ place }) => place === request.place);
    const [neighbours = '', fdb = '', vxlans = ''] = parts.slice(own.length);
    const around = {
      neighbours: arrayIn(neighbours),
      fdb: arrayIn(fdb),
      vxlans: arrayIn(vxlans),
    };
    return decisionOf(request, parts[own.indexOf(request)] ?? '', around);
  });
}
