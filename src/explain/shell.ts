/** One piece of shell text, as the grammar of sh(1) divides it (POSIX.1-2017, XCU 2.10). */
export type Piece =
  | {
      readonly kind: 'word';
      /** As typed. */
      readonly text: string;
      /** Without its quotes; expansions are left as they are. */
      readonly value: string;
      /** Whether the shell replaces something in it: a variable, or the output of a command. */
      readonly expands: boolean;
    }
  | { readonly kind: 'operator'; readonly text: string }
  | {
      readonly kind: 'redirect';
      readonly text: string;
      readonly descriptor: string;
      readonly operator: string;
      readonly target: string;
      /** The lines of a here-document. */
      readonly lines?: readonly string[];
    }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'newline'; readonly text: string };

export type ShellWord = Extract<Piece, { kind: 'word' }>;
export type Redirect = Extract<Piece, { kind: 'redirect' }>;

const operators = ['&&', '||', ';;', ';', '|', '&', '(', ')'] as const;

/** The index after what began with this bracket at `from`; quotes inside are skipped. */
function afterBracket(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === "'") at = endOfSingle(text, at) - 1;
    else if (char === '"') at = endOfDouble(text, at) - 1;
    else if (char === open) depth += 1;
    else if (char === close) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function endOfSingle(text: string, from: number): number {
  const end = text.indexOf("'", from + 1);
  return end < 0 ? text.length : end + 1;
}

function endOfDouble(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '$') at = endOfExpansion(text, at) - 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The index after the expansion that begins with the $ at `from`; a $ of its own is one character. */
function endOfExpansion(text: string, from: number): number {
  const next = text[from + 1];
  if (next === '(') return afterBracket(text, from + 1, '(', ')');
  if (next === '{') return afterExpansionBrace(text, from + 1);
  const name = /^[A-Za-z_]\w*|^[\d@*#?$!-]/.exec(text.slice(from + 1))?.[0] ?? '';
  return from + 1 + name.length;
}

/** In ${stat##*) } the ) is a plain character: only braces and quotes count. */
function afterExpansionBrace(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '$') at = endOfExpansion(text, at) - 1;
    else if (text[at] === '}') return at + 1;
  }
  return text.length;
}

/** The word that begins at `from`. */
function wordAt(text: string, from: number): ShellWord & { readonly end: number } {
  let value = '';
  let expands = false;
  let at = from;
  while (at < text.length) {
    const char = text[at] as string;
    if (/[\s;&|<>()]/.test(char)) break;
    if (char === '\\') {
      if (text[at + 1] !== '\n') value += text[at + 1] ?? '';
      at += 2;
    } else if (char === "'") {
      const end = endOfSingle(text, at);
      value += text.slice(at + 1, text[end - 1] === "'" ? end - 1 : end);
      at = end;
    } else if (char === '"') {
      const end = endOfDouble(text, at);
      const inside = text.slice(at + 1, text[end - 1] === '"' ? end - 1 : end);
      expands ||= /(?<!\\)[$`]/.test(inside);
      value += inside.replaceAll(/\\([$`"\\])/g, '$1');
      at = end;
    } else if (char === '$') {
      const end = endOfExpansion(text, at);
      expands ||= end > at + 1;
      value += text.slice(at, end);
      at = end;
    } else {
      value += char;
      at += 1;
    }
  }
  return { kind: 'word', text: text.slice(from, at), value, expands, end: at };
}

/** Divides shell text into its pieces. Nothing is ever expanded or run. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  const waiting: { readonly index: number; readonly mark: string }[] = [];
  let at = 0;
  const takeDocuments = () => {
    for (const { index, mark } of waiting.splice(0)) {
      const lines: string[] = [];
      while (at < text.length) {
        const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
        const line = text.slice(at, end);
        at = end + 1;
        if (line === mark) break;
        lines.push(line);
      }
      found[index] = { ...(found[index] as Redirect), lines };
    }
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '\n') {
      found.push({ kind: 'newline', text: '\n' });
      at += 1;
      takeDocuments();
      continue;
    }
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === '\\' && text[at + 1] === '\n') {
      at += 2;
      continue;
    }
    if (char === '#') {
      const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
      found.push({ kind: 'comment', text: text.slice(at, end) });
      at = end;
      continue;
    }
    const redirect = /^(\d*)(<<-?|>>|<>|<&|>&|>\||<|>)[ \t]*/.exec(text.slice(at));
    if (redirect !== null) {
      const [whole, descriptor = '', operator = ''] = redirect;
      const target = wordAt(text, at + whole.length);
      if (operator.startsWith('<<')) waiting.push({ index: found.length, mark: target.value });
      found.push({
        kind: 'redirect',
        text: text.slice(at, target.end),
        descriptor,
        operator,
        target: target.value,
      });
      at = target.end;
      continue;
    }
    const operator = operators.find((one) => text.startsWith(one, at));
    if (operator !== undefined) {
      found.push({ kind: 'operator', text: operator });
      at += operator.length;
      continue;
    }
    const { end, ...word } = wordAt(text, at);
    found.push(word);
    at = end;
  }
  return found;
}

/** The expansions in a word: `$name`, `${…}`, `$(…)`. */
export function expansionsIn(value: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < value.length; at += 1) {
    if (value[at] !== '$') continue;
    const end = endOfExpansion(value, at);
    if (end > at + 1) found.push(value.slice(at, end));
    at = end - 1;
  }
  return found;
}
