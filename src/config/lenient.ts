import { characterSlips, type Slip, type SlipWords, slips } from './slips.ts';

/** Thrown where the reader could only guess what follows. */
const lost = new Error('lost');

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Characters that end an unquoted word: punctuation, its full-width forms, and invisible characters. */
const ending = String.raw`,;\]}"'\p{Cc}\p{Cf}\u00a0\u3000\u3001\uff0c\uff1b\uff5d\uff3d`;
const maxDepth = 64;

/** Characters that people write in place of JSON's, most of them full-width forms from an input method. */
const standsFor: Readonly<Record<string, string>> = {
  '：': ':',
  '﹕': ':',
  '∶': ':',
  '＝': '=',
  '，': ',',
  '﹐': ',',
  '、': ',',
  '；': ';',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '【': '[',
  '】': ']',
};
const closers: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '´': '´',
  '‘': "’‘'",
  '’': "’'",
  '“': '”“"＂',
  '”': '”"＂',
  '„': '“”"',
  '＂': '＂"',
  '＇': "＇'",
  '«': '»',
  '「': '」',
  '『': '』',
};

/**
 * Reads a text as its author meant it, and records each place where JSON (with comments and trailing commas) requires
 * something else. It stops where it cannot tell what the author meant, so one mistake causes no further messages.
 */
class Lenient {
  readonly found: Slip[] = [];
  private readonly text: string;
  // Fields of an object, not constants of the module: V8 takes long to compile these Unicode classes.
  /** Spaces that JSON does not allow (RFC 8259 §2), and invisible characters. */
  private readonly oddBlank = /[\p{Z}\p{Cf}]/u;
  private readonly control = /\p{Cc}/u;
  /** Unquoted text up to the character that ends it; it may consist of several words. */
  private readonly bareText = new RegExp(
    String.raw`^[^${ending}]*?(?=\s*(?:[${ending}]|\s//|\s#|$))`,
    'u',
  );
  private at = 0;
  private readonly open: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  read(): readonly Slip[] {
    try {
      this.whole();
    } catch (error) {
      if (error !== lost) throw error;
    }
    return this.found;
  }

  private note(offset: number, words: SlipWords): void {
    this.found.push({ offset, ...words });
  }

  private stop(offset: number, words: SlipWords): never {
    this.note(offset, words);
    throw lost;
  }

  private get char(): string {
    return this.text[this.at] ?? '';
  }

  /** Skips spaces and comments. @returns the next character, as JSON writes it. */
  private peek(): string {
    for (;;) {
      const { char, text, at } = this;
      if (char !== '' && ' \t\r\n'.includes(char)) this.at += 1;
      else if (text.startsWith('//', at)) this.toLineEnd();
      else if (text.startsWith('/*', at)) {
        const end = text.indexOf('*/', at + 2);
        if (end < 0) this.stop(at, slips.openComment());
        this.at = end + 2;
      } else if (char === '#' || text.startsWith('--', at) || text.startsWith('<!--', at)) {
        this.note(at, slips.comment(char === '#' ? '#' : char === '-' ? '--' : '<!--'));
        this.toLineEnd();
      } else if (this.oddBlank.test(char) || this.control.test(char)) {
        this.note(at, characterSlips.invisible(char, this.control.test(char)));
        this.at += 1;
      } else return standsFor[char] ?? char;
    }
  }

  private toLineEnd(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  /** Consumes the character that `peek` found. */
  private take(): string {
    const { char } = this;
    const meant = standsFor[char];
    if (meant !== undefined) this.note(this.at, characterSlips.fullWidth(char, meant));
    this.at += 1;
    return meant ?? char;
  }

  private whole(): void {
    const first = this.peek();
    if (first === '') this.stop(0, slips.empty());
    if (first !== '{' && first !== '[') {
      const from = this.at;
      if (Object.hasOwn(closers, first)) {
        this.quoted();
        if (this.peek() === ':') this.stop(from, slips.noBraces());
      }
      this.stop(from, slips.noBeginning(this.text.slice(from, from + 40).split('\n')[0] ?? ''));
    }
    this.value();
    const next = this.peek();
    if (next === '') return;
    if (next === '}' || next === ']') this.stop(this.at, slips.surplus(next));
    if (next === '{') this.stop(this.at, slips.second());
    this.stop(this.at, slips.behindTheEnd());
  }

  private value(): void {
    const next = this.peek();
    if (next === '{' || next === '[') {
      if (this.open.length >= maxDepth) this.stop(this.at, slips.tooDeep(maxDepth));
      this.open.push(next);
      this.group(next);
    } else if (Object.hasOwn(closers, next)) this.quoted();
    else this.bareValue();
  }

  /** Reads an object or an array, from its opening bracket to its closing one. */
  private group(open: string): void {
    const from = this.at;
    const close = open === '{' ? '}' : ']';
    this.take();
    let fresh = true;
    for (;;) {
      const next = this.peek();
      if (next === '') this.stop(this.text.trimEnd().length, slips.unclosed(open, close, from));
      if (next === '}' || next === ']') {
        this.open.pop();
        if (next !== close) this.note(this.at, slips.wrongCloser(open, close, next, from));
        // A bracket that closes an outer group stays for that group.
        if (next === close || !this.open.includes(next === '}' ? '{' : '[')) this.take();
        return;
      }
      if (next === ',' || next === ';') {
        if (fresh) this.note(this.at, slips.extraComma());
        else if (next === ';') this.note(this.at, slips.semicolon());
        if (!fresh || next !== ';') this.take();
        else this.at += 1;
        fresh = true;
        continue;
      }
      if (!fresh) this.note(this.end, slips.missingComma());
      if (open === '{') this.member();
      else this.value();
      this.end = this.at;
      fresh = false;
      if (open === '[' && this.peek() === ':') this.stop(from, slips.openList());
    }
  }

  /** The offset after the last value, where a missing comma belongs. */
  private end = 0;

  private member(): void {
    const from = this.at;
    const key = Object.hasOwn(closers, this.peek()) ? this.quoted() : this.bareKey();
    this.end = this.at;
    const next = this.peek();
    if (next === ':') this.take();
    else if (next === '=') {
      const sign = this.text.startsWith('=>', this.at) ? '=>' : this.char;
      this.note(this.at, slips.equals(sign));
      this.at += sign.length;
    } else if (next === '' || next === ',' || next === '}') {
      this.stop(from, slips.noValue(key));
    } else this.note(this.end, slips.missingColon(key));
    // Treats `:=` as one colon.
    if (this.char === '=') this.at += 1;
    const value = this.peek();
    if (value === ',' || value === '}' || value === ']' || value === '') {
      this.stop(from, slips.noValue(key));
    }
    this.value();
  }

  /** @returns the text between the quotes. */
  private quoted(): string {
    const from = this.at;
    const open = this.char;
    const line = this.text.slice(from, this.lineEnd(from));
    let length = 1;
    while (length < line.length && !closers[open]?.includes(line[length] ?? '')) {
      length += line[length] === '\\' ? 2 : 1;
    }
    if (length >= line.length) this.unterminated(from, line);
    const content = line.slice(1, length);
    this.at = from + length + 1;
    if (open !== '"' || line[length] !== '"') this.note(from, characterSlips.quotes(open, content));
    else this.inside(from + 1, content);
    return content;
  }

  private unterminated(from: number, line: string): never {
    const typographic = /^"([^"\u201d\uff02]*)[\u201d\uff02]/.exec(line)?.[1];
    if (typographic !== undefined) this.stop(from, characterSlips.quotes('”', typographic));
    const rest = line.slice(1).replace(/[\s,\]}]*$/, '');
    this.stop(from, slips.openQuote(rest));
  }

  /** Records characters that a JSON string must escape (RFC 8259 §7). */
  private inside(from: number, content: string): void {
    for (const match of content.matchAll(
      /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\u?.?|[^ -\u{10ffff}]/gsu,
    )) {
      const [piece] = match;
      const offset = from + match.index;
      if (piece < ' ') this.note(offset, characterSlips.raw(piece));
      else if (!/^\\(?:["\\/bfnrt]$|u[0-9a-fA-F]{4})/.test(piece)) {
        this.note(offset, slips.escape(piece));
      }
    }
    if (/:\s*$/.test(content) && /^[\w.-]/.test(this.text[this.at] ?? '')) {
      this.stop(from - 1, slips.openQuote(content.replace(/\s*:\s*$/, '')));
    }
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.text.length : end;
  }

  private bareKey(): string {
    const from = this.at;
    const key = /^[^\s:=,;{}[\]"'\uff1a\uff1d\uff0c]+/.exec(this.text.slice(from))?.[0] ?? '';
    if (!/^[\p{L}_$][\p{L}\p{N}_$.-]*$/u.test(key)) {
      this.stop(from, slips.noKey(key === '' ? this.char : key));
    }
    this.note(from, slips.bareKey(key));
    this.at += key.length;
    return key;
  }

  private bareValue(): void {
    const from = this.at;
    const line = this.text.slice(from, this.lineEnd(from));
    const all = this.bareText.exec(line)?.[0] ?? '';
    const [first = ''] = all.split(/\s/);
    const known = /^(?:true|false|null)$/.test(first) || number.test(first);
    const token = known ? first : all;
    if (token === '') this.stop(from, slips.noKey(this.char));
    if (!known) this.note(from, slips.bareValue(token));
    this.at += token.length;
  }
}

export function readLeniently(text: string): readonly Slip[] {
  return new Lenient(text).read();
}
