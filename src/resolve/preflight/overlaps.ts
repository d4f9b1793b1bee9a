import type { Facts, RouteFact } from '../../facts/index.ts';
import { routeText, subnetTo } from '../../facts/routes.ts';
import type { Problem } from '../../model/errors.ts';
import {
  contains,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
} from '../../model/ipv4.ts';
import type { Lab, LabNetwork } from '../../model/lab.ts';
import type { Text } from '../../model/text.ts';
import { besides, ownAddresses, standing } from '../elsewhere.ts';

/** Private subnets (RFC 1918), least commonly used first. */
const pools = [
  '10.88.0.0/13',
  '172.24.0.0/13',
  '10.0.0.0/8',
  '192.168.0.0/16',
  '172.16.0.0/12',
].map((text) => subnetOf(parseCidr(text)));
/** A route with a shorter prefix than this counts as a default route. */
const widest = 8;
const tries = 4096;

/** A subnet of this size that overlaps no route, address or name server of the host, and no network of the lab. */
export function freeSubnet(prefix: number, lab: Lab, facts: Facts): string | undefined {
  const taken = [
    ...facts.routes.map(subnetTo).filter((one) => one.prefix >= widest),
    ...facts.links.flatMap(({ addresses }) => addresses.map((one) => subnetOf(parseCidr(one)))),
    ...facts.resolvers.map((one) => ({ base: parseAddress(one), prefix: 32 })),
    ...lab.networks.map(({ subnet }) => subnetOf(parseCidr(subnet))),
  ];
  for (const pool of pools) {
    if (pool.prefix > prefix) continue;
    const count = Math.min(tries, 2 ** (prefix - pool.prefix));
    for (let index = 0; index < count; index += 1) {
      const subnet = { base: pool.base + index * 2 ** (32 - prefix), prefix };
      if (!taken.some((one) => overlaps(one, subnet))) return formatSubnet(subnet);
    }
  }
  return undefined;
}

interface Judged {
  readonly network: LabNetwork;
  readonly subnet: Subnet;
  readonly lab: Lab;
  readonly facts: Facts;
}

function refusal({ network, lab, facts }: Judged, message: Text): Problem {
  const free = freeSubnet(network.prefix, lab, facts);
  return {
    code: 'H005',
    place: network.bridge,
    message,
    fix:
      free === undefined
        ? { en: 'choose a subnet that this host does not use', zh: '选一个本机没有使用的子网' }
        : {
            en: `choose another subnet: ${free} is free on this host`,
            zh: `换一个子网：${free} 在本机上空闲`,
          },
  };
}

/** Addresses of the lab that a more specific route, or the host itself, would take. */
function sentElsewhere(judged: Judged): readonly Problem[] {
  const { network, subnet, lab, facts } = judged;
  const ours = [
    { who: network.bridge, address: network.gateway },
    ...lab.containers.flatMap(({ name, attachments }) =>
      attachments
        .filter((one) => one.network.name === network.name)
        .map(({ address }) => ({ who: name, address })),
    ),
  ];
  const routes = besides(network.bridge, facts).filter(
    (route) =>
      standing(route, subnet) === 'inside' ||
      (route.type === 'local' && standing(route, subnet) !== 'apart'),
  );
  const own = ownAddresses(network.bridge, facts);
  return ours.flatMap(({ who, address }) => {
    const number = parseAddress(address);
    const self = own.find((one) => one.address === number);
    if (self !== undefined) {
      return [
        refusal(judged, {
          en: `${address}, the address of ${who}, is already this host's own address on ${self.dev}`,
          zh: `${who} 的地址 ${address} 已是本机 ${self.dev} 的地址`,
        }),
      ];
    }
    const route = routes.find((one) => contains(subnetTo(one), number));
    if (route === undefined) return [];
    return [
      refusal(judged, {
        en: `packets for ${address}, the address of ${who}, would take the route ${routeText(route)}`,
        zh: `发往 ${who} 的地址 ${address} 的数据包会走路由 ${routeText(route)}`,
      }),
    ];
  });
}

/** An address that the host needs, and what it is. */
interface Needed {
  readonly address: number;
  readonly what: Text;
}

function neededBy(
  { bridge, prefix }: LabNetwork,
  { routes, resolvers, neighbours = [], links }: Facts,
): readonly Needed[] {
  return [
    ...routes.flatMap((route): Needed[] =>
      route.gateway === undefined || route.dev === bridge
        ? []
        : [
            {
              address: parseAddress(route.gateway),
              what: {
                en: `the gateway of the route ${routeText(route)}`,
                zh: `路由 ${routeText(route)} 的网关`,
              },
            },
          ],
    ),
    ...resolvers.map((text) => ({
      address: parseAddress(text),
      what: { en: "this host's name server", zh: '本机的域名服务器' },
    })),
    ...ownAddresses(bridge, { links })
      .filter((one) => one.prefix <= prefix)
      .map(({ address, dev }) => ({
        address,
        what: { en: `this host's own address on ${dev}`, zh: `本机 ${dev} 的地址` },
      })),
    ...neighbours
      .filter(({ dev }) => dev !== bridge)
      .map(({ address, dev }) => ({
        address: parseAddress(address),
        what: { en: `a neighbour of this host on ${dev}`, zh: `本机在 ${dev} 上的邻居` },
      })),
  ];
}

/** Addresses that the host needs and could no longer reach, since the lab's route would be the most specific. */
function hidden(judged: Judged): readonly Problem[] {
  const { network, subnet, facts } = judged;
  const longer = besides(network.bridge, facts).filter(
    (route) => standing(route, subnet) === 'inside',
  );
  const first = neededBy(network, facts).find(
    ({ address }) =>
      contains(subnet, address) && !longer.some((route) => contains(subnetTo(route), address)),
  );
  if (first === undefined) return [];
  return [
    refusal(judged, {
      en: `${formatAddress(first.address)}, ${first.what.en}, is in ${network.subnet}: this host would look for it on ${network.bridge} and no longer reach it`,
      zh: `${formatAddress(first.address)}（${first.what.zh}）在 ${network.subnet} 里：本机会改到 ${network.bridge} 上找它，从而无法到达`,
    }),
  ];
}

function judge(network: LabNetwork, lab: Lab, facts: Facts): Judged {
  return { network, lab, facts, subnet: subnetOf(parseCidr(network.subnet)) };
}

/** Whether the bridge exists: then its route does too, and hides nothing new. */
function isThere({ bridge }: LabNetwork, { links }: Facts): boolean {
  return links.some(({ name }) => name === bridge);
}

/**
 * Problems where a subnet conflicts with the host's routes. The longest prefix wins (ip-route(8)), so something would
 * stop working or a container's packets would go elsewhere.
 */
export function overlapProblems(network: LabNetwork, lab: Lab, facts: Facts): readonly Problem[] {
  const judged = judge(network, lab, facts);
  const same = besides(network.bridge, facts).find(
    (route) => standing(route, judged.subnet) === 'same',
  );
  if (same !== undefined) {
    return [
      refusal(judged, {
        en: `subnet ${network.subnet} is in use already: ${routeText(same)}`,
        zh: `子网 ${network.subnet} 已被使用：${routeText(same)}`,
      }),
    ];
  }
  const astray = sentElsewhere(judged);
  if (astray.length > 0 || isThere(network, facts)) return astray;
  return hidden(judged);
}

/** Private and reserved addresses (RFC 6890). */
const nobodys = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
  ...['192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
].map((text) => subnetOf(parseCidr(text)));

/** Hosts of others that this host cannot reach while the network is up. */
export function overlapWarnings(network: LabNetwork, facts: Facts): readonly Problem[] {
  if (isThere(network, facts)) return [];
  const subnet = subnetOf(parseCidr(network.subnet));
  const around = besides(network.bridge, facts)
    .filter((route) => route.type === undefined && standing(route, subnet) === 'around')
    .toSorted((a: RouteFact, b: RouteFact) => subnetTo(b).prefix - subnetTo(a).prefix)
    .find((route) => subnetTo(route).prefix >= widest);
  if (around === undefined) {
    if (nobodys.some((one) => overlaps(one, subnet))) return [];
    return [
      {
        code: 'W124',
        place: network.bridge,
        message: {
          en: `${network.subnet} has public addresses: while this run is up, this host cannot reach the machines that own them`,
          zh: `${network.subnet} 是公网地址：运行期间，本机无法访问真正拥有这些地址的机器`,
        },
        fix: { en: 'choose private addresses (RFC 1918)', zh: '选用私有地址 (RFC 1918)' },
      },
    ];
  }
  return [
    {
      code: 'W124',
      place: network.bridge,
      message: {
        en: `${network.subnet} is a part of ${around.to}, which this host reaches through ${around.dev}: while this run is up, this host cannot reach machines in that part`,
        zh: `${network.subnet} 是 ${around.to} 的一部分，本机经 ${around.dev} 到达 ${around.to}：运行期间，本机无法访问那一部分里的机器`,
      },
    },
  ];
}
