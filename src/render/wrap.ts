import { columnsOf } from './columns.ts';

/** Splits a text where a line may break: after spaces and around Chinese characters. */
function pieces(text: string): readonly string[] {
  return (
    text.match(
      /\uff08?(?:[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+)[\uff0c\u3002\uff1a\uff1b\u3001\uff09]*\s*|\s+/gu,
    ) ?? []
  );
}

/** Wraps a text to lines of at most so many terminal columns. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const piece of pieces(text)) {
    if (line !== '' && width + columnsOf(piece.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
      width = 0;
    }
    line += piece;
    width += columnsOf(piece);
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}
