/** An entry of connection tracking (conntrack(8)). */
export interface Connection {
  readonly protocol: string;
  /** ESTABLISHED, TIME_WAIT…, for TCP. */
  readonly state: string | null;
  readonly source: string;
  readonly destination: string;
  /** To whom replies are addressed: another one than the source after a source NAT. */
  readonly replies_to: string;
  /** Nothing has come back so far. */
  readonly unreplied: boolean;
  /** Tells apart what is otherwise alike: an ICMP id. */
  readonly id: string | null;
}

/** One end of a connection: an address, with its port where there is one. */
function end(address: string | undefined, port: string | undefined): string {
  return port === undefined ? (address ?? '') : `${address}:${port}`;
}

/** `conntrack -L`, or /proc/net/nf_conntrack, which puts the family first. IPv6 and loopback are left out. */
export function parseConnections(text: string): readonly Connection[] {
  return text.split('\n').flatMap((line): readonly Connection[] => {
    if (line.startsWith('ipv6')) return [];
    const words = line.replace(/^ipv4\s+\d+\s+/, '').split(/\s+/);
    const values = words.flatMap((word) => {
      const [, key, value] = /^(src|dst|sport|dport|id)=(.*)$/.exec(word) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    });
    const all = (key: string) => values.filter(([one]) => one === key).map(([, value]) => value);
    const [source, back] = all('src');
    const [destination, replies] = all('dst');
    const [sourcePort] = all('sport');
    const [destinationPort, repliesPort] = all('dport');
    if (source === undefined || back === undefined || replies === undefined) return [];
    if (source.includes(':') || source.startsWith('127.')) return [];
    const [protocol = '', number] = words;
    return [
      {
        protocol: protocol === 'unknown' ? `protocol ${number}` : protocol,
        state: words.find((word) => /^[A-Z][A-Z0-9_]+$/.test(word)) ?? null,
        source: end(source, sourcePort),
        destination: end(destination, destinationPort),
        replies_to: end(replies, repliesPort),
        unreplied: words.includes('[UNREPLIED]'),
        id: all('id')[0] ?? null,
      },
    ];
  });
}
