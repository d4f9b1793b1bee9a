import type { Language } from '../../../src/model/text.ts';
import { wrap } from '../../../src/render/wrap.ts';

/**
 * A text as groff_man(7) reads it: a backslash and a hyphen that is typed are written as escapes, and no line
 * begins with what would be a request.
 */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll("'", '\\(aq')
    .replaceAll('…', '\\.\\.\\.')
    .replaceAll(/^(?=\.)/gm, '\\&');
}

/** Text as it stands. */
function verbatim(lines: readonly string[]): readonly string[] {
  return ['.nf', ...lines.map(escaped), '.fi'];
}

/** A paragraph. roff breaks lines at blanks, of which Chinese has none: its lines are broken here. */
export function paragraph(text: string, language: Language, columns = 66): readonly string[] {
  return language === 'en' ? wrap(text, 76).map(escaped) : verbatim(wrap(text, columns));
}

/** A term in bold, and indented below it what it means. */
export function entry(term: string, meaning: string, language: Language): readonly string[] {
  return ['.TP', `.B ${escaped(term)}`, ...paragraph(meaning, language, 60)];
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  const [first, ...rest] = lines;
  return [`.SH ${title}`, ...(first === '.PP' ? rest : lines)];
}

/** Lines that somebody could type, or a table. */
export function example(lines: readonly string[]): readonly string[] {
  return ['.PP', '.EX', ...lines.map(escaped), '.EE'];
}
