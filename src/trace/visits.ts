import type { Place } from '../model/place.ts';
import type { SeenIp, TraceEvent } from './event.ts';
import type { Mark } from './tables.ts';
import { chainOf } from './tables.ts';
import type { Arp, Header, Hop, MatchedRule } from './walk.ts';

/** Which packet it is: the probe, the first answer of the target, or an ICMP error about the probe or the answer. */
export const packets = ['probe', 'error', 'answer', 'error-about-answer'] as const;
export type Packet = (typeof packets)[number];

/** A packet at one hook of one namespace. */
export interface Visit extends Omit<Hop, 'direction'> {
  readonly packet: Packet;
}

type Building = { -readonly [Key in keyof Visit]: Visit[Key] } & { rules: MatchedRule[] };

/** What is known about the probe, before and while its way is read. */
export interface Identities {
  readonly mark: Mark;
  /** IP identifications, by packet: a repeated segment has another one, and is not followed. */
  readonly ids: Map<Packet, number>;
  /** The flags of the first TCP segment in each direction: later ones, with other flags, are not followed. */
  readonly flags: Map<Packet, string | undefined>;
  /** Every source address that the probe had; an error about it is sent to one of these. */
  readonly sources: Set<string>;
}

export function identities(mark: Mark): Identities {
  return { mark, ids: new Map(), flags: new Map(), sources: new Set() };
}

const echoRequest = 8;
const echoReply = 0;
const errorTypes = [3, 11, 12];

function kindOf(seen: SeenIp, { mark, ids, sources }: Identities): Packet | undefined {
  const { icmp } = seen;
  if (icmp !== undefined && errorTypes.includes(icmp.type)) {
    if (icmp.quotedId !== undefined && ids.has('answer')) {
      const isAbout = icmp.quotedId === ids.get('answer') && icmp.quotedId !== ids.get('probe');
      return isAbout ? 'error-about-answer' : 'error';
    }
    return sources.has(seen.destination) || !ids.has('answer') ? 'error' : 'error-about-answer';
  }
  if (mark.protocol === 'icmp') {
    if (icmp?.id !== mark.id) return undefined;
    return icmp.type === echoRequest ? 'probe' : icmp.type === echoReply ? 'answer' : undefined;
  }
  if (seen.sourcePort === mark.port) return 'probe';
  return seen.destinationPort === mark.port ? 'answer' : undefined;
}

/** The packet that these fields belong to; undefined for one that is not followed, such as a repeated segment. */
function identify(seen: SeenIp, known: Identities): Packet | undefined {
  const packet = kindOf(seen, known);
  if (packet === undefined) return undefined;
  const id = known.ids.get(packet);
  if (id === undefined) {
    known.ids.set(packet, seen.id);
    known.flags.set(packet, seen.flags);
  } else if (id !== seen.id || known.flags.get(packet) !== seen.flags) return undefined;
  if (packet === 'probe') known.sources.add(seen.source);
  return packet;
}

function headerOf(seen: SeenIp, macs: Pick<Header, 'sourceMac' | 'destinationMac'>): Header {
  const { icmp, ...rest } = seen;
  if (icmp === undefined) return { ...rest, ...macs };
  const { quotedId: _, ...shown } = icmp;
  return { ...rest, icmp: shown, ...macs };
}

function differs(one: Header, other: Header): boolean {
  const of = ({ source, destination, sourcePort, destinationPort, ttl }: Header) =>
    [source, destination, sourcePort, destinationPort, ttl].join(' ');
  return of(one) !== of(other);
}

/** What one namespace saw. */
export interface Stream {
  readonly place: Place;
  readonly events: readonly TraceEvent[];
}

/** The visits of the followed packets in one namespace, in the order in which the kernel told them. */
export function visitsOf(
  { place, events }: Stream,
  table: string,
  known: Identities,
): { readonly visits: readonly Visit[]; readonly arp: readonly Arp[] } {
  const visits: Building[] = [];
  const arp: Arp[] = [];
  /** The packet and its last header, by the kernel's id: nft does not always print the header. */
  const byId = new Map<string, { readonly packet: Packet; readonly header: Header }>();
  /** Hooks that each packet has entered and not left; br_netfilter calls IP hooks inside those of the bridge. */
  const inside = new Map<Packet, Building[]>();
  for (const event of events) {
    const own = chainOf(table, event);
    if (event.what.kind === 'packet') {
      const { seen } = event.what;
      const macs = {
        ...(seen.sourceMac === undefined ? {} : { sourceMac: seen.sourceMac }),
        ...(seen.destinationMac === undefined ? {} : { destinationMac: seen.destinationMac }),
      };
      if (seen.arp !== undefined) {
        byId.delete(event.id);
        if (own?.layer === 'netdev' && (own.hook === 'ingress' || own.hook === 'egress')) {
          arp.push({
            place,
            hook: own.hook,
            device: seen.in ?? seen.out ?? '',
            ...seen.arp,
            ...macs,
          });
        }
        continue;
      }
      const packet = seen.ip === undefined ? undefined : identify(seen.ip, known);
      const before = byId.get(event.id);
      const found =
        seen.ip === undefined
          ? before
          : packet === undefined
            ? undefined
            : { packet, header: headerOf(seen.ip, macs) };
      if (found === undefined) {
        byId.delete(event.id);
        continue;
      }
      byId.set(event.id, found);
      if (own === undefined) continue;
      const open = inside.get(found.packet) ?? [];
      inside.set(found.packet, open);
      const { layer, hook } = own;
      if (own.edge === 'last') {
        const at = open.findLastIndex((one) => one.layer === layer && one.hook === hook);
        const entered = open[at];
        if (entered === undefined) continue;
        open.splice(at);
        delete entered.lost;
        if (differs(entered.header, found.header)) entered.leaves = found.header;
        continue;
      }
      const nested = layer === 'ip' && open.some((one) => one.layer === 'bridge');
      const visit: Building = {
        packet: found.packet,
        ...{ place, layer, hook },
        ...(seen.in === undefined ? {} : { in: seen.in }),
        ...(seen.out === undefined ? {} : { out: seen.out }),
        header: found.header,
        rules: [],
        ...(nested ? { bridged: true } : {}),
      };
      visits.push(visit);
      if (layer === 'netdev') continue;
      visit.lost = true;
      open.push(visit);
      continue;
    }
    if (own !== undefined) continue;
    const found = byId.get(event.id);
    const at =
      found === undefined ? undefined : latest(inside.get(found.packet), visits, found.packet);
    if (at === undefined) continue;
    const { family, table: of, chain, what } = event;
    const rule: MatchedRule = {
      family,
      table: of,
      chain,
      text: what.kind === 'rule' ? what.text : `policy ${what.verdict}`,
      verdict: what.verdict,
      ...(what.kind === 'rule' && what.handle !== undefined ? { handle: what.handle } : {}),
    };
    if (what.kind === 'rule' || what.verdict === 'drop') at.rules.push(rule);
    if (what.verdict === 'drop') {
      at.dropped = rule;
      delete at.lost;
    }
  }
  return { visits, arp };
}

/** Where a rule of others was met: in the innermost hook that the packet is in, or at the device it has just passed. */
function latest(
  open: readonly Building[] | undefined,
  visits: readonly Building[],
  packet: Packet,
): Building | undefined {
  const last = visits.findLast((one) => one.packet === packet);
  return last?.layer === 'netdev' ? last : (open?.at(-1) ?? last);
}
