/**
 * Characters that move the cursor, start an escape sequence or change the text direction (Unicode Cc, Cf, Zl, Zp).
 * Built lazily: V8 enumerates all of Unicode for these classes.
 */
const powerful = () => /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Escapes text from elsewhere (a config, a tool, an interface name) so that it cannot control the terminal. */
export function escapeControls(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replaceAll(powerful(), (char) => (char === '\t' ? ' ' : escaped(char)));
}

/** As `escapeControls`, for several lines. */
export function escapeLines(text: string): readonly string[] {
  return text.split('\n').map(escapeControls);
}

/** JSON that cannot control the terminal: also escapes what JSON.stringify does not. */
export function escapeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(powerful(), (char) =>
    char === '\n'
      ? char
      : [...Array(char.length).keys()]
          .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** Control characters, and the colours that ctr itself writes (ECMA-48 SGR). */
const coloursOrPowerful = () => new RegExp(`${'\u001b'}\\[[\\d;]*m|${powerful().source}`, 'gu');

/** Escapes everything right before it is written. Line breaks, tabs and, if wanted, colours pass. */
export function sanitize(text: string, color: boolean): string {
  if (/^[\n\t -~]*$/.test(text)) return text;
  return text.replaceAll(coloursOrPowerful(), (piece) =>
    piece === '\n' || piece === '\t' || (color && piece.length > 2)
      ? piece
      : [...piece].map(escaped).join(''),
  );
}
