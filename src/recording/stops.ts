import type { ShownEvent } from '../json/events.ts';
import type { Diff } from '../snapshot/change.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type {
  Header,
  Moment,
  MomentKind,
  RecordedCommand,
  RecordedStep,
  Recording,
  TimedEvent,
} from './recording.ts';

type Failed = Extract<ShownEvent, { readonly event: 'failed' }>['failure'];
type Undo = Extract<ShownEvent, { readonly event: 'undo' }>;

/** A command that was run, and how long that took in milliseconds. */
export interface Ran {
  readonly line: string;
  readonly ms: number;
}

/** A point of a recording at which a viewer stops. */
export interface Stop {
  readonly kind: MomentKind;
  /** The number of the step, from 0; -1 at the start. */
  readonly number: number;
  /** The step that has just run. */
  readonly step?: RecordedStep;
  /** Milliseconds since the recording began. */
  readonly ms: number;
  readonly before?: Snapshot;
  readonly state?: Snapshot;
  readonly diff?: Diff;
  readonly ran: readonly Ran[];
  readonly failure?: Failed;
  readonly undone: readonly Undo[];
}

function happened(events: readonly TimedEvent[]): Pick<Stop, 'ran' | 'undone' | 'failure'> {
  const all = events.map(({ event }) => event);
  const failure = all.find((one) => one.event === 'failed')?.failure;
  return {
    ran: all.flatMap((one) => (one.event === 'ran' ? { line: one.line, ms: one.ms } : [])),
    undone: all.flatMap((one) => (one.event === 'undo' ? one : [])),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Steps that have no snapshot: ctr was killed, or could not read the host. */
function withoutSnapshot(recording: Recording, before: Snapshot | undefined): readonly Stop[] {
  const { rest, header } = recording;
  const begins = rest.flatMap(({ event }, index) => (event.event === 'step' ? [index] : []));
  return begins.flatMap((from, at): readonly Stop[] => {
    const first = rest[from];
    if (first?.event.event !== 'step') return [];
    const number = first.event.step;
    const step = header.steps[number];
    return [
      {
        kind: 'step',
        number,
        ...(step === undefined ? {} : { step }),
        ms: first.ms,
        ...(before === undefined ? {} : { before, state: before }),
        ...happened(rest.slice(from, begins[at + 1])),
      },
    ];
  });
}

/** A step that failed, if these are the events of a way back that began with one: nobody read the host after it. */
function failedStep(
  { events, ms }: Moment,
  header: Header,
  before: Snapshot | undefined,
): readonly Stop[] {
  const { failure, ran } = happened(events);
  if (failure === undefined) return [];
  const step = header.steps[failure.step];
  return [
    {
      kind: 'step',
      number: failure.step,
      ...(step === undefined ? {} : { step }),
      ms,
      ...(before === undefined ? {} : { before, state: before }),
      ran,
      failure,
      undone: [],
    },
  ];
}

function stopAt(moment: Moment, header: Header, before: Snapshot | undefined): readonly Stop[] {
  const { kind, ms, state, diff } = moment;
  const step = kind === 'step' || kind === 'back' ? header.steps[moment.step] : undefined;
  const { ran, undone } = happened(moment.events);
  return [
    ...failedStep(moment, header, before),
    {
      kind,
      number: moment.step,
      ms,
      ...(step === undefined ? {} : { step }),
      ...(before === undefined ? {} : { before }),
      ...(state === undefined ? {} : { state }),
      ...(diff === undefined ? {} : { diff }),
      ran: kind === 'end' ? [] : ran,
      undone,
    },
  ];
}

/** Where a viewer stops, in the order in which it happened. */
export function stopsOf(recording: Recording): readonly Stop[] {
  const { moments, header } = recording;
  const stops = moments.flatMap((moment, index) =>
    stopAt(moment, header, moments[index - 1]?.state),
  );
  return [...stops, ...withoutSnapshot(recording, moments.at(-1)?.state)];
}

/** The commands of a stop as they ran, the failed one included; those of the plan where none ran. */
export function commandsOf({
  ran,
  step,
  failure,
}: Pick<Stop, 'ran' | 'step' | 'failure'>): readonly RecordedCommand[] {
  const planned = step?.commands ?? [];
  const lines = [...ran.map(({ line }) => line), ...(failure === undefined ? [] : [failure.line])];
  if (lines.length === 0) return planned;
  return lines.map((line) => planned.find((one) => one.line === line) ?? { line });
}
