import type { LinkFact } from '../facts/index.ts';
import type { Place } from '../model/place.ts';
import type { NamespaceReading, Reading } from './reading.ts';

/** An interface of a namespace. */
export interface End {
  readonly place: Place;
  readonly dev: string;
}

export function linkOf(reading: Reading, { place, dev }: End): LinkFact | undefined {
  return reading[place]?.links.find(({ name }) => name === dev);
}

function placesIn(reading: Reading): readonly (readonly [Place, NamespaceReading])[] {
  return Object.entries(reading) as unknown as readonly (readonly [Place, NamespaceReading])[];
}

/**
 * The other end of each veth pair, by indexes: each end knows the index of the other (veth(4)). Where two namespaces
 * fit, the id of the namespace decides, since one id always means one namespace.
 */
class Wires {
  private readonly others = new Map<string, End>();
  private readonly reading: Reading;

  constructor(reading: Reading) {
    this.reading = reading;
    const places = placesIn(reading);
    const candidates = new Map<string, readonly End[]>();
    /** Which namespaces an id may stand for, by the namespace that uses the id. */
    const meanings = new Map<string, Set<Place>>();
    for (const [place, { links, status }] of places) {
      for (const { name, kind } of links) {
        const own = status[name];
        if (kind !== 'veth' || own?.peerIndex === undefined) continue;
        const found = places.flatMap(([other, { links: theirs, status: all }]): End[] => {
          if ((own.peerNamespace === undefined) !== (other === place)) return [];
          return theirs.flatMap((one): End[] => {
            const has = all[one.name];
            if (has === undefined || has.index !== own.peerIndex) return [];
            const mutual = has.peerIndex === own.index && one.kind === 'veth';
            return mutual ? [{ place: other, dev: one.name }] : [];
          });
        });
        candidates.set(keyOf({ place, dev: name }), found);
        if (own.peerNamespace === undefined) continue;
        const id = `${place} ${own.peerNamespace}`;
        const seen = new Set(found.map((end) => end.place));
        const known = meanings.get(id);
        meanings.set(
          id,
          known === undefined ? seen : new Set([...known].filter((one) => seen.has(one))),
        );
      }
    }
    for (const [place, { links, status }] of places) {
      for (const { name } of links) {
        const key = keyOf({ place, dev: name });
        const found = candidates.get(key) ?? [];
        const id = status[name]?.peerNamespace;
        const meant = id === undefined ? undefined : meanings.get(`${place} ${id}`);
        const fitting = meant === undefined ? found : found.filter((end) => meant.has(end.place));
        const [only, ...more] = fitting;
        if (only !== undefined && more.length === 0) this.others.set(key, only);
      }
    }
  }

  /** The other end of a veth pair; undefined where it is in a namespace that was not read. */
  other(end: End): End | undefined {
    return this.others.get(keyOf(end));
  }

  /** The bridge that an interface is a port of. */
  bridgeOf(end: End): string | undefined {
    const master = linkOf(this.reading, end)?.master;
    if (master === undefined) return undefined;
    return linkOf(this.reading, { place: end.place, dev: master })?.kind === 'bridge'
      ? master
      : undefined;
  }

  portsOf({ place, dev }: End): readonly string[] {
    const links = this.reading[place]?.links ?? [];
    return links.filter(({ master }) => master === dev).map(({ name }) => name);
  }

  /**
   * Where a broadcast frame that leaves by an interface would arrive: interfaces that belong to no bridge, and bridges
   * themselves, each with the bridges on the way there. Whether interfaces are up does not count here.
   */
  segment(from: End): readonly Reached[] {
    const found: Reached[] = [];
    const seen = new Set<string>([keyOf(from)]);
    const arriveAt = (end: End, through: readonly Crossing[]) => {
      if (seen.has(keyOf(end))) return;
      seen.add(keyOf(end));
      const bridge = this.bridgeOf(end);
      if (bridge === undefined) {
        found.push({ end, through });
        return;
      }
      flood({ place: end.place, dev: bridge }, end.dev, through);
    };
    const flood = (bridge: End, inPort: string | undefined, through: readonly Crossing[]) => {
      if (!seen.has(keyOf(bridge))) {
        seen.add(keyOf(bridge));
        found.push({ end: bridge, ...(inPort === undefined ? {} : { inPort }), through });
      }
      for (const outPort of this.portsOf(bridge)) {
        if (outPort === inPort) continue;
        const crossing = { place: bridge.place, bridge: bridge.dev, inPort, outPort };
        leave({ place: bridge.place, dev: outPort }, [...through, crossing]);
      }
    };
    const leave = (end: End, through: readonly Crossing[]) => {
      const wire = this.wireOf(end);
      if (wire === undefined) found.push({ end, through, unread: true });
      else arriveAt(wire, through);
    };
    if (linkOf(this.reading, from)?.kind === 'bridge') {
      flood(from, undefined, []);
      return found.filter(({ end }) => keyOf(end) !== keyOf(from));
    }
    leave(from, []);
    return found;
  }

  /** What is at the other end of an interface: the peer of a veth, or the peer of the interface below a VLAN. */
  private wireOf(end: End): End | undefined {
    const direct = this.other(end);
    if (direct !== undefined) return direct;
    const below = linkOf(this.reading, end)?.on;
    return below === undefined ? undefined : this.other({ place: end.place, dev: below });
  }
}

export function keyOf({ place, dev }: End): string {
  return `${place} ${dev}`;
}

/** A bridge on the way of a frame. `inPort` is absent where the frame starts at the bridge itself. */
export interface Crossing {
  readonly place: Place;
  readonly bridge: string;
  readonly inPort: string | undefined;
  readonly outPort: string;
}

/** Where a frame arrives. */
export interface Reached {
  readonly end: End;
  /** The port by which it comes to `end`, where that is a bridge. */
  readonly inPort?: string;
  readonly through: readonly Crossing[];
  /** `end` is the last interface that was read: what is behind it is unknown. */
  readonly unread?: true;
}

const known = new WeakMap<Reading, Wires>();

/** The cables of a reading, found once. */
export function wiresOf(reading: Reading): Wires {
  const found = known.get(reading) ?? new Wires(reading);
  known.set(reading, found);
  return found;
}
