import type { HostView } from '../facts/index.ts';
import { addressPattern, contains, parseAddress, parseCidr, subnetOf } from '../model/ipv4.ts';
import type { Attachment, Lab, LabNetwork } from '../model/lab.ts';
import { isLoopback } from '../model/ports.ts';
import { waysOut } from '../resolve/ways.ts';
import { isForGuests } from './guests.ts';
import { bridged, forwarded, packet, type Turn } from './hooks.ts';
import { addressOf, gateway, type Journey, outside, published } from './journey.ts';
import { answerTo, type Kind, ping, toPort, whoHas } from './packet-kind.ts';

/** Two containers on one bridge: IPv4 filters see their packets where bridge-nf-call-iptables is 1. */
function neighbours(one: Attachment, other: Attachment, host: HostView): readonly Journey[] {
  const { network } = one;
  const { bridge } = network;
  const asked = host.sysctls['net/bridge/bridge-nf-call-iptables'] === '1';
  const journey = (from: Attachment, to: Attachment, kind: Kind, turn: Turn): Journey => {
    const ends = {
      in: bridge,
      out: bridge,
      source: parseAddress(from.address),
      destination: parseAddress(to.address),
      mac: from.mac,
    };
    const place = { bridge, in: from.outer, out: to.outer };
    const frames = [kind, whoHas].map((one) => ({ ...packet(one, ends, undefined), ...place }));
    return {
      text: {
        en: `packets between ${bridge}'s containers`,
        zh: `${bridge} 的容器之间的数据包`,
      },
      network,
      way: 'between',
      stops: [
        ...frames.flatMap((frame) => [
          { hook: 'prerouting', families: bridged, packet: { ...frame, out: null } },
          { hook: 'forward', families: bridged, packet: frame },
          { hook: 'postrouting', families: bridged, packet: { ...frame, in: null } },
        ]),
        ...(asked ? forwarded(kind, ends, turn).slice(1, 4) : []),
      ],
    };
  };
  return [
    journey(one, other, ping, 'first'),
    journey(other, one, answerTo(ping), 'reply'),
    journey(one, other, toPort('tcp', 80), 'first'),
    journey(one, other, toPort('tcp', 80), 'later'),
  ];
}

/** From one bridge of the lab to another. */
function across(one: Attachment, other: Attachment): readonly Journey[] {
  const [source, destination] = [parseAddress(one.address), parseAddress(other.address)];
  const [from, to] = [one.network.bridge, other.network.bridge];
  const there = { in: from, out: to, source, destination, mac: one.mac };
  const back = { in: to, out: from, source: destination, destination: source };
  const text = { en: `packets between ${from} and ${to}`, zh: `${from} 与 ${to} 之间的数据包` };
  const common = { text, network: one.network, way: 'between' } as const;
  return [
    { ...common, stops: forwarded(ping, there, 'first') },
    { ...common, stops: forwarded(answerTo(ping), back, 'reply') },
  ];
}

/** Whether a rule may tell one container of a network from another. */
function distinguishes(network: LabNetwork, attachments: readonly Attachment[], host: HostView) {
  const subnet = subnetOf(parseCidr(network.subnet));
  return host.firewall.chains.some(({ rules }) =>
    rules.some((rule) => {
      if (attachments.some(({ outer }) => rule.includes(outer))) return true;
      const mentioned = rule.match(/\b\d+\.\d+\.\d+\.\d+(?:\/\d+)?\b/g) ?? [];
      return mentioned.some((text) => {
        const [address = ''] = text.split('/');
        return (
          text !== network.subnet &&
          addressPattern.test(address) &&
          contains(subnet, parseAddress(address))
        );
      });
    }),
  );
}

/** The packets that a lab needs: out and back, to its host, and from one container to another. */
export function journeys(lab: Lab, host: HostView): readonly Journey[] {
  const own = new Set(host.links.flatMap(({ addresses }) => addresses.map(addressOf)));
  const wired = lab.containers.flatMap((container) =>
    container.attachments.map((attachment) => ({
      attachment,
      resolvers: container.resolvers.map(parseAddress),
    })),
  );
  const chosen = lab.networks.flatMap((network) => {
    const all = wired.filter(({ attachment }) => attachment.network.name === network.name);
    const attachments = all.map(({ attachment }) => attachment);
    // Where no rule distinguishes containers, one stands for all.
    return distinguishes(network, attachments, host) ? all : all.slice(0, 1);
  });
  const bridges = lab.networks.map(({ bridge }) => bridge);
  // The uplinks that the host has now; the run may have come up with others.
  const ways = waysOut(host, bridges).filter((uplink) => !isForGuests(host, uplink));
  const alone = chosen.flatMap(({ attachment, resolvers }) => {
    const asksHost = resolvers.some((one) => own.has(one));
    const far = resolvers.filter((one) => !own.has(one));
    return [
      ...ways.flatMap((uplink) => outside(attachment, uplink, far, host)),
      ...gateway(attachment, asksHost),
    ];
  });
  const fromOutside = wired.flatMap(({ attachment }) =>
    (attachment.ports ?? [])
      .filter(({ address }) => address === null || !isLoopback(address))
      .flatMap((port) => ways.flatMap((uplink) => published(attachment, port, uplink, host))),
  );
  const pairs = chosen.flatMap(({ attachment }) => {
    const others = wired.filter((one) => one.attachment.network.name === attachment.network.name);
    const other = others.find((one) => one.attachment.outer !== attachment.outer);
    return other === undefined ? [] : neighbours(attachment, other.attachment, host);
  });
  const networks = chosen.flatMap(({ attachment }) => {
    const others = chosen.filter((one) => one.attachment.network.name !== attachment.network.name);
    return others.flatMap((one) => across(attachment, one.attachment));
  });
  return [...alone, ...pairs, ...networks, ...fromOutside];
}
