import type { ShownEvent } from '../json/events.ts';
import type { Language, Text } from '../model/text.ts';
import type { Diff } from '../snapshot/change.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The version of the format. It increases when a key is removed or changes its meaning; new keys may come any time. */
export const recordingVersion = 1;
export const recordingFormat = 'ctr-recording';

export interface RecordedCommand {
  /** As a shell takes it; values of environment variables are masked. */
  readonly line: string;
  /** Standard input that is commands of the tool. */
  readonly input?: readonly string[];
  /** Its standard input is what goes into a file, and is left out. */
  readonly contents?: true;
}

/** A step of the plan, as a recording tells it. */
export interface RecordedStep {
  readonly id: string;
  readonly of: string;
  readonly title: Text;
  readonly why: Text;
  readonly chapter?: Text;
  readonly commands: readonly RecordedCommand[];
  /** What removes what the step makes. */
  readonly undo: readonly string[];
  /** Why there is no undo. */
  readonly goes?: Text;
}

/** What of the host belongs to the run, by name. */
export interface RunMarks {
  readonly containers: readonly string[];
  readonly bridges: readonly string[];
  /** The host's interfaces to the outside. */
  readonly uplinks: readonly string[];
  /** Every veth pair: its end on the host, and the other one as long as it is on the host, too. */
  readonly pairs: readonly { readonly outer: string; readonly inner: string }[];
}

/** The first line of a recording. */
export interface Header {
  readonly name: string;
  /** ISO 8601, in UTC. */
  readonly made: string;
  /** The version of ctr. */
  readonly ctr: string;
  readonly place: 'host' | 'sandbox';
  readonly kernel: string;
  /** Versions of tools, by name. */
  readonly tools: Readonly<Record<string, string>>;
  /** Of the person who recorded it. */
  readonly language: Language;
  readonly fast?: true;
  /** Without values of environment variables and without what goes into files. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly marks: RunMarks;
  readonly steps: readonly RecordedStep[];
}

/**
 * When a snapshot was taken. start: before the first step. step: after it. back: after its undo. by-hand: after the user
 * had a shell. end: after the way back.
 */
export type MomentKind = 'start' | 'step' | 'back' | 'by-hand' | 'end';

/** A point at which a recording can be viewed. */
export interface Moment {
  readonly kind: MomentKind;
  /** From 0; -1 at the start. */
  readonly step: number;
  /** Since the recording began. */
  readonly ms: number;
  /** Absent where the host could not be read. */
  readonly state?: Snapshot;
  /** What is different from the moment before. */
  readonly diff?: Diff;
  /** Events since the moment before. */
  readonly events: readonly TimedEvent[];
}

export interface TimedEvent {
  readonly ms: number;
  readonly event: ShownEvent;
}

/** A recording that was read. */
export interface Recording {
  readonly header: Header;
  readonly moments: readonly Moment[];
  /** Events after the last moment, or all of them where there are no snapshots. */
  readonly rest: readonly TimedEvent[];
  /** The last line is not whole: ctr was killed while it wrote it. */
  readonly cut: boolean;
}
