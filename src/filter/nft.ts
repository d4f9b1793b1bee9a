import { readIptables } from './iptables.ts';
import { isObject, type Json } from './json.ts';
import { amountMatch, bound, flagsMatch, markBy } from './nft-numbers.ts';
import { nftText } from './nft-text.ts';
import { every, not, type Packet, some, type Truth } from './packet.ts';
import type { Part, Rule, Verdict } from './rule.ts';
import { addressOr, isBetween, isNamed, isWithin } from './values.ts';

/** The value of a packet's field; undefined if unknown, null if the packet has no such field. */
type Value = string | number | boolean | null | undefined;

type SetOf = (name: string) => string | undefined;

function payload({ protocol, field }: Readonly<Record<string, Json>>, packet: Packet): Value {
  const is = (name: string) =>
    packet.protocol === undefined ? undefined : packet.protocol === name;
  const arp = packet.protocol === 'arp';
  switch (`${protocol} ${field}`) {
    case 'ether type':
      return arp ? 'arp' : 'ip';
    case 'ip version':
      return arp ? null : 4;
    case 'ip protocol':
      return arp ? null : packet.protocol;
    case 'ip saddr':
      return arp ? null : packet.source;
    case 'ip daddr':
      return arp ? null : packet.destination;
    case 'arp saddr ip':
      return arp ? packet.source : null;
    case 'arp daddr ip':
      return arp ? packet.destination : null;
    case 'ether saddr':
      return packet.mac;
    case 'ip frag-off':
      return arp ? null : 0;
    case 'ip dscp':
      return arp ? null : 'cs0';
    case 'icmp type':
      return packet.icmpType;
    case 'tcp sport':
    case 'udp sport':
    case 'th sport':
      return protocol === 'th' || is(String(protocol)) !== false ? packet.sourcePort : null;
    case 'tcp dport':
    case 'udp dport':
    case 'th dport':
      return protocol === 'th' || is(String(protocol)) !== false ? packet.destinationPort : null;
  }
  const absent = ['ip6', 'icmpv6', 'vlan', 'sctp', 'dccp', 'esp', 'ah', 'comp', 'udplite', 'igmp'];
  if (absent.includes(String(protocol))) return null;
  if (protocol === 'arp' && !arp) return null;
  return ['tcp', 'udp', 'icmp'].includes(String(protocol)) && is(String(protocol)) === false
    ? null
    : undefined;
}

function meta(key: Json, packet: Packet): Value {
  switch (key) {
    case 'iifname':
    case 'iif':
      return packet.in;
    case 'oifname':
    case 'oif':
      return packet.out;
    case 'ibrname':
    case 'obrname':
      return packet.bridge;
    case 'mark':
      return packet.mark;
    case 'l4proto':
      return packet.protocol === 'arp' ? null : packet.protocol;
    case 'nfproto':
      return 'ipv4';
    case 'pkttype':
      return 'host';
    case 'protocol':
      return packet.protocol === 'arp' ? 'arp' : 'ip';
    case 'skuid':
    case 'skgid':
      return null;
  }
  return undefined;
}

function ct(key: Json, packet: Packet): Value {
  if (key === 'state') return packet.state;
  if (key === 'direction') return packet.direction;
  if (key === 'mark') return packet.mark;
  return undefined;
}

function fib({ result, flags }: Readonly<Record<string, Json>>, packet: Packet): Value {
  if (result === 'type' && Array.isArray(flags) && flags[0] === 'daddr') {
    return packet.toHost ? 'local' : 'unicast';
  }
  if (result === 'type') return packet.fromHost ? 'local' : 'unicast';
  // ctr assumes that the host has a route back to the sender. Without one, the route is the problem, not the filter.
  return result === 'oif' || result === 'oifname' ? true : undefined;
}

/** Of the TCP options, ctr knows only the maximum segment size: that of Ethernet. */
function option({ name }: Readonly<Record<string, Json>>, { protocol }: Packet): Value {
  if (protocol !== 'tcp' && protocol !== undefined) return null;
  return name === 'maxseg' && protocol === 'tcp' ? 1460 : undefined;
}

function readValue(left: Json, packet: Packet): Value {
  if (!isObject(left)) return undefined;
  if (isObject(left.payload)) return payload(left.payload, packet);
  if (isObject(left.meta)) return meta(left.meta.key, packet);
  if (isObject(left.ct)) return left.ct.dir === undefined ? ct(left.ct.key, packet) : undefined;
  if (isObject(left.fib)) return fib(left.fib, packet);
  if (isObject(left['tcp option'])) return option(left['tcp option'], packet);
  const [masked, mask] = Array.isArray(left['&']) ? left['&'] : [];
  const value = masked === undefined ? undefined : readValue(masked, packet);
  return typeof value === 'number' && typeof mask === 'number' ? (value & mask) >>> 0 : undefined;
}

function parse(text: string | undefined): Json {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Compares addresses as numbers, and interface names with wildcards. */
function equals(value: Value, right: Json): Truth {
  if (value === undefined) return undefined;
  if (value === null) return false;
  if (typeof value === 'boolean') return value === (right === true);
  if (typeof value === 'number') {
    if (typeof right === 'number') return value === right;
    const address = addressOr(right);
    return Number.isNaN(address) ? undefined : value === address;
  }
  return typeof right === 'string' ? isNamed(value, right) : undefined;
}

/** Whether the packet's value equals the right side of a match, or is an element of it. */
function isIn(left: Json, right: Json, packet: Packet, set: SetOf): Truth {
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = parse(set(right.slice(1)));
    return Array.isArray(elements) ? isIn(left, { set: elements }, packet, set) : undefined;
  }
  if (Array.isArray(right)) return some(right.map((one) => isIn(left, one, packet, set)));
  if (isObject(right) && Array.isArray(right.set)) {
    return some(right.set.map((one) => isIn(left, one, packet, set)));
  }
  if (isObject(right) && isObject(right.elem)) return isIn(left, right.elem.val, packet, set);
  if (isObject(left) && Array.isArray(left.concat)) {
    const both = isObject(right) && Array.isArray(right.concat) ? right.concat : undefined;
    return both === undefined
      ? undefined
      : every(left.concat.map((one, at) => isIn(one, both[at], packet, set)));
  }
  const value = readValue(left, packet);
  if (value === undefined) return undefined;
  if (value === null) return false;
  if (isObject(right) && isObject(right.prefix)) {
    const { addr, len } = right.prefix;
    return typeof value === 'number' ? isWithin(value, `${addr}/${len}`) : undefined;
  }
  if (isObject(right) && Array.isArray(right.range)) {
    const [from, to] = right.range.map(bound);
    return typeof value === 'number'
      ? isBetween(value, from ?? Number.NaN, to ?? Number.NaN)
      : undefined;
  }
  if (right === '*') return true;
  return equals(value, right);
}

const comparisons: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '>=': (one, other) => one >= other,
};

/** States of conntrack that no packet of a lab has. */
const neverSet = ['snat', 'dying', 'invalid', 'untracked'];

function match(given: Readonly<Record<string, Json>>, packet: Packet, set: SetOf): Truth {
  const { op, left, right } = given;
  const flags = flagsMatch(given, packet);
  if (flags !== null) return flags;
  const amount = amountMatch(given);
  if (amount !== null) return amount;
  const compare = comparisons[String(op)];
  if (compare !== undefined) {
    const value = readValue(left, packet);
    if (value === null) return false;
    const limit = bound(right);
    return typeof value === 'number' && !Number.isNaN(limit) ? compare(value, limit) : undefined;
  }
  if (isObject(left) && isObject(left.ct) && left.ct.key === 'status') {
    const bits = [right].flat().map(String);
    if (packet.redirected && bits.includes('dnat')) return op !== '!=';
    return bits.every((bit) => bit === 'dnat' || neverSet.includes(bit)) ? op === '!=' : undefined;
  }
  const truth = isIn(left, right, packet, set);
  if (op !== '!=') return truth;
  // A packet without the field matches neither == nor !=.
  return readValue(left, packet) === null && !isName(left) ? false : not(truth);
}

function isName(left: Json): boolean {
  return isObject(left) && isObject(left.meta) && /^[io]if/.test(String(left.meta.key));
}

const plain: Readonly<Record<string, Verdict['does']>> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'reject',
  return: 'return',
  continue: 'continue',
  masquerade: 'masquerade',
  notrack: 'untrack',
  queue: 'hand-over',
  fwd: 'hand-over',
  synproxy: 'hand-over',
};
const passing = new Set(['counter', 'log', 'dup', 'redirect', 'tproxy', 'flow', 'set']);
for (const name of ['map', 'reset', 'secmark', 'last', 'comment', 'ct helper']) passing.add(name);
for (const name of ['ct timeout', 'ct expectation']) passing.add(name);

/** @returns undefined for a statement without a verdict. */
function verdictOf(key: string, value: Json): Verdict | undefined {
  const does = plain[key];
  if (does !== undefined) return { does } as Verdict;
  if ((key === 'jump' || key === 'goto') && isObject(value)) {
    return { does: key, chain: String(value.target) };
  }
  if (key === 'snat') {
    const to = isObject(value) && typeof value.addr === 'string' ? value.addr : undefined;
    return { does: 'snat', to };
  }
  if (key === 'dnat') {
    const to = isObject(value) && typeof value.addr === 'string' ? value.addr : undefined;
    return { does: 'divert', to };
  }
  if (key === 'mangle' && isObject(value)) {
    const isMark = isObject(value.key) && isObject(value.key.meta) && value.key.meta.key === 'mark';
    return isMark ? { does: 'mark', next: markBy(value.value) } : { does: 'continue' };
  }
  return passing.has(key) ? { does: 'continue' } : undefined;
}

function verdictMap(
  { key, data }: Readonly<Record<string, Json>>,
  set: SetOf,
): (packet: Packet) => readonly (readonly [Truth, Verdict])[] {
  const named = typeof data === 'string' ? parse(set(data.slice(1))) : undefined;
  const elements = isObject(data) ? data.set : named;
  // The elements of the map are unknown, and any of them may drop the packet.
  if (!Array.isArray(elements)) return () => [[undefined, { does: 'hand-over' }]];
  return (packet) =>
    elements.flatMap((element): (readonly [Truth, Verdict])[] => {
      const [value, verdict] = Array.isArray(element) ? element : [];
      const [name, target] = isObject(verdict) ? (Object.entries(verdict)[0] ?? []) : [];
      const does = name === undefined ? undefined : verdictOf(name, target);
      return does === undefined ? [] : [[isIn(key, value, packet, set), does]];
    });
}

/** An extension of iptables, of which nft(8) shows only the name. */
function extension({ type, name }: Readonly<Record<string, Json>>): Part[] {
  const text = type === 'target' ? `-j ${name}` : `-m ${name}`;
  if (type === 'match' && name === 'comment') return [];
  if (type === 'match') return [{ test: () => undefined }];
  return [...readIptables(text, () => false).parts];
}

function partsOf(statement: Json, set: SetOf): readonly Part[] {
  if (!isObject(statement)) return [{ test: () => undefined }];
  const [key = '', value] = Object.entries(statement)[0] ?? [];
  if (key === 'match' && isObject(value)) return [{ test: (packet) => match(value, packet, set) }];
  if (key === 'vmap' && isObject(value)) return [{ cases: verdictMap(value, set) }];
  if (key === 'xt') return isObject(value) ? extension(value) : [{ test: () => undefined }];
  const verdict = verdictOf(key, value);
  return verdict === undefined ? [{ test: () => undefined }] : [{ verdict }];
}

/**
 * Parses a rule of nft(8).
 * @param text its list of statements, as JSON.
 * @param set returns the elements of a named set or map, as JSON.
 */
export function readNft(text: string, set: SetOf): Rule {
  const statements = parse(text);
  if (!Array.isArray(statements)) return { text, parts: [{ test: () => undefined }] };
  return {
    text: nftText(statements),
    parts: statements.flatMap((statement) => partsOf(statement, set)),
  };
}
