/**
 * What moves a cursor, starts an escape sequence or turns text around (Unicode Cc, Cf, Zl, Zp). Made when it
 * is needed: for these classes V8 goes through all of Unicode.
 */
const powerful = () => /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Text from elsewhere (a config, a tool, an interface name) without power over the terminal. */
export function escapeControls(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replaceAll(powerful(), (char) => (char === '\t' ? ' ' : escaped(char)));
}

/** The same for several lines. */
export function escapeLines(text: string): readonly string[] {
  return text.split('\n').map(escapeControls);
}

/** JSON without power over the terminal: what JSON.stringify leaves as it is, is escaped as well. */
export function escapeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(powerful(), (char) =>
    char === '\n'
      ? char
      : [...Array(char.length).keys()]
          .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** Colours (ECMA-48 SGR), which ctr writes itself, beside what is powerful. */
const coloursOrPowerful = () => new RegExp(`${'\u001b'}\\[[\\d;]*m|${powerful().source}`, 'gu');

/** The last word before anything is written: lines, tabs and, where they are wanted, colours pass. */
export function sanitize(text: string, color: boolean): string {
  if (/^[\n\t -~]*$/.test(text)) return text;
  return text.replaceAll(coloursOrPowerful(), (piece) =>
    piece === '\n' || piece === '\t' || (color && piece.length > 2)
      ? piece
      : [...piece].map(escaped).join(''),
  );
}
