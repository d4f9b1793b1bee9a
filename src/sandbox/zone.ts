import type { Answer, DecodedPacket, Packet } from 'dns-packet';
import packet from 'dns-packet';
import { parseAddress6 } from '../model/ipv6.ts';
import { own } from '../model/own.ts';
import { worldNames, worldNames6 } from '../model/world-addresses.ts';

/** The names of the sandbox's internet (like an RFC 1035 master file, as data). */
const zone: Readonly<Record<string, string>> = worldNames;
const zone6: Readonly<Record<string, string>> = worldNames6;

const timeToLive = 60;

/** The name for the reverse lookup of an address (RFC 1035 §3.5, RFC 3596 §2.5). */
export function reverseName(address: string): string {
  if (address.includes(':')) {
    const digits = parseAddress6(address).toString(16).padStart(32, '0');
    return `${[...digits].toReversed().join('.')}.ip6.arpa`;
  }
  return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
}

const reverse = new Map(
  [...Object.entries(zone), ...Object.entries(zone6)]
    .toReversed()
    .map(([name, address]) => [reverseName(address), name]),
);

const soa: Answer = {
  type: 'SOA',
  name: '.',
  ttl: timeToLive,
  data: {
    mname: 'ns.world.example',
    rname: 'nobody.world.example',
    serial: 1,
    refresh: 3600,
    retry: 600,
    expire: 86_400,
    minimum: timeToLive,
  },
};

const noSuchName = 3;

function answersTo(name: string, type: string): { known: boolean; answers: Answer[] } {
  const [address, address6] = [own(zone, name), own(zone6, name)];
  if (address !== undefined || address6 !== undefined) {
    const asks = (wanted: string) => type === wanted || type === 'ANY';
    const answers: Answer[] = [
      ...(asks('A') && address !== undefined
        ? [{ type: 'A', name, ttl: timeToLive, data: address } as const]
        : []),
      ...(asks('AAAA') && address6 !== undefined
        ? [{ type: 'AAAA', name, ttl: timeToLive, data: address6 } as const]
        : []),
    ];
    return { known: true, answers };
  }
  const pointer = reverse.get(name);
  if (pointer === undefined) return { known: false, answers: [] };
  const answers: Answer[] =
    type === 'PTR' || type === 'ANY' ? [{ type: 'PTR', name, ttl: timeToLive, data: pointer }] : [];
  return { known: true, answers };
}

/** The answer to a DNS message; null if it is not a query. */
export function answer(message: Buffer): Buffer | null {
  let query: DecodedPacket;
  try {
    query = packet.decode(message);
  } catch {
    return null;
  }
  const question = query.questions?.[0];
  if (query.type !== 'query' || question === undefined) return null;
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const { known, answers } = answersTo(name, question.type);
  const reply: Packet = {
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags:
      packet.AUTHORITATIVE_ANSWER |
      packet.RECURSION_AVAILABLE |
      ((query.flags ?? 0) & packet.RECURSION_DESIRED) |
      (known ? 0 : noSuchName),
    questions: [question],
    answers,
    authorities: answers.length === 0 ? [soa] : [],
  };
  try {
    return packet.encode(reply);
  } catch {
    return null;
  }
}
