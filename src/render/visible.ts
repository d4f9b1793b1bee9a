/** Text from elsewhere (a config, a tool, an interface name) without power over the terminal. */
export function visible(text: string): string {
  // Nearly always; and the pattern below takes a millisecond to make.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    if (char === '\t') return ' ';
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same for several lines. */
export function visibleLines(text: string): readonly string[] {
  return text.split('\n').map(visible);
}
