/** The characters of a drawing on a terminal. */
export interface Strokes {
  /** Corners and edges of a box: ┌ ─ ┐ │ └ ┘. */
  readonly topLeft: string;
  readonly across: string;
  readonly topRight: string;
  readonly down: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  /** A veth pair: through the lower edge of a box, between boxes, through the upper edge of the next one. */
  readonly plugBelow: string;
  readonly cable: string;
  readonly plugAbove: string;
  /** A line to the world, through the lower edge. */
  readonly lineBelow: string;
  readonly line: string;
  readonly both: string;
  readonly arrow: string;
  readonly more: string;
}

export const boxDrawing: Strokes = {
  ...{ topLeft: '┌', across: '─', topRight: '┐', down: '│', bottomLeft: '└', bottomRight: '┘' },
  ...{ plugBelow: '╥', cable: '║', plugAbove: '╨', lineBelow: '┬', line: '│' },
  ...{ both: '⇄', arrow: '→', more: '…' },
};

/** As `boxDrawing`, in printable ASCII. */
export const asciiStrokes: Strokes = {
  ...{ topLeft: '+', across: '-', topRight: '+', down: '|', bottomLeft: '+', bottomRight: '+' },
  ...{ plugBelow: '#', cable: '#', plugAbove: '#', lineBelow: '+', line: '|' },
  ...{ both: '<->', arrow: '->', more: '...' },
};
