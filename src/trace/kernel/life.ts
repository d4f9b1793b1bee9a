import type { RawEvent } from './events.ts';
import type { Role } from './followed.ts';
import type { Neighbour } from './neighbour.ts';

export interface Life {
  readonly packet: number;
  /** Absent for packets that are none of the probe's. */
  readonly role?: Role;
  readonly direction: 'there' | 'back';
  /** The packet of the sender that it comes of. */
  readonly root: number;
  last: RawEvent;
  device?: string;
  waiting?: Neighbour | undefined;
}

/** What a CPU does with one received packet, until it hands it on or frees it; nothing else runs in between. */
export interface Work {
  readonly life: Life;
  readonly pid: number;
  readonly lookups: Extract<RawEvent, { event: 'lookup' }>[];
}

/** Whether both events queue one after the other, in the same task or interrupt. */
export function isSameTurn(last: RawEvent, { event, pid, cpu, byTask }: RawEvent): boolean {
  return (
    last.event === event &&
    event === 'queue' &&
    last.byTask === byTask &&
    last.pid === pid &&
    last.cpu === cpu
  );
}

/** Of which packet a route lookup is: one for the answer is made while the probe is still worked on. */
export function lookupOf(
  asks: Life,
  work: Work | undefined,
  one: Extract<RawEvent, { event: 'lookup' }>,
): Life {
  const [first] = work?.lookups ?? [];
  if (first === undefined || first === one || one.destination !== first.source) return asks;
  const direction = asks.direction === 'there' ? 'back' : 'there';
  return { ...asks, role: asks.role === 'probe' ? 'answer' : 'other', direction };
}
