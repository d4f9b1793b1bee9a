import type { Hop, Walk } from './walk.ts';

/** Where the way of a probe ended. */
export type End =
  /** The answer came back, or a UDP datagram was taken in and nobody refused it. */
  | { readonly kind: 'arrived' }
  /** A rule or policy dropped it. */
  | { readonly kind: 'dropped'; readonly hop: Hop }
  /** It entered this hook and did not leave it. */
  | { readonly kind: 'in-hook'; readonly hop: Hop }
  /** It was last seen here. */
  | { readonly kind: 'after'; readonly hop: Hop }
  /** The target took it in, and nobody saw an answer. */
  | { readonly kind: 'unanswered'; readonly hop: Hop }
  /** It was never seen. */
  | { readonly kind: 'nowhere' };

function isDelivered(hop: Hop | undefined): hop is Hop {
  return hop?.layer === 'ip' && hop.hook === 'input' && hop.dropped === undefined && !hop.lost;
}

function stopAt(hop: Hop): End {
  if (hop.dropped !== undefined) return { kind: 'dropped', hop };
  return { kind: hop.lost ? 'in-hook' : 'after', hop };
}

/** Whether an error message of ICMP (RFC 792) is what passed here. */
export function isError({ header: { icmp } }: Hop): boolean {
  return icmp !== undefined && icmp.type !== 0 && icmp.type !== 8;
}

/** The probe's own hops, without its answer and without ICMP errors. */
export function hopsThere({ hops }: Pick<Walk, 'hops'>): readonly Hop[] {
  return hops.filter((hop) => hop.direction === 'there' && !isError(hop));
}

/** The hops of the answer, without ICMP errors. */
export function hopsBack({ hops }: Pick<Walk, 'hops'>): readonly Hop[] {
  return hops.filter((hop) => hop.direction === 'back' && !isError(hop));
}

/** Where the probe, or its answer, ended. */
export function endOf(walk: Walk): End {
  const { outcome, probe } = walk;
  if (outcome.kind === 'answered') return { kind: 'arrived' };
  const there = hopsThere(walk).at(-1);
  const back = hopsBack(walk).at(-1);
  if (back !== undefined && !(back.place === probe.from && isDelivered(back))) return stopAt(back);
  if (there === undefined) return { kind: 'nowhere' };
  if (!isDelivered(there)) return stopAt(there);
  const errors = walk.hops.some((hop) => hop.direction === 'back' && isError(hop));
  if (probe.protocol === 'udp' && outcome.kind === 'silent' && !errors) return { kind: 'arrived' };
  return { kind: 'unanswered', hop: there };
}
