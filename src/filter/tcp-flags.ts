import type { Packet, Truth } from './packet.ts';

const bits: Readonly<Record<string, number>> = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ecn: 64,
  cwr: 128,
  all: 63,
  none: 0,
};

/** @param names as iptables-extensions(8) and nft(8) write them. @returns NaN when one is unknown. */
export function flagBits(names: readonly string[]): number {
  const known = names.map((name) => bits[name.toLowerCase()] ?? Number.NaN);
  return known.some(Number.isNaN) ? Number.NaN : known.reduce((sum, bit) => sum | bit, 0);
}

/** The TCP flags of a flow's first packet, of later ones, and of replies (RFC 9293). */
const sent = { first: [2], later: [16, 17, 24], reply: [18, 16, 24] } as const;

function flagsOf({ state, direction }: Packet): readonly number[] {
  if (direction === 'reply') return sent.reply;
  if (state === undefined) return Object.values(sent).flat();
  return state === 'new' ? sent.first : sent.later;
}

/** Whether a packet's flags match; undefined if only some possible values match. */
export function tcpFlags(packet: Packet, are: (flags: number) => boolean): Truth {
  if (packet.protocol === undefined) return undefined;
  if (packet.protocol !== 'tcp') return false;
  const found = flagsOf(packet).map(are);
  if (!found.includes(true)) return false;
  return found.includes(false) ? undefined : true;
}
