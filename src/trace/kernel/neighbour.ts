import type { RawEvent } from './events.ts';

export interface Neighbour {
  readonly device: string;
  readonly address: string;
}

/** Bytes of an ARP request with its Ethernet header (RFC 826). */
export const arpLength = 42;

export function isAbout(waiting: Neighbour | undefined, { device, address }: Neighbour): boolean {
  return waiting?.device === device && waiting.address === address;
}

/**
 * The neighbour that the packet queued by this event asks for: the kernel's next event names it. A packet for a neighbour
 * whose entry is stale is queued after that word, not before it.
 */
export function askedFor(
  events: readonly RawEvent[],
  at: number,
  { device, length, byTask, pid, cpu }: DeviceEvent,
): Neighbour | undefined {
  if (length !== arpLength) return undefined;
  for (const one of events.slice(at + 1)) {
    // What interrupts ran on top of the task in the meantime is not its own.
    if (byTask ? one.pid !== pid || !one.byTask : one.cpu !== cpu) continue;
    if (one.event === 'neighbour-asked' && one.device === device) {
      return one.state === 'delay' ? undefined : one;
    }
    if (one.event === 'queue' && byTask) return undefined;
    if (!byTask && (one.byTask || one.event === 'receive')) return undefined;
  }
  return undefined;
}

/** The neighbour whose failure the kernel reports next on this CPU, right after it has dropped what waited for it. */
export function failedNext(
  events: readonly RawEvent[],
  at: number,
  cpu: number,
): Neighbour | undefined {
  const next = events
    .slice(at + 1)
    .find((one) => one.cpu === cpu && !['drop', 'free', 'lookup'].includes(one.event));
  return next?.event === 'neighbour-timer' && next.state === 'failed' ? next : undefined;
}

export type DeviceEvent = Extract<RawEvent, { length: number }>;

export type NeighbourEvent = Extract<RawEvent, { event: `neighbour-${string}` }>;

export function isNeighbourEvent(one: RawEvent): one is NeighbourEvent {
  return one.event.startsWith('neighbour-');
}
