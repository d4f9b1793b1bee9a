import type { Ending } from '../../filter/walk.ts';
import type { Evidence } from '../evidence.ts';
import type { NamespaceReading } from '../reading.ts';
import { natEndings } from '../translate.ts';
import { has, networkOf, type Passage } from './passages.ts';

/** A rule that gives the packet another destination. */
export interface Diversion {
  readonly to: string;
  /** Absent where the rule is not known. */
  readonly ending: Ending | undefined;
}

/** The DNAT that the predicted path takes in this passage. */
export function diversionIn(passage: Passage, { question }: Evidence): Diversion | undefined {
  const { leg, direction, leaves, reading, port } = passage;
  if (direction === 'back' || leaves.destination === leg.destination) return undefined;
  const hook = leg.in === undefined ? 'output' : 'prerouting';
  const asked = { ...question, ...(port.enters === undefined ? {} : { port: port.enters }) };
  const endings = natEndings(reading, hook, asked, leg);
  return {
    to: leaves.destination,
    ending: endings.find(({ verdict }) => verdict.does === 'divert'),
  };
}

/** Whether a DNAT sends the packet away from where it was to go; a published port is meant to be sent on. */
export function isLedAway(passage: Passage, evidence: Evidence): boolean {
  const { leg, reading } = passage;
  return diversionIn(passage, evidence) !== undefined && !has(reading, leg.destination);
}

/** The namespace that has an address. */
function ownerOf(address: string, { reading }: Evidence): NamespaceReading | undefined {
  return Object.values(reading).find((one) => one !== undefined && has(one, address));
}

/** Whether a DNAT sends the packet to an address of the lab that nobody has. */
export function isSentToNoAddress(passage: Passage, evidence: Evidence): boolean {
  const to = diversionIn(passage, evidence)?.to;
  if (to === undefined || networkOf(evidence, to) === undefined) return false;
  return ownerOf(to, evidence) === undefined;
}

/** Whether a DNAT sends the packet to a port on which nobody listens, or to an address of the lab that nobody has. */
export function isSentToNobody(passage: Passage, evidence: Evidence): boolean {
  const { protocol } = evidence.question;
  const port = passage.port.leaves;
  const to = diversionIn(passage, evidence)?.to;
  if (to === undefined || protocol === 'icmp' || port === undefined) return false;
  const target = ownerOf(to, evidence);
  if (target === undefined) return networkOf(evidence, to) !== undefined;
  return !target.listeners.some((one) => one.protocol === protocol && one.port === port);
}
