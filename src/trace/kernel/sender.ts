import type { RawEvent } from './events.ts';
import type { Sought } from './followed.ts';

/** The pid by whose route lookups the target was asked for, if there is exactly one. */
function byLookups(events: readonly RawEvent[], destination: string): number | undefined {
  const pids = new Set<number>();
  for (const one of events) {
    if (one.event === 'lookup' && one.byTask && one.destination === destination) pids.add(one.pid);
  }
  return pids.size === 1 ? [...pids][0] : undefined;
}

/**
 * The task that sends, and when it began: the one that wrote the mark, or a child to which that one has left the sending.
 */
export function senderIn(
  events: readonly RawEvent[],
  { mark: text, destination }: Sought,
): { readonly pid: number; readonly began: number } | undefined {
  const mark = events.findLast((one) => one.event === 'mark' && one.text === text);
  const asks = (pid: number) =>
    events.some(
      (one) => one.event === 'lookup' && one.pid === pid && one.destination === destination,
    );
  const pid = mark !== undefined && asks(mark.pid) ? mark.pid : byLookups(events, destination);
  if (pid === undefined) return undefined;
  const first = mark ?? events.find((one) => one.byTask && one.pid === pid);
  return { pid, began: first?.time ?? 0 };
}
