import type { Text } from './text.ts';

/** An undo and its result. */
export interface Undone {
  readonly line: string;
  /**
   * done: run and verified. gone: there was nothing to undo. kept: another run still uses it. in-use: ctr's, but others
   * have built on it. not-ours: the mark is missing, or somebody has changed it. failed: it still exists.
   */
  readonly result: 'done' | 'gone' | 'kept' | 'in-use' | 'not-ours' | 'failed';
  /** Who uses it, what others have built or changed, or the tool's error message. */
  readonly reason?: string;
  /** ctr could not read the host: it may be gone. */
  readonly unread?: true;
}

/** Whether ctr left its own change alone because somebody else relies on it; ctr reports these. */
export function stays({ result, reason }: Undone): boolean {
  return result === 'in-use' || (result === 'not-ours' && reason !== undefined);
}

/** Why a command of the plan failed. */
export interface Failure {
  readonly step: number;
  readonly id: string;
  readonly of: string;
  readonly title: Text;
  readonly line: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly missing: boolean;
  readonly said: string;
}

/** What happens in a run, in order. Progress, `--json` and the tests are views of these events. */
export type Event =
  | {
      readonly event: 'plan';
      readonly name: string;
      readonly steps: number;
      /** The number of steps by id. */
      readonly counts: Readonly<Record<string, number>>;
    }
  | {
      readonly event: 'step';
      readonly step: number;
      readonly id: string;
      readonly of: string;
      readonly title: Text;
      readonly why: Text;
      readonly shared: boolean;
    }
  | { readonly event: 'stepped'; readonly step: number; readonly id: string }
  | { readonly event: 'command'; readonly step: number; readonly line: string }
  | { readonly event: 'ran'; readonly step: number; readonly line: string; readonly ms: number }
  | { readonly event: 'failed'; readonly failure: Failure }
  | { readonly event: 'interrupted'; readonly signal: string }
  | ({ readonly event: 'undo' } & Undone)
  | { readonly event: 'ready'; readonly name: string };

export type View = (event: Event) => void;

/** A view that may hold up what comes next: a promise that it returns is awaited. */
export type PacedView = (event: Event) => unknown;

/**
 * Shows every event until the generator ends.
 * @param after waited for after each event, before the next command runs.
 * @returns the generator's result.
 */
export async function follow<T>(
  events: AsyncGenerator<Event, T>,
  view: PacedView,
  after?: (event: Event) => Promise<void>,
): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    const shown = view(next.value);
    if (shown instanceof Promise) await shown;
    await after?.(next.value);
  }
}
