import type { SeenArp, SeenIp } from './event.ts';

/** TCP flags (RFC 9293 §3.1), from the lowest bit. */
const flagNames = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'] as const;

/** The flags in the order and form in which nft prints them. */
export function flagsText(bits: number): string {
  return flagNames.filter((_, index) => (bits & (1 << index)) !== 0).join(' | ');
}

/** The bytes of a field that nft prints as `@nh,0,160 0x45…`, where it leaves out leading zeros. */
export function bytesOf(bits: number, hex: string): Buffer {
  return Buffer.from(hex.padStart(bits / 4, '0'), 'hex');
}

function addressAt(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

function macAt(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 6)].map((one) => one.toString(16).padStart(2, '0')).join(':');
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export function decodeArp(bytes: Buffer): SeenArp | undefined {
  if (bytes.length < 28 || bytes.readUInt32BE(0) !== 0x00010800) return undefined;
  const operation = bytes.readUInt16BE(6);
  if (operation !== 1 && operation !== 2) return undefined;
  return {
    operation: operation === 1 ? 'request' : 'reply',
    sender: { address: addressAt(bytes, 14), mac: macAt(bytes, 8) },
    target: addressAt(bytes, 24),
  };
}

const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;

function transportOf(
  protocol: number,
  bytes: Buffer,
): Pick<SeenIp, 'icmp' | 'sourcePort' | 'destinationPort' | 'flags'> {
  if (bytes.length < 8) return {};
  if (protocol === protocols.icmp) {
    const type = bytes.readUInt8(0);
    const echo = type === 0 || type === 8;
    return {
      icmp: {
        type,
        code: bytes.readUInt8(1),
        ...(echo ? { id: bytes.readUInt16BE(4), sequence: bytes.readUInt16BE(6) } : {}),
        ...(!echo && bytes.length >= 14 ? { quotedId: bytes.readUInt16BE(12) } : {}),
      },
    };
  }
  if (protocol !== protocols.tcp && protocol !== protocols.udp) return {};
  return {
    sourcePort: bytes.readUInt16BE(0),
    destinationPort: bytes.readUInt16BE(2),
    ...(protocol === protocols.tcp && bytes.length >= 14
      ? { flags: flagsText(bytes.readUInt8(13)) }
      : {}),
  };
}

/** An IPv4 header (RFC 791) and the first bytes behind it, which are empty where nft did not print them. */
export function decodeIp(network: Buffer, transport: Buffer): SeenIp | undefined {
  if (network.length < 20 || network.readUInt8(0) >> 4 !== 4) return undefined;
  return {
    source: addressAt(network, 12),
    destination: addressAt(network, 16),
    ttl: network.readUInt8(8),
    id: network.readUInt16BE(4),
    length: network.readUInt16BE(2),
    ...transportOf(network.readUInt8(9), transport),
  };
}
