import { addressPattern } from '../model/ipv4.ts';
import { not, type Packet, some, type Truth } from './packet.ts';
import type { Part, Rule, Verdict } from './rule.ts';
import { flagBits, tcpFlags } from './tcp-flags.ts';
import {
  type Amount,
  addressOr,
  amounts,
  isBetween,
  isNamed,
  isWithin,
  overlaps,
} from './values.ts';
import { words } from './words.ts';

type Test = (packet: Packet) => Truth;
const nobodyCanTell: Test = () => undefined;

function port(of: 'sourcePort' | 'destinationPort', text: string): Test {
  const ranges = text.split(',').map((range) => range.split(':').map(Number));
  return (packet) => some(ranges.map(([from = 0, to = from]) => isBetween(packet[of], from, to)));
}

function state(text: string): Test {
  const states = text.toLowerCase().split(',');
  return (packet) => {
    if (packet.redirected && states.includes('dnat')) return true;
    return packet.state === undefined ? undefined : states.includes(packet.state);
  };
}

function mark(text: string): Test {
  const [value = 0, mask = 0xffff_ffff] = text.split('/').map(Number);
  return ({ mark: has }) => (has === undefined ? undefined : (has & mask) >>> 0 === value);
}

function addressType(of: 'fromHost' | 'toHost', text: string): Test {
  const types = text.split(',');
  return (packet) => types.includes(packet[of] ? 'LOCAL' : 'UNICAST');
}

function flags([mask = '', wanted = '']: readonly string[]): Test {
  const [looked, set] = [mask, wanted].map((names) => flagBits(names.split(',')));
  if (looked === undefined || set === undefined || Number.isNaN(looked + set)) return nobodyCanTell;
  return (packet) => tcpFlags(packet, (has) => (has & looked) === set);
}

/** @param text a number, or a range with a colon. */
function amount(of: Amount, text: string): Test {
  const [from = 0, to = from] = text.split(':').map(Number);
  return () => overlaps(amounts[of], from, to);
}

function icmpType(text: string): Test {
  const number = { 'echo-request': '8', 'echo-reply': '0' };
  return ({ icmpType: type }) =>
    type !== null && (text === 'any' || text === type || text.split('/')[0] === number[type]);
}

function range(of: 'source' | 'destination', text: string): Test {
  const [from, to = from] = text.split('-').map(addressOr);
  return (packet) => isBetween(packet[of], from ?? Number.NaN, to ?? Number.NaN);
}

/** Options with a value that match a packet (iptables(8), iptables-extensions(8)). */
const options: Readonly<Record<string, (value: string) => Test>> = {
  '-i': (name) => (packet) => isNamed(packet.in, name),
  '-o': (name) => (packet) => isNamed(packet.out, name),
  '-s': (text) => (packet) => isWithin(packet.source, text),
  '-d': (text) => (packet) => isWithin(packet.destination, text),
  '-p': (name) => (packet) =>
    name === 'all' || (packet.protocol === undefined ? undefined : packet.protocol === name),
  '--sport': (text) => port('sourcePort', text),
  '--dport': (text) => port('destinationPort', text),
  '--sports': (text) => port('sourcePort', text),
  '--dports': (text) => port('destinationPort', text),
  '--ctstate': state,
  '--state': state,
  '--ctdir': (text) => (packet) => packet.direction === text.toLowerCase(),
  '--mark': mark,
  '--icmp-type': icmpType,
  '--dst-type': (text) => addressType('toHost', text),
  '--src-type': (text) => addressType('fromHost', text),
  '--mac-source': (text) => (packet) => packet.mac === text.toLowerCase(),
  '--length': (text) => amount('length', text),
  '--ttl-eq': (text) => amount('ttl', text),
  '--ttl-lt': (text) => amount('ttl', `0:${Number(text) - 1}`),
  '--ttl-gt': (text) => amount('ttl', `${Number(text) + 1}:255`),
  '--src-range': (text) => range('source', text),
  '--dst-range': (text) => range('destination', text),
  '--pkt-type': (text) => () => text === 'unicast',
  '--comment': () => () => true,
};

/** Match extensions (-m) of which ctr knows all options. */
const known = new Set(['comment', 'conntrack', 'state', 'mark', 'icmp', 'tcp', 'udp', 'multiport']);
for (const name of ['addrtype', 'iprange', 'pkttype', 'mac', 'length', 'ttl']) known.add(name);
// ctr assumes that the host has a route back to the sender. Without one, the route is the problem, not the filter.
known.add('rpfilter');
const yes: Test = () => true;
const no: Test = () => false;
/** Match options without a value. */
const bare: Readonly<Record<string, Test>> = {
  '-f': no,
  '--invert': no,
  '--loose': yes,
  '--validmark': yes,
  '--accept-local': yes,
};

const verdicts: Readonly<Record<string, Verdict['does']>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'reject',
  RETURN: 'return',
  MASQUERADE: 'masquerade',
  NOTRACK: 'untrack',
};
/** Targets after which a packet continues with the next rule, and that change nothing a filter matches. */
const passing =
  /^(?:LOG|NFLOG|ULOG|TRACE|AUDIT|TCPMSS|CHECKSUM|CLASSIFY|DSCP|TOS|TTL|TEE|SET|ECN|IDLETIMER|LED|RATEEST|CONNSECMARK|SECMARK|CONNMARK|REDIRECT|NETMAP)$/;

/** The target MARK (iptables-extensions(8)). ctr assumes that the mark of a connection is 0. */
function marking([option = '', text = '']: readonly string[]): Verdict {
  const [value = Number.NaN, mask = 0xffff_ffff] = text.split('/').map(Number);
  const next = (mark: number): number | undefined => {
    if (Number.isNaN(value + mask)) return undefined;
    switch (option) {
      case '--set-xmark':
        return ((mark & ~mask) ^ value) >>> 0;
      case '--set-mark':
        return ((mark & ~mask) | value) >>> 0;
      case '--or-mark':
        return (mark | value) >>> 0;
      case '--and-mark':
        return (mark & value) >>> 0;
      case '--xor-mark':
        return (mark ^ value) >>> 0;
    }
    return undefined;
  };
  return { does: 'mark', next };
}

/** The address in `address[-address][:port]` if it is a single one. */
function oneAddress(text: string | undefined): string | undefined {
  const [address = ''] = text?.split(':') ?? [];
  return addressPattern.test(address) ? address : undefined;
}

/** The test of a match option; undefined for an unknown option. */
function testOf([word = '', value = '', second = '']: readonly string[]): Test | undefined {
  return word === '--tcp-flags' ? flags([value, second]) : (bare[word] ?? options[word]?.(value));
}

/** @param rest the options of the target. */
function verdictOf(
  target: string,
  way: 'jump' | 'goto',
  rest: readonly string[],
  isChain: (name: string) => boolean,
): Verdict {
  if (isChain(target)) return { does: way, chain: target };
  const does = verdicts[target];
  if (does !== undefined) return { does } as Verdict;
  if (target === 'MARK') return marking(rest);
  if (target === 'DNAT') {
    return { does: 'divert', to: oneAddress(rest[rest.indexOf('--to-destination') + 1]) };
  }
  if (target === 'SNAT') {
    return { does: 'snat', to: rest[rest.indexOf('--to-source') + 1] };
  }
  if (target === 'CT') return { does: rest.includes('--notrack') ? 'untrack' : 'continue' };
  return { does: passing.test(target) ? 'continue' : 'hand-over' };
}

/**
 * Parses a rule of iptables-save(8).
 * @param text the rule without `-A CHAIN`.
 * @param isChain whether there is a chain of this name in the table.
 */
export function readIptables(text: string, isChain: (name: string) => boolean): Rule {
  const parts: Part[] = [];
  const all = words(text);
  let inverted = false;
  for (let at = 0; at < all.length; at += 1) {
    const [word = '', value = ''] = all.slice(at, at + 2);
    if (word === '!') {
      inverted = true;
      continue;
    }
    if (word === '-j' || word === '-g') {
      const way = word === '-j' ? 'jump' : 'goto';
      parts.push({ verdict: verdictOf(value, way, all.slice(at + 2), isChain) });
      break;
    }
    const test = testOf(all.slice(at, at + 3));
    if (test !== undefined) {
      parts.push({ test: inverted ? (packet) => not(test(packet)) : test });
      at += bare[word] === undefined ? 1 : 0;
    } else if (word === '-m') {
      if (!known.has(value)) parts.push({ test: nobodyCanTell });
      at += 1;
    } else if (word.startsWith('-')) {
      parts.push({ test: nobodyCanTell });
    }
    inverted = false;
  }
  return { text, parts };
}
