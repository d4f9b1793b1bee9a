import type { Followed, KernelEvent } from './followed.ts';

export interface Found {
  readonly said: KernelEvent;
  /** The packet of the sender that it comes of. */
  readonly root: number;
}

/** The packet for which an answer was made, and how many events had been found by then. */
export interface Answered {
  readonly to: number;
  readonly at: number;
}

/** Answers that were made while what they answer went on: redirects. */
function asidesIn(
  found: readonly Found[],
  answers: ReadonlyMap<number, Answered>,
): ReadonlySet<number> {
  const asides = [...answers].filter(([, { to, at }]) =>
    found
      .slice(at)
      .some(({ said }) => said.packet === to && 'length' in said && said.role !== 'answer'),
  );
  return new Set(asides.map(([packet]) => packet));
}

function fateOf(found: readonly Found[], root: number): string {
  const ends = found.flatMap(({ said, root: of }) =>
    of === root && said.event === 'drop' ? [`${said.reason} ${said.location} ${said.device}`] : [],
  );
  return ends.join();
}

/**
 * Of packets that waited for the same neighbour, one is the probe's. They are marked as unsure, with all that came of
 * them, unless the same became of each.
 * @param answers by the number of the answer.
 */
export function followed(
  found: readonly Found[],
  waited: readonly number[],
  answers: ReadonlyMap<number, Answered>,
): Followed {
  const rivals = waited.length > 1 ? waited : [];
  const isUnsure = new Set(rivals.map((root) => fateOf(found, root))).size > 1;
  const asides = asidesIn(found, answers);
  const events = found.map(({ said, root }) => ({
    ...said,
    ...(asides.has(said.packet) && said.role === 'answer' ? { role: 'other' as const } : {}),
    sure: !(isUnsure && rivals.includes(root)),
  }));
  return { events, found: true, candidates: Math.max(1, rivals.length) };
}
