import type { Packet } from '../filter/packet.ts';

export type Kind = Pick<Packet, 'protocol' | 'sourcePort' | 'destinationPort' | 'icmpType'>;

export const ping: Kind = {
  protocol: 'icmp',
  sourcePort: null,
  destinationPort: null,
  icmpType: 'echo-request',
};

/** The ARP request before the first packet (RFC 826). */
export const whoHas: Kind = {
  protocol: 'arp',
  sourcePort: null,
  destinationPort: null,
  icmpType: null,
};

export function toPort(protocol: 'tcp' | 'udp' | undefined, destinationPort: number): Kind {
  return { protocol, sourcePort: anyPort, destinationPort, icmpType: null };
}

/** The kind of the reply: ports swapped, echo-reply for echo-request. */
export function answerTo(kind: Kind): Kind {
  return {
    protocol: kind.protocol,
    sourcePort: kind.destinationPort,
    destinationPort: kind.sourcePort,
    icmpType: kind.icmpType === null ? null : 'echo-reply',
  };
}

/** A source port that Linux could choose (ip_local_port_range, kernel: networking/ip-sysctl). */
const anyPort = 45_678;
