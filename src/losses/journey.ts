import type { HostView } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import { addressPattern, cidrPattern, parseAddress, parseCidr } from '../model/ipv4.ts';
import type { Attachment, LabNetwork } from '../model/lab.ts';
import { type PublishedPort, portText } from '../model/ports.ts';
import type { Text } from '../model/text.ts';
import { forwarded, packet, routed, type Stop, type Turn, throughBridge } from './hooks.ts';
import { exampleIn } from './lookup.ts';
import { answerTo, type Kind, ping, toPort, whoHas } from './packet-kind.ts';

/** A packet that the lab needs, with the netfilter hooks on its way. */
export interface Journey {
  /** Names the sender and the receiver. */
  readonly text: Text;
  /** The network whose containers need the packet. */
  readonly network: LabNetwork;
  readonly way:
    | 'outward'
    | 'answers'
    | 'between'
    | 'to-host'
    | 'from-host'
    | 'published'
    | 'served';
  /** For `published`: the address of the container. */
  readonly to?: string;
  readonly stops: readonly Stop[];
}

const resolve = ['arp'];

export function addressOf(cidr: string | undefined): number | undefined {
  return cidr !== undefined && cidrPattern.test(cidr) ? parseCidr(cidr).address : undefined;
}

/** A host on the internet: an address that is neither private nor reserved. */
const farAway = parseAddress('1.1.1.1');

/** Addresses that containers talk to through an uplink: its next hop, and a host behind it. */
function partners(host: HostView, uplink: string): readonly (number | undefined)[] {
  const routes = host.routes.filter(({ dev, type }) => dev === uplink && type === undefined);
  const found = routes.flatMap(({ gateway, to }) => {
    const plain = gateway !== undefined && addressPattern.test(gateway);
    const next = plain ? [parseAddress(gateway)] : [];
    return to === 'default' ? [...next, farAway] : next;
  });
  if (found.length > 0) return [...new Set(found)];
  // Without a next hop: addresses of its subnets that are not this host's own.
  const own = host.links.flatMap(({ addresses }) =>
    addresses.flatMap((text) => {
      const address = addressOf(text);
      return address === undefined ? [] : [{ base: address, prefix: 32 }];
    }),
  );
  const there = routes.flatMap((route) => exampleIn(subnetTo(route), own) ?? []);
  return there.length === 0 ? [undefined] : [...new Set(there)].slice(0, most);
}

/** At most this many subnets behind one interface are looked at. */
const most = 4;

export function outside(
  attachment: Attachment,
  uplink: string,
  resolvers: readonly number[],
  host: HostView,
): readonly Journey[] {
  const { network, address, mac } = attachment;
  const { bridge } = network;
  const own = parseAddress(address);
  const uplinkAddress = addressOf(host.links.find(({ name }) => name === uplink)?.addresses[0]);
  const asked = partners(host, uplink);
  const kinds = [
    ...asked.map((to) => [ping, to] as const),
    ...[80, 443].map((port) => [toPort('tcp', port), asked.at(-1)] as const),
    ...resolvers.map((to) => [toPort('udp', 53), to] as const),
  ];
  return kinds.flatMap(([kind, to]): Journey[] => {
    const there = { in: bridge, out: uplink, source: own, destination: to, mac };
    const back = { in: uplink, out: bridge, source: to, destination: own };
    // Before conntrack translates it back, a reply has the masqueraded address as its destination.
    const masked = { ...back, destination: network.masquerade ? uplinkAddress : own };
    const answer = answerTo(kind);
    const before = forwarded(answer, masked, 'reply').slice(0, 2);
    const after = forwarded(answer, back, 'reply').slice(2);
    return [
      ...(['first', 'later'] as const).map((turn) => ({
        text: {
          en: `packets from ${bridge}'s containers out through ${uplink}`,
          zh: `${bridge} 的容器经 ${uplink} 发出的数据包`,
        },
        network,
        way: 'outward' as const,
        stops: [...throughBridge(kind, attachment, 'in', there), ...forwarded(kind, there, turn)],
      })),
      {
        text: {
          en: `replies to ${bridge}'s containers in through ${uplink}`,
          zh: `从 ${uplink} 进来、发往 ${bridge} 的容器的应答包`,
        },
        network,
        way: 'answers',
        stops: [...before, ...after, ...throughBridge(answer, attachment, 'out', back)],
      },
    ];
  });
}

/** Packets from the outside to a published port, and the replies. `served`: those replies. */
export function published(
  attachment: Attachment,
  port: PublishedPort,
  uplink: string,
  host: HostView,
): readonly Journey[] {
  const { network, address, mac } = attachment;
  const { bridge } = network;
  const own = parseAddress(address);
  const link = host.links.find(({ name }) => name === uplink);
  const target = port.address ?? link?.addresses[0];
  const hostAddress = addressOf(target?.includes('/') ? target : `${target}/32`);
  // iptables(8) and nft(8) call other protocols by names that a packet here does not have.
  const protocol = port.protocol === 'sctp' ? undefined : port.protocol;
  const asked = toPort(protocol, port.first);
  const inside = toPort(protocol, port.to);
  const source = partners(host, uplink).at(-1);
  const arrives = { in: uplink, source, destination: hostAddress, toHost: true };
  const there = { in: uplink, out: bridge, source, destination: own };
  const back = { in: bridge, out: uplink, source: own, destination: source, mac };
  const redirected = (stops: readonly Stop[]) =>
    stops.map((stop) => ({ ...stop, packet: { ...stop.packet, redirected: true as const } }));
  const text = portText(port);
  return [
    ...(['first', 'later'] as const).map((turn): Journey => {
      const out = throughBridge(inside, attachment, 'out', there);
      return {
        text: {
          en: `packets for the published port ${text} in through ${uplink}`,
          zh: `从 ${uplink} 进来、发往已发布端口 ${text} 的数据包`,
        },
        network,
        way: 'published',
        to: address,
        stops: [
          ...forwarded(asked, { ...arrives, out: '' }, turn).slice(0, 2),
          ...redirected(forwarded(inside, there, turn).slice(2)),
          ...out,
        ],
      };
    }),
    {
      text: {
        en: `replies from the published port ${text} out through ${uplink}`,
        zh: `已发布端口 ${text} 经 ${uplink} 发出的应答包`,
      },
      network,
      way: 'served',
      stops: [
        ...throughBridge(answerTo(inside), attachment, 'in', back),
        ...redirected(forwarded(answerTo(inside), back, 'reply')),
      ],
    },
  ];
}

/** Packets between a container and its host: pings of the gateway, and DNS queries if the host answers them. */
export function gateway(attachment: Attachment, asksNames: boolean): readonly Journey[] {
  const { network, address, mac } = attachment;
  const { bridge } = network;
  const [own, host] = [parseAddress(address), parseAddress(network.gateway)];
  const there = { in: bridge, source: own, destination: host, mac, toHost: true };
  const back = { out: bridge, source: host, destination: own, fromHost: true };
  const kinds = asksNames ? [ping, toPort('udp', 53)] : [ping];
  const asks = { hook: 'input', families: resolve, packet: packet(whoHas, there, undefined) };
  const answers = { hook: 'output', families: resolve, packet: packet(whoHas, back, undefined) };
  const local = (kind: Kind, turn: Turn): readonly Stop[] => [
    { hook: 'prerouting', families: routed, packet: packet(kind, there, turn) },
    { hook: 'input', families: routed, packet: packet(kind, there, turn) },
  ];
  const sent = (kind: Kind): readonly Stop[] => [
    { hook: 'output', families: routed, packet: packet(kind, back, 'reply') },
    { hook: 'postrouting', families: routed, packet: packet(kind, back, 'reply') },
  ];
  return kinds.flatMap((kind): Journey[] => [
    {
      text: {
        en: `packets from ${bridge}'s containers to this host (${network.gateway})`,
        zh: `${bridge} 的容器发给本机 (${network.gateway}) 的数据包`,
      },
      network,
      way: 'to-host',
      stops: [
        ...[kind, whoHas].flatMap((one) => throughBridge(one, attachment, 'in', there)),
        asks,
        ...local(kind, 'first'),
        ...local(kind, 'later'),
      ],
    },
    {
      text: {
        en: `replies from this host (${network.gateway}) to ${bridge}'s containers`,
        zh: `本机 (${network.gateway}) 发给 ${bridge} 的容器的应答包`,
      },
      network,
      way: 'from-host',
      stops: [
        ...sent(answerTo(kind)),
        answers,
        ...[answerTo(kind), whoHas].flatMap((one) => throughBridge(one, attachment, 'out', back)),
      ],
    },
  ]);
}
