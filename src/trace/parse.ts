import { bytesOf, decodeArp, decodeIp, flagsText } from './bytes.ts';
import type { Seen, SeenArp, SeenIp, TraceEvent } from './event.ts';

/** Names that nft prints for ICMP types and for the codes of `destination-unreachable` (nft(8), ICMP). */
const icmpTypes: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'time-exceeded': 11,
  'parameter-problem': 12,
};
const icmpCodes: Readonly<Record<string, number>> = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
};

function numberIn(names: Readonly<Record<string, number>>, word: string): number {
  return names[word] ?? Number(word);
}

/** The value after these words, as nft prints a packet's fields one after another. */
function after(text: string, words: string): string | undefined {
  return new RegExp(`(?:^| )${words} (?:== )?(\\S+)`).exec(text)?.[1];
}

/** A field that nft prints as bytes, such as `@nh,0,160 0x4500…`. */
function raw(text: string, base: 'nh' | 'th', offset: number): Buffer {
  const found = new RegExp(`@${base},${offset},(\\d+) 0x([0-9a-f]+)`).exec(text);
  return found === null ? Buffer.alloc(0) : bytesOf(Number(found[1]), found[2] ?? '');
}

function icmpOf(text: string): Pick<SeenIp, 'icmp'> {
  const word = after(text, 'icmp type');
  if (word === undefined) return {};
  const type = numberIn(icmpTypes, word);
  const echo = type === 0 || type === 8;
  const [id, sequence] = [after(text, 'icmp id'), after(text, 'icmp sequence')];
  const quoted = raw(text, 'th', 64);
  return {
    icmp: {
      type,
      code: numberIn(icmpCodes, after(text, 'icmp code') ?? '0') || 0,
      ...(echo && id !== undefined ? { id: Number(id) } : {}),
      ...(echo && sequence !== undefined ? { sequence: Number(sequence) } : {}),
      ...(!echo && quoted.length >= 6 ? { quotedId: quoted.readUInt16BE(4) } : {}),
    },
  };
}

/** nft prints some combinations by name and others as a number. */
function flagsOf(text: string): string {
  return text.startsWith('0x')
    ? flagsText(Number.parseInt(text, 16))
    : text.split(/ \| |,/).join(' | ');
}

function portsOf(text: string): Pick<SeenIp, 'sourcePort' | 'destinationPort' | 'flags'> {
  const [source, destination] = [
    after(text, '(?:tcp|udp) sport'),
    after(text, '(?:tcp|udp) dport'),
  ];
  const flags = /(?:^| )tcp flags (?:== )?(\S+(?: \| \S+)*)/.exec(text)?.[1];
  return {
    ...(source === undefined ? {} : { sourcePort: Number(source) }),
    ...(destination === undefined ? {} : { destinationPort: Number(destination) }),
    ...(flags === undefined ? {} : { flags: flagsOf(flags) }),
  };
}

function ipOf(text: string): SeenIp | undefined {
  const source = after(text, 'ip saddr');
  if (source === undefined) return decodeIp(raw(text, 'nh', 0), raw(text, 'th', 0));
  return {
    source,
    destination: after(text, 'ip daddr') ?? '',
    ttl: Number(after(text, 'ip ttl')),
    id: Number(after(text, 'ip id')),
    length: Number(after(text, 'ip length')),
    ...icmpOf(text),
    ...portsOf(text),
  };
}

function arpOf(text: string): SeenArp | undefined {
  const operation = after(text, 'arp operation');
  if (operation === undefined) return decodeArp(raw(text, 'nh', 0));
  if (operation !== 'request' && operation !== 'reply') return undefined;
  const [address, mac] = [after(text, 'arp saddr ip'), after(text, 'arp saddr ether')];
  const target = after(text, 'arp daddr ip');
  return {
    operation,
    ...(address === undefined || mac === undefined ? {} : { sender: { address, mac } }),
    ...(target === undefined ? {} : { target }),
  };
}

function seenOf(text: string): Seen {
  const device = (word: string) => new RegExp(`(?:^| )${word} "([^"]*)"`).exec(text)?.[1];
  const fields = {
    in: device('iif'),
    out: device('oif'),
    sourceMac: after(text, 'ether saddr'),
    destinationMac: after(text, 'ether daddr'),
    ip: ipOf(text),
    arp: arpOf(text),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Counters are those of the moment when the monitor began, and so tell nothing here. */
function withoutCounters(text: string): string {
  return text
    .replaceAll(/counter packets \d+ bytes \d+ ?/g, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

function ruleOf(rest: string): TraceEvent['what'] | undefined {
  const [, all = '', verdict = ''] =
    /^(?:unknown )?rule (.*) ?\(verdict ([^)]*)\)/.exec(rest) ?? [];
  if (verdict === '') return undefined;
  const [, text = all, handle] = /^(.*?) ?#? ?handle (\d+) *$/.exec(all) ?? [];
  return {
    kind: 'rule',
    text: withoutCounters(text),
    ...(handle === undefined ? {} : { handle: Number(handle) }),
    verdict: verdict.trim(),
  };
}

/** A line of `nft monitor trace`; undefined for lines that say nothing about a packet's way. */
export function parseTraceLine(line: string): TraceEvent | undefined {
  const found = /^trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (.*)$/.exec(line);
  if (found === null) return undefined;
  const [, id = '', family = '', table = '', chain = '', rest = ''] = found;
  const head = { id, family, table, chain };
  if (rest.startsWith('packet:')) {
    return { ...head, what: { kind: 'packet', seen: seenOf(rest.slice('packet:'.length).trim()) } };
  }
  const policy = /^policy (\S+)/.exec(rest)?.[1];
  if (policy !== undefined) return { ...head, what: { kind: 'policy', verdict: policy } };
  const rule = ruleOf(rest);
  return rule === undefined ? undefined : { ...head, what: rule };
}
