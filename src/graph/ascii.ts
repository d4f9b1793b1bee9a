import { asciiStrokes } from './strokes.ts';
import { drawTopology, type TextOptions } from './text.ts';
import type { Topology } from './topology.ts';

function ascii(text: string): string {
  return text.replaceAll(
    /\P{ASCII}/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** As `renderText`, in printable ASCII alone. There is no Chinese in ASCII: it is always English. Pure. */
export function renderAscii(topology: Topology, options: Omit<TextOptions, 'language'>): string {
  // Before it is drawn, so that what is longer as an escape has room.
  const plain = JSON.parse(JSON.stringify(topology), (_, value: unknown) =>
    typeof value === 'string' ? ascii(value) : value,
  ) as Topology;
  return drawTopology(plain, { ...options, language: 'en' }, asciiStrokes);
}
