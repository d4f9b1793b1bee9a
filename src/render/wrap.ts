import stringWidth from 'string-width';

/** Where a line may break: after a blank, and around any Chinese character. */
function pieces(text: string): readonly string[] {
  return (
    text.match(
      /[\u2e80-\u9fff\uff00-\uffef][，。：；、）]?|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+/gu,
    ) ?? []
  );
}

/** Lines of at most so many columns, counted as the terminal shows them. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text)) {
    if (line !== '' && stringWidth(line + piece.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}
