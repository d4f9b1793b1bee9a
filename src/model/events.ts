import type { Text } from './text.ts';

/** One undo, as far as it went. */
export interface Undone {
  readonly line: string;
  /**
   * done: run and true. gone: there was nothing to take back. kept: somebody else of ours still
   * uses it. in-use: ours, and somebody else has built on it. not-ours: the mark is missing, or somebody
   * else wants it so. failed: it is still there.
   */
  readonly result: 'done' | 'gone' | 'kept' | 'in-use' | 'not-ours' | 'failed';
  /** Who keeps it, what somebody else has built or set, or what the tool said. */
  readonly reason?: string;
  /** The host could not be read: it may be gone all the same. */
  readonly unread?: true;
}

/** Whether a change of ours was left alone since somebody else relies on it: that is told. */
export function stays({ result, reason }: Undone): boolean {
  return result === 'in-use' || (result === 'not-ours' && reason !== undefined);
}

/** Why a command of the plan did not do its work. */
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

/** What happens in a run, in order: progress, `--json` and the tests are views of it. */
export type Event =
  | {
      readonly event: 'plan';
      readonly name: string;
      readonly steps: number;
      /** How many steps there are of each id. */
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

/** Pulls every event and shows it. */
export async function follow<T>(events: AsyncGenerator<Event, T>, view: View): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    view(next.value);
  }
}
