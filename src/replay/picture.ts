import { compareTopologies } from '../graph/compare.ts';
import { topologyOfSnapshot } from '../graph/of-snapshot.ts';
import { renderText } from '../graph/text.ts';
import type { Language } from '../model/text.ts';
import type { Header } from '../recording/recording.ts';
import type { Stop } from '../recording/stops.ts';
import { said } from './words.ts';

/** How a stop is shown on a terminal. */
export interface ScreenOptions {
  readonly language: Language;
  readonly color: boolean;
  /** Of the terminal. */
  readonly columns: number;
}

/** The network at a stop, drawn with characters; what has changed since the stop before is marked. */
export function pictureLines(
  { name, marks, steps }: Header,
  { state, before, number }: Stop,
  { language, color, columns }: ScreenOptions,
): readonly string[] {
  if (state === undefined) return [`  ${said.unread[language]}`];
  const draw = (one: NonNullable<Stop['state']>) =>
    topologyOfSnapshot(
      one,
      { name, ...marks },
      { from: 'recording', step: Math.min(steps.length, number + 1) },
    );
  const now = draw(state);
  const topology = before === undefined ? now : compareTopologies(draw(before), now);
  const width = Math.min(columns, 100);
  return renderText(topology, { language, width, color }).trimEnd().split('\n');
}
