import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import type { ShownEvent } from '../json/events.ts';
import type { Event, View } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { escapeJson } from '../render/escape-controls.ts';
import { shownEvent } from '../render/lines.ts';
import type { Diff } from '../snapshot/change.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Circumstances, headerOf } from './header.ts';
import { eventMasker, mapTexts, maskedPlan, masker, type Remake } from './masked.ts';
import { patchOf } from './patch.ts';
import { type MomentKind, recordingFormat, recordingVersion } from './recording.ts';

/** How a recorder sees the host. */
export interface Observer {
  /** Reads every namespace of the run, once it has settled after this step. */
  read(kind: MomentKind, step: number): Promise<Snapshot>;
  /** What changed, and who asked for it. @param step its number in the plan. */
  compare(before: Snapshot, after: Snapshot, kind: MomentKind, step: number): Diff;
}

export interface Recorder {
  /** Writes an event. */
  readonly see: View;
  /** Writes a snapshot and what changed since the one before. @returns the two, for those who show them. */
  moment(kind: MomentKind, step: number): Promise<{ state: Snapshot; diff?: Diff } | undefined>;
  close(): void;
}

/** An event without what the header says of its step. */
function withoutWords(event: ShownEvent): object {
  if (event.event !== 'step') return event;
  const { title: _, why: __, ...rest } = event;
  return rest;
}

export interface RecorderOptions extends Circumstances {
  /** From `openRecording`. */
  readonly descriptor: number;
  readonly plan: Plan;
  readonly observer: Observer;
  readonly remake: Remake;
  /** Told once when the recording cannot go on: the disk is full, or the host could not be read. The run goes on. */
  readonly trouble: (error: unknown) => void;
  /** Milliseconds; the test's own clock. */
  readonly now?: () => number;
}

/** Writes a run to a file as it happens, a line at a time, so that what is there can be read after a `kill -9`. */
export function recorder(options: RecorderOptions): Recorder {
  const { descriptor, plan, observer, trouble, now = () => performance.now() } = options;
  const began = now();
  const safe = maskedPlan(plan, options.facts, options.remake);
  const mask = masker(plan);
  const header = headerOf(safe, options);
  const maskEvent = eventMasker(
    header.steps.map(({ commands }) => commands.map(({ line }) => line)),
    mask,
  );
  let last: Snapshot | undefined;
  let open = true;

  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const stop = (error: unknown) => {
    close();
    trouble(error);
  };
  const write = (line: object) => {
    if (!open) return;
    try {
      writeSync(descriptor, `${escapeJson(line)}\n`);
    } catch (error) {
      stop(error);
    }
  };
  const ms = () => Math.round(now() - began);

  ftruncateSync(descriptor);
  write({ line: 'header', format: recordingFormat, version: recordingVersion, ...header });
  return {
    see(event: Event) {
      write({ line: 'event', ms: ms(), event: withoutWords(shownEvent(maskEvent(event))) });
    },
    async moment(kind, step) {
      if (!open) return undefined;
      let state: Snapshot;
      try {
        state = mapTexts(await observer.read(kind, step), mask);
      } catch (error) {
        stop(error);
        return undefined;
      }
      const at = { ms: ms(), moment: kind, step };
      const before = last;
      last = state;
      const whole = { line: 'snapshot', ...at, state };
      if (before === undefined) {
        write(whole);
        return { state };
      }
      const patch = patchOf({ ...before }, { ...state });
      const less = JSON.stringify(patch).length < JSON.stringify(state).length;
      write(less ? { line: 'snapshot', ...at, patch } : whole);
      const diff = observer.compare(before, state, kind, step);
      write({ line: 'diff', ...at, ...diff });
      return { state, diff };
    },
    close,
  };
}
