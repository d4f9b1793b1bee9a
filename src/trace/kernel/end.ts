import type { Outcome } from '../walk.ts';
import type { DropWord } from './drop-word.ts';
import type { Placed } from './join.ts';

type Of<Event extends Placed['event']> = Extract<Placed, { readonly event: Event }>;

/** What the kernel says about where the probe, or its answer, ended. */
export type KernelEnd =
  | { readonly kind: 'dropped'; readonly drop: Of<'drop'>; readonly word: DropWord }
  /** No route was found, so that no packet was sent. */
  | { readonly kind: 'no-route'; readonly lookup: Of<'lookup'> }
  /** It still waited for the MAC of its next hop, or that was given up. */
  | { readonly kind: 'no-neighbour'; readonly neighbour: Of<'neighbour'> }
  /** It was freed after it had reached its target, or is still on its way. */
  | { readonly kind: 'nothing' };

/** An echo reply is first copied for the sockets that want it; then the original is freed as one of nobody. */
function isFormality({ location, reason }: Of<'drop'>): boolean {
  return location === 'ping_rcv' && (reason === undefined || reason === 'NO_SOCKET');
}

/** How sure it is that such a drop is the loss, the surest last. A bridge that floods lets copies go everywhere. */
function weight({ role, reason }: Of<'drop'>): number {
  if (reason === 'OTHERHOST') return role === 'probe' ? 1 : 0;
  return { other: 0, arp: 2, copy: 3, answer: 4, probe: 5 }[role];
}

/**
 * The lookups that found no route in any table. With policy rules, present or past, the kernel tries one table after the
 * other, and each try is an event (ip-rule(8)): EAGAIN from the local table only means that the next table is tried.
 */
function failedLookups(lookups: readonly Of<'lookup'>[]): readonly Of<'lookup'>[] {
  return lookups.filter(
    ({ error, packet, destination }, index) =>
      error !== 0 &&
      !lookups
        .slice(index + 1)
        .some((later) => later.packet === packet && later.destination === destination),
  );
}

/** The event by which the probe or its answer was lost. Pure. */
export function kernelEnd(events: readonly Placed[], outcome: Outcome): KernelEnd {
  if (outcome.kind === 'answered') return { kind: 'nothing' };
  const drops = events.flatMap((one) =>
    one.event === 'drop' && one.role !== 'other' && !isFormality(one) ? [one] : [],
  );
  const [heaviest] = drops.toSorted((a, b) => weight(b) - weight(a));
  const lookups = events.flatMap((one) => (one.event === 'lookup' ? [one] : []));
  if (heaviest !== undefined && heaviest.role !== 'arp') {
    const { reason, location, packet, ms } = heaviest;
    const before = lookups.filter((one) => one.packet === packet && one.ms <= ms).at(-1);
    const word = {
      location,
      ...(reason === undefined ? {} : { reason }),
      ...(before === undefined || before.error === 0 ? {} : { lookup: before.error }),
    };
    return { kind: 'dropped', drop: heaviest, word };
  }
  const [lookup] = failedLookups(lookups);
  if (lookup !== undefined) return { kind: 'no-route', lookup };
  if (heaviest !== undefined) {
    const { reason, location } = heaviest;
    const word = { location, ...(reason === undefined ? {} : { reason }) };
    return { kind: 'dropped', drop: heaviest, word };
  }
  const waits = events.flatMap((one) => (one.event === 'neighbour' ? [one] : []));
  const open = waits.filter(
    ({ device, address, state, ms }) =>
      state !== 'reachable' &&
      !waits.some(
        (later) =>
          later.ms >= ms &&
          later.device === device &&
          later.address === address &&
          later.state === 'reachable',
      ),
  );
  const neighbour = open.at(-1);
  return neighbour === undefined ? { kind: 'nothing' } : { kind: 'no-neighbour', neighbour };
}
