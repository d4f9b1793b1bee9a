import type { Language, Text } from '../model/text.ts';
import type { Paint } from './box.ts';
import type { Strokes } from './strokes.ts';
import type { ContainerView, DeviceView } from './view.ts';

export interface Pen {
  readonly language: Language;
  readonly say: (text: Text) => string;
  readonly strokes: Strokes;
  readonly paint: Paint;
  /** Columns inside the margin. */
  readonly width: number;
}

/** What is drawn above the host, and where its veth pairs go in. */
export interface Upper {
  readonly lines: readonly string[];
  readonly width: number;
  /** Columns of the veth pairs. */
  readonly plugs: readonly number[];
  /** The ports that the upper part tells about already. */
  readonly told: (port: DeviceView) => boolean;
}

/** The first veth pair's column in a box, and how far the next one is. */
export const firstPlug = 4;
export const nextPlug = 2;

/** The end of a veth pair whose other end is on the host. */
export function pluggedEnds({ ends }: ContainerView): readonly DeviceView[] {
  return ends.filter(({ peer }) => peer !== undefined);
}
