import { subnetTo } from '../../facts/routes.ts';
import { type Answer, waysOn } from '../../losses/lookup.ts';
import { marksOn } from '../../losses/marks.ts';
import { contains, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { Found } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { isUnusual } from '../leg.ts';
import type { Path } from '../path.ts';
import type { Position } from '../position.ts';
import type { NamespaceReading } from '../reading.ts';
import { endBack, endThere } from './ends.ts';
import { policyEnds } from './filters.ts';
import { linkOf, networkOf, type Passage, passages } from './passages.ts';
import { isLedAway } from './translation.ts';

/** What the kernel does with packets to an address, by the rules and routes of a namespace: last for most packets, before for some. */
export function decisions(
  reading: NamespaceReading,
  packet: { readonly to: string; readonly from: string; readonly iif: string },
): readonly Answer[] {
  const asked = { ...packet, to: parseAddress(packet.to), from: parseAddress(packet.from) };
  const [lookUp, marksFor] = [waysOn(reading), marksOn(reading)];
  return marksFor(asked).flatMap(({ mark, partly }) =>
    lookUp({ ...asked, mark }).map((answer) => (partly ? { ...answer, partly } : answer)),
  );
}

/** A passage in which a namespace other than the asker's routes a packet for somebody else, or the host answers. */
export interface Routed {
  readonly passage: Passage;
  readonly to: string;
  readonly answers: readonly Answer[];
}

/** Every routing decision on the way that is neither a container's own nor the host's about the outside. */
function routedPassages(evidence: Evidence, path: Path): readonly Routed[] {
  return passages(evidence, path).flatMap((passage): readonly Routed[] => {
    const { leg, reading, direction } = passage;
    const { place, does } = leg;
    const forwards = leg.in !== undefined && (does === 'forward' || does === 'none');
    const answers = direction === 'back' && place === 'host' && leg.in === undefined;
    const to = passage.leaves.destination;
    // What the host itself sends to a container is as much the lab's affair as what it passes on.
    const sends = place === 'host' && (does === 'send' || does === 'none');
    const own = sends && leg.in === undefined && networkOf(evidence, to) !== undefined;
    if (!forwards && !answers && !own) return [];
    return [{ passage, to, answers: decisions(reading, packetOf(passage, to)) }];
  });
}

function packetOf({ leg }: Passage, to: string) {
  return { to, from: leg.source, iif: leg.in ?? 'lo' };
}

/** The kernel's answer without policy rules of anybody: by the table main alone. */
export function withoutPolicy({ passage, to }: Routed): Answer | undefined {
  const { rules: _, ...plain } = passage.reading;
  return decisions(plain, packetOf(passage, to)).at(-1);
}

/** Where the kernel routes the packet: for one of its own, before any hook. */
export function routingOf({ leg, direction }: Passage): readonly Position[] {
  return [{ direction, place: leg.place, point: leg.in === undefined ? 'send' : 'routing' }];
}

/** A routing decision that is not known to be right. */
export interface Decision extends Routed {
  readonly answer: Answer;
}

export function isUsual({ rule }: Answer): boolean {
  return !isUnusual(rule);
}

/** Whether the bridge to the lab's network is off or has no address: its route went with it, which is the bridge's story. */
function isCutOff({ passage: { reading }, to }: Routed, evidence: Evidence): boolean {
  const network = networkOf(evidence, to);
  if (network === undefined) return false;
  const bridge = linkOf(reading, network.bridge);
  const subnet = subnetOf(parseCidr(network.subnet));
  const addressed = bridge?.addresses.some((one) => contains(subnet, parseCidr(one).address));
  return bridge?.up !== true || addressed !== true;
}

/** Decisions that count: not of packets that a DNAT sends elsewhere, nor of those that were seen to go on. */
export function decisionsOf(evidence: Evidence, path: Path): readonly Decision[] {
  return routedPassages(evidence, path).flatMap((routed) => {
    const { passage, answers, to } = routed;
    if (isLedAway(passage, evidence) && networkOf(evidence, to) === undefined) return [];
    if (isCutOff(routed, evidence)) return [];
    return answers.map((answer) => ({ ...routed, answer }));
  });
}

/** `ip route get` for the packet, as the kernel would route it. */
export function routeGet({ passage: { leg }, to }: Routed): Found['check'][number] {
  const from = leg.in === undefined ? [] : ['from', leg.source, 'iif', leg.in];
  return { place: leg.place, argv: ['ip', 'route', 'get', to, ...from] };
}

export function mainTable({ passage: { leg } }: Routed): Found['check'][number] {
  return { place: leg.place, argv: ['ip', 'route'] };
}

export const noRouteCounters = ['IpExtInNoRoutes', 'IpOutNoRoutes', 'IcmpOutDestUnreachs'];

/** Whether the default route takes a packet for the lab's network, whose own route is gone. */
export function isCaught({ answer, to }: Decision, evidence: Evidence): boolean {
  const network = networkOf(evidence, to);
  const [route] = answer.routes;
  if (network === undefined || route === undefined || !isUsual(answer)) return false;
  return answer.does === 'send' && subnetTo(route).prefix === 0 && route.dev !== network.bridge;
}

/**
 * Where a packet that is led astray ends: somewhere along the wrong way, or already on the host, whose rules accept only
 * what leaves by the right interface.
 */
export function lostAt(
  { passage, answer }: Decision,
  path: Path,
  evidence: Evidence,
): readonly Position[] {
  if (answer.does !== 'send') return routingOf(passage);
  const ends = passage.direction === 'there' ? endThere(path) : endBack(path);
  return [...ends, ...policyEnds(passage, evidence)];
}

/** Whether a decision that may be as good as another is worth telling: only when a packet was lost. */
export function isSuspect(decision: Decision, evidence: Evidence, path: Path): boolean {
  return evidence.walk !== undefined || goesWrong(decision, evidence, path);
}

/** Whether a decision surely loses the packet: not where it only leads by another way that may be as good. */
export function goesWrong(
  { answer, passage, to }: Decision,
  evidence: Evidence,
  path: Path,
): boolean {
  if (answer.does !== 'send') return true;
  if (networkOf(evidence, to) !== undefined) return true;
  const ends = passage.direction === 'there' ? path.arrives : path.returns;
  return !ends && !path.leaves;
}
