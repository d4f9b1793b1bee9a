import { eastAsianWidth } from 'get-east-asian-width';

/** The width of a text in terminal columns (Unicode Standard Annex 11). */
export function columnsOf(text: string): number {
  if (/^[\0-\x7f]*$/.test(text)) return text.length;
  return [...text].reduce((sum, char) => sum + eastAsianWidth(char.codePointAt(0) ?? 0), 0);
}
