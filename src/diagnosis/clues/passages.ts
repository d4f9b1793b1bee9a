import type { LinkFact } from '../../facts/index.ts';
import { subnetTo } from '../../facts/routes.ts';
import { contains, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { LabNetwork } from '../../model/lab.ts';
import { own } from '../../model/own.ts';
import type { Evidence } from '../evidence.ts';
import type { Leg } from '../leg.ts';
import type { Path } from '../path.ts';
import type { Direction } from '../position.ts';
import type { NamespaceReading } from '../reading.ts';
import { natEndings, ownAddresses } from '../translate.ts';

/** A leg of the predicted path, with what is known around it. */
export interface Passage {
  readonly direction: Direction;
  readonly leg: Leg;
  /** Its place among the legs of its direction. */
  readonly index: number;
  /** The leg before it in the same direction. */
  readonly before: Leg | undefined;
  readonly reading: NamespaceReading;
  /** Addresses when it leaves: after translation. */
  readonly leaves: { readonly source: string; readonly destination: string };
  /** The port of TCP or UDP that was asked for, when the packet comes in and when it leaves: a DNAT may change it. */
  readonly port: { readonly enters: number | undefined; readonly leaves: number | undefined };
}

/** The port that a rule with a DNAT gives, as iptables(8) and nft(8) write it. */
const portInRule = /(?:--to-destination|dnat(?: ip)? to) [\d.]+:(\d+)/;

/** The port when the packet leaves a leg of the way there. */
function portAfter(leg: Leg, port: number | undefined, { question, reading }: Evidence) {
  const here = reading[leg.place];
  const diverted = leg.translated !== undefined && leg.translated.destination !== leg.destination;
  if (here === undefined || !diverted || port === undefined) return port;
  const hook = leg.in === undefined ? 'output' : 'prerouting';
  const rule = natEndings(here, hook, { ...question, port }, leg).find(
    ({ verdict }) => verdict.does === 'divert',
  )?.rule;
  const [, other] = portInRule.exec(rule ?? '') ?? [];
  return other === undefined ? port : Number(other);
}

/** The ports of each leg of the way there. */
function portsAlong(legs: readonly Leg[], evidence: Evidence): readonly Passage['port'][] {
  let port = evidence.question.port;
  return legs.map((leg) => {
    const enters = port;
    port = portAfter(leg, port, evidence);
    return { enters, leaves: port };
  });
}

function along(
  legs: readonly Leg[],
  direction: Direction,
  ports: (leg: Leg, index: number) => Passage['port'],
  { reading }: Evidence,
): readonly Passage[] {
  return legs.flatMap((leg, index) => {
    const here = reading[leg.place];
    if (here === undefined) return [];
    const { source, destination, translated } = leg;
    const leaves = translated ?? { source, destination };
    const port = ports(leg, index);
    return [{ direction, leg, index, before: legs[index - 1], reading: here, leaves, port }];
  });
}

/** The legs whose namespace was read: first those of the way there, then those of the way back. */
export function passages(evidence: Evidence, { there, back }: Path): readonly Passage[] {
  const ports = portsAlong(there, evidence);
  const last = ports.at(-1)?.leaves ?? evidence.question.port;
  const untouched = { enters: last, leaves: last };
  // An answer gets back what the request was given.
  const undone = (leg: Leg): Passage['port'] => {
    const at = there.findIndex(({ place, does }) => place === leg.place && does !== 'bridged');
    const port = leg.does === 'bridged' ? undefined : ports[at];
    return port === undefined ? untouched : { enters: port.leaves, leaves: port.enters };
  };
  return [
    ...along(there, 'there', (_, index) => ports[index] ?? untouched, evidence),
    ...along(back, 'back', undone, evidence),
  ];
}

export function linkOf(
  { links }: NamespaceReading,
  name: string | undefined,
): LinkFact | undefined {
  return links.find((link) => link.name === name);
}

/** Whether a namespace has the address, loopback included. */
export function has(reading: NamespaceReading, address: string): boolean {
  return address.startsWith('127.') || ownAddresses(reading).has(address);
}

/** Whether an interface of some namespace that was read has the address. */
export function isSomewhere({ reading }: Evidence, address: string): boolean {
  return Object.values(reading).some((one) => one !== undefined && ownAddresses(one).has(address));
}

/** The value of a sysctl, by its key with slashes. */
export function sysctl({ sysctls }: NamespaceReading, key: string): string | undefined {
  return own(sysctls, key);
}

/** The lab's network that an address is in. */
export function networkOf({ lab }: Evidence, address: string): LabNetwork | undefined {
  const number = parseAddress(address);
  return lab?.networks.find(({ subnet }) => contains(subnetOf(parseCidr(subnet)), number));
}

/** Whether an interface leads to containers: a bridge of the lab, or any bridge with a port that is a veth. */
export function isInner({ lab }: Evidence, reading: NamespaceReading, name: string): boolean {
  if (lab?.networks.some(({ bridge }) => bridge === name) === true) return true;
  return reading.links.some(({ master, kind }) => master === name && kind === 'veth');
}

/** RFC 1918: addresses to which nobody on the internet has a route. */
const privateSubnets = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) =>
  subnetTo({ to: text }),
);

export function isPrivate(address: string): boolean {
  const number = parseAddress(address);
  return privateSubnets.some((subnet) => contains(subnet, number));
}
