import type { Text } from '../model/text.ts';
import { patchOf } from '../recording/patch.ts';
import type { Header, MomentKind, RecordedCommand, Recording } from '../recording/recording.ts';
import { type Ran, type Stop, stopsOf } from '../recording/stops.ts';
import type { CausedChange } from '../snapshot/change.ts';

/** A word or phrase of a command with what it means, in the order of the command. */
export interface ExplainedToken {
  readonly token: string;
  readonly means: Text;
  /** 0 for a word of the command itself; more for what is inside a word. */
  readonly level: number;
}

/** A word, the number of its sentence, and its level. */
export type PageToken = readonly [token: string, sentence: number, level: number];

/** A change whose sentence is a number of `PageData.sentences`. */
export interface PageChange extends Omit<CausedChange, 'why'> {
  readonly why?: number;
}

export interface PageStop {
  readonly kind: MomentKind;
  readonly number: number;
  readonly ms: number;
  readonly ran: readonly Ran[];
  readonly undone: readonly string[];
  readonly failed?: string;
  readonly changes?: readonly PageChange[];
  readonly hidden?: Readonly<Record<string, number>>;
  readonly missing?: readonly Text[];
  /** From the snapshot of the stop before, as a JSON merge patch (RFC 7396); the first one is whole. */
  readonly patch?: Readonly<Record<string, unknown>>;
}

/** What the page is made of, as small as can be. */
export interface PageData {
  readonly header: Omit<Header, 'config'>;
  readonly stops: readonly PageStop[];
  readonly sentences: readonly Text[];
  /** For each command of each step, what its words mean. */
  readonly tokens: readonly (readonly (readonly PageToken[])[])[];
}

function pageStop(stop: Stop, numberOf: (sentence: Text) => number): PageStop {
  const { kind, number, ms, ran, undone, failure, diff, before, state } = stop;
  return {
    kind,
    number,
    ms,
    ran,
    undone: undone.flatMap(({ line, result }) => (result === 'done' ? line : [])),
    ...(failure === undefined ? {} : { failed: failure.said }),
    ...(diff === undefined
      ? {}
      : {
          changes: diff.changes.map(({ why, ...change }) => ({
            ...change,
            ...(why === undefined ? {} : { why: numberOf(why) }),
          })),
          hidden: diff.hidden,
          missing: diff.missing,
        }),
    ...(state === undefined ? {} : { patch: patchOf({ ...before }, { ...state }) }),
  };
}

/** @param explain what the words of a command mean. */
export function pageData(
  recording: Recording,
  explain: (command: RecordedCommand) => readonly ExplainedToken[],
): PageData {
  const sentences: Text[] = [];
  const numberOf = (sentence: Text): number => {
    const known = sentences.findIndex(({ en }) => en === sentence.en);
    return known >= 0 ? known : sentences.push(sentence) - 1;
  };
  const stops = stopsOf(recording).map((stop) => pageStop(stop, numberOf));
  const { config: _, ...header } = recording.header;
  const tokens = header.steps.map(({ commands }) =>
    commands.map((command) =>
      explain(command).map(({ token, means, level }): PageToken => [token, numberOf(means), level]),
    ),
  );
  return { header, stops, sentences, tokens };
}
