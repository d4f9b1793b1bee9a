import { type Answer, waysOn } from '../losses/lookup.ts';
import { marksOn } from '../losses/marks.ts';
import { addressPattern, parseAddress } from '../model/ipv4.ts';
import type { Place } from '../model/place.ts';
import { neighbourhood } from './arp.ts';
import type { Question } from './evidence.ts';
import { isUnusual, type Leg } from './leg.ts';
import type { NamespaceReading, Reading } from './reading.ts';
import { sourceFor } from './source-address.ts';
import { divertedTo, maskedAs } from './translate.ts';
import type { Crossing } from './wires.ts';

/**
 * The way that the routes, links and translations of the namespaces imply for a question. Filters, forwarding that is
 * off, and interfaces that are down do not end it: what stops a packet on its way, the causes judge. It ends where no
 * further leg follows.
 */
export interface Path {
  readonly there: readonly Leg[];
  readonly back: readonly Leg[];
  /** Whether the last leg of `there` delivers at the target. */
  readonly arrives: boolean;
  readonly returns: boolean;
  /** It leaves by an interface behind which nothing was read: what happens there cannot be told. */
  readonly leaves: boolean;
}

/** A packet that is about to be routed. */
interface State {
  readonly place: Place;
  readonly in?: string | undefined;
  readonly inPort?: string | undefined;
  /** Undefined while the kernel has yet to choose it. */
  readonly source?: string | undefined;
  readonly destination: string;
}

/** What a namespace did to the addresses of a flow; it undoes it for the answers. */
interface Translation {
  readonly place: Place;
  readonly before: { readonly source: string; readonly destination: string };
  readonly after: { readonly source: string; readonly destination: string };
}

/** More legs than any sensible network has: a routing loop. */
const mostLegs = 24;

function isBridgeFiltered({ sysctls }: NamespaceReading): boolean {
  return sysctls['net/bridge/bridge-nf-call-iptables'] === '1';
}

class Follower {
  readonly legs: Leg[] = [];
  leaves = false;
  private readonly reading: Reading;
  private readonly question: Question;
  private readonly translations: Translation[];
  private readonly direction: 'there' | 'back';

  constructor(
    reading: Reading,
    question: Question,
    translations: Translation[],
    direction: 'there' | 'back',
  ) {
    this.reading = reading;
    this.question = question;
    this.translations = translations;
    this.direction = direction;
  }

  follow(start: State): void {
    let state: State | undefined = start;
    while (state !== undefined && this.legs.length < mostLegs) state = this.pass(state);
  }

  /** Adds the legs through one namespace. @returns where the packet is next. */
  private pass(state: State): State | undefined {
    const here = this.reading[state.place];
    if (here === undefined) {
      this.leaves = true;
      return undefined;
    }
    const entered = this.entered(here, state);
    const { place, in: incoming, inPort, destination } = state;
    const routed = this.route(here, state, entered.destination);
    const { answer } = routed;
    const [route] = answer.routes;
    const out = answer.does === 'send' ? route?.dev : undefined;
    const nextHop =
      route?.gateway !== undefined && addressPattern.test(route.gateway)
        ? route.gateway
        : entered.destination;
    const chosen = state.source ?? this.ownSource(here, answer.does, out, nextHop, destination);
    const left = this.left(here, { ...state, source: chosen }, entered, out);
    const changed = left.source !== chosen || left.destination !== destination;
    const unsure = entered.unsure || left.unsure || routed.unsure;
    const leg: Omit<Leg, 'does'> = {
      place,
      ...(incoming === undefined ? {} : { in: incoming }),
      ...(inPort === undefined ? {} : { inPort }),
      source: chosen,
      destination,
      ...(changed ? { translated: { source: left.source, destination: left.destination } } : {}),
      ...(isUnusual(answer.rule) ? { rule: answer.rule } : {}),
      ...(unsure ? { unsure: true } : {}),
      ...(inPort !== undefined && isBridgeFiltered(here) ? { bridgeFiltered: true } : {}),
    };
    if (answer.does === 'deliver') {
      const own = incoming === undefined ? { out: 'lo' } : {};
      this.legs.push({
        ...leg,
        does: 'deliver',
        ...own,
        ...(route === undefined ? {} : { route }),
      });
      return undefined;
    }
    if (out === undefined) {
      this.legs.push({ ...leg, does: 'none', ...(route === undefined ? {} : { route }) });
      return undefined;
    }
    const does = incoming === undefined ? 'send' : 'forward';
    const sent = { ...leg, does, out, nextHop, ...(route === undefined ? {} : { route }) } as const;
    return this.across(sent, left);
  }

  /** The addresses before routing: after DNAT, or with the translation of the request undone. */
  private entered(here: NamespaceReading, state: State) {
    const { place, in: incoming, source, destination } = state;
    if (this.direction === 'back') {
      const undone = this.translations.find(
        ({ place: where, after }) =>
          where === place && after.source === destination && after.destination === source,
      );
      return {
        destination: undone?.before.source ?? destination,
        source: undone?.before.destination,
        unsure: false,
      };
    }
    const known = source ?? this.tentativeSource(here, state);
    if (known === undefined) return { destination, source: undefined, unsure: false };
    const out =
      incoming === undefined
        ? this.route(here, state, destination).answer.routes[0]?.dev
        : undefined;
    const { address, unsure } = divertedTo(here, this.question, {
      in: incoming,
      out,
      source: known,
      destination,
    });
    return { destination: address, source: undefined, unsure };
  }

  private tentativeSource(here: NamespaceReading, state: State): string | undefined {
    const { does, routes } = this.route(here, state, state.destination).answer;
    return this.ownSource(here, does, routes[0]?.dev, state.destination, state.destination);
  }

  private ownSource(
    here: NamespaceReading,
    does: Answer['does'],
    out: string | undefined,
    nextHop: string,
    destination: string,
  ): string {
    if (does === 'deliver') return destination;
    return (out === undefined ? undefined : sourceFor(here, out, nextHop)) ?? '0.0.0.0';
  }

  private route(here: NamespaceReading, { in: incoming, source }: State, destination: string) {
    const packet = {
      to: parseAddress(destination),
      from: source === undefined ? 0 : parseAddress(source),
      iif: incoming ?? 'lo',
    };
    const marks = marksOn(here)(packet);
    const answers = waysOn(here)({ ...packet, mark: marks[0]?.mark ?? 0 });
    const answer = answers.at(-1) ?? { routes: [], does: 'none' as const, partly: false };
    return { answer, unsure: answers.length > 1 || marks.length > 1 || answer.routes.length > 1 };
  }

  /** The addresses when the packet leaves: after SNAT, or with the translation of the request undone. */
  private left(
    here: NamespaceReading,
    { place, in: incoming, source = '0.0.0.0', destination }: State,
    entered: { readonly destination: string; readonly source: string | undefined },
    out: string | undefined,
  ) {
    const before = { source, destination };
    if (this.direction === 'back') {
      const after = { source: entered.source ?? source, destination: entered.destination };
      return { ...after, unsure: false };
    }
    const masked =
      out === undefined
        ? { address: source, unsure: false }
        : maskedAs(here, this.question, {
            in: incoming,
            out,
            source,
            destination: entered.destination,
          });
    const after = { source: masked.address, destination: entered.destination };
    if (after.source !== source || after.destination !== destination) {
      this.translations.push({ place, before, after });
    }
    return { ...after, unsure: masked.unsure };
  }

  /** Adds the bridges that forward a frame on its way. */
  private bridged(
    through: readonly Crossing[],
    addresses: { readonly source: string; readonly destination: string },
  ): void {
    for (const { place, bridge, inPort, outPort } of through) {
      const there = this.reading[place];
      this.legs.push({
        place,
        in: bridge,
        ...(inPort === undefined ? {} : { inPort }),
        ...(there !== undefined && isBridgeFiltered(there) ? { bridgeFiltered: true } : {}),
        does: 'bridged',
        out: bridge,
        outPort,
        source: addresses.source,
        destination: addresses.destination,
      });
    }
  }

  /** From the interface by which a packet leaves to the namespace that has the next hop. */
  private across(
    leg: Leg & { readonly out: string; readonly nextHop: string },
    addresses: { readonly source: string; readonly destination: string },
  ): State | undefined {
    const { place, out, nextHop } = leg;
    const { owners, unread } = neighbourhood(this.reading, { place, dev: out }, nextHop);
    const [owner] = owners;
    if (owner === undefined) {
      const outPort = unread?.through[0];
      const isOwn = outPort?.place === place && outPort.bridge === out;
      this.legs.push({ ...leg, ...(isOwn ? { outPort: outPort.outPort } : {}) });
      this.bridged(unread?.through.slice(isOwn ? 1 : 0) ?? [], addresses);
      this.leaves ||= unread !== undefined;
      return undefined;
    }
    const [first, ...others] = owner.through;
    const startsHere = first?.place === place && first.bridge === out;
    const unsure = owners.length > 1 ? ({ unsure: true } as const) : {};
    this.legs.push({ ...leg, ...(startsHere ? { outPort: first.outPort } : {}), ...unsure });
    this.bridged(startsHere ? others : owner.through, addresses);
    return {
      place: owner.end.place,
      in: owner.end.dev,
      inPort: owner.inPort,
      source: addresses.source,
      destination: addresses.destination,
    };
  }
}

const nowhere: Path = { there: [], back: [], arrives: false, returns: false, leaves: false };

/** Pure: the way there and back. For IPv6 it is empty. */
export function pathOf(question: Question, reading: Reading): Path {
  if (!addressPattern.test(question.to)) return nowhere;
  const translations: Translation[] = [];
  const there = new Follower(reading, question, translations, 'there');
  there.follow({ place: question.from, destination: question.to });
  const last = there.legs.at(-1);
  const arrives = last?.does === 'deliver';
  const back = new Follower(reading, question, translations, 'back');
  const at = last?.translated ?? last;
  if (last !== undefined && at !== undefined && last.out !== 'lo') {
    const turned = { source: at.destination, destination: at.source };
    if (arrives) back.follow({ place: last.place, ...turned });
    else if (there.leaves) {
      back.follow({ place: last.place, in: last.out, inPort: last.outPort, ...turned });
    }
  }
  const end = back.legs.at(-1);
  return {
    there: there.legs,
    back: back.legs,
    arrives,
    returns: last?.out === 'lo' || (end?.does === 'deliver' && end.place === question.from),
    leaves: there.leaves,
  };
}
