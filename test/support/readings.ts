import { readFileSync } from 'node:fs';
import type { Evidence, Question } from '../../src/diagnosis/evidence.ts';
import type { LinkStatus, NamespaceReading, Reading } from '../../src/diagnosis/reading.ts';
import type { LinkFact } from '../../src/facts/index.ts';
import type { Lab } from '../../src/model/lab.ts';
import type { Place } from '../../src/model/place.ts';
import type { Hop, Walk } from '../../src/trace/walk.ts';

const file = new URL('../records/diagnosis/healthy.json', import.meta.url).pathname;

/** A reading of examples/two-containers.json in a sandbox host, as it was recorded, with its lab. */
export const healthy = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly lab: Lab;
  readonly reading: Reading;
};

export type Edit = (reading: Reading) => Reading;

/** Changes one namespace. */
export function at(
  place: Place,
  change: (now: NamespaceReading) => Partial<NamespaceReading>,
): Edit {
  return (reading) => {
    const now = reading[place];
    return now === undefined ? reading : { ...reading, [place]: { ...now, ...change(now) } };
  };
}

/** Changes one interface. */
export function link(
  place: Place,
  name: string,
  { master, ...change }: Partial<Omit<LinkFact, 'master'>> & { readonly master?: string | null },
  status: Partial<LinkStatus> = {},
): Edit {
  return at(place, (now) => ({
    links: now.links.map((one) => {
      if (one.name !== name) return one;
      const { master: was, ...rest } = one;
      const is = master === undefined ? was : (master ?? undefined);
      return { ...rest, ...(is === undefined ? {} : { master: is }), ...change };
    }),
    status: { ...now.status, [name]: { ...(now.status[name] as LinkStatus), ...status } },
  }));
}

export function all(...edits: readonly Edit[]): Edit {
  return (reading) => edits.reduce((now, edit) => edit(now), reading);
}

export const web: Place = 'container web';
export const db: Place = 'container db';
export const outside = '203.0.113.80';

export function evidenceOf(
  edit: Edit,
  question: Partial<Question> = {},
  more: Partial<Evidence> = {},
): Evidence {
  return {
    question: { from: web, to: outside, protocol: 'icmp', ...question },
    reading: edit(healthy.reading),
    lab: healthy.lab,
    ...more,
  };
}

type Seen = Pick<Hop, 'place' | 'layer' | 'hook'> & Partial<Hop>;

/** A probe's way that ends with the last of these hops. */
export function walkOf(hops: readonly Seen[], change: Partial<Walk> = {}): Walk {
  const header = { source: '10.88.0.10', destination: outside, ttl: 64, id: 1, length: 84 };
  return {
    probe: { protocol: 'icmp', from: web, to: outside },
    outcome: { kind: 'silent' },
    hops: hops.map((hop) => ({ direction: 'there', header, rules: [], ...hop })),
    watched: ['host', web, db, 'world'],
    blind: [],
    arp: [],
    copies: [],
    decisions: [],
    counters: {},
    ...change,
  };
}

/** The hops of a ping to the world, in their order; a test takes as many as it needs. */
export const hopsThere: readonly Seen[] = [
  { place: web, layer: 'ip', hook: 'output', out: 'eth0' },
  { place: web, layer: 'ip', hook: 'postrouting', out: 'eth0' },
  { place: web, layer: 'netdev', hook: 'egress', out: 'eth0' },
  { place: 'host', layer: 'netdev', hook: 'ingress', in: 'veth-web' },
  { place: 'host', layer: 'bridge', hook: 'prerouting', in: 'veth-web' },
  { place: 'host', layer: 'bridge', hook: 'input', in: 'veth-web' },
  { place: 'host', layer: 'netdev', hook: 'ingress', in: 'ctr1' },
  { place: 'host', layer: 'ip', hook: 'prerouting', in: 'ctr1' },
  { place: 'host', layer: 'ip', hook: 'forward', in: 'ctr1', out: 'wan0' },
  { place: 'host', layer: 'ip', hook: 'postrouting', out: 'wan0' },
  { place: 'host', layer: 'netdev', hook: 'egress', out: 'wan0' },
  { place: 'world', layer: 'netdev', hook: 'ingress', in: 'eth0' },
  { place: 'world', layer: 'ip', hook: 'prerouting', in: 'eth0' },
  { place: 'world', layer: 'ip', hook: 'input', in: 'eth0' },
];
