/** Colours for a terminal (ECMA-48 SGR): titles bold, commands dim, reasons plain. */
export function paint(color: boolean) {
  const style = (code: number) => (text: string) =>
    color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: style(1), dim: style(2) };
}
