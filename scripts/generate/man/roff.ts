import type { Language } from '../../../src/model/text.ts';
import { wrap } from '../../../src/render/wrap.ts';

/**
 * Escapes a text for groff_man(7): backslashes, hyphens that a person types, and a control character at the beginning
 * of a line.
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

/** Lines without filling. */
function verbatim(lines: readonly string[]): readonly string[] {
  return ['.nf', ...lines.map(escaped), '.fi'];
}

/** A paragraph. roff breaks lines at spaces. Chinese has none, so this function breaks its lines. */
export function paragraph(text: string, language: Language, columns = 66): readonly string[] {
  return language === 'en' ? wrap(text, 76).map(escaped) : verbatim(wrap(text, columns));
}

/** A term in bold, with its meaning indented below. */
export function entry(term: string, meaning: string, language: Language): readonly string[] {
  return ['.TP', `.B ${escaped(term)}`, ...paragraph(meaning, language, 60)];
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  const [first, ...rest] = lines;
  return [`.SH ${title}`, ...(first === '.PP' ? rest : lines)];
}

/** An example: commands to type, or a table. */
export function example(lines: readonly string[]): readonly string[] {
  return ['.PP', '.EX', ...lines.map(escaped), '.EE'];
}
