import { t } from '../model/text.ts';
import { contentLine } from './contents.ts';
import type { Statement } from './grammar.ts';
import { pieces } from './shell.ts';
import type { Surroundings } from './value-token.ts';
import { describeValue } from './values/index.ts';
import { walkAs } from './walk.ts';

export interface Reader {
  readonly innermost: readonly string[];
  readonly reads?: 'ip' | 'iptables' | 'shell' | 'nft' | undefined;
}

/** Lines that a command reads from a here-document. */
export function inputLines(
  lines: readonly string[],
  reader: Reader,
  at: Surroundings,
): readonly Statement[] {
  const [program = '', ...words] = reader.innermost;
  if (reader.reads === 'shell' && !words.includes('-c')) return at.nested(lines.join('\n'));
  if (reader.reads === 'ip' || reader.reads === 'nft') {
    const name = reader.reads;
    return lines.map((line) => batchLine(name, line, at));
  }
  if (reader.reads === 'iptables') return lines.map((line) => restoreLine(line, at));
  const file = words.find((word) => !word.startsWith('-'));
  return lines.map((line) => {
    const known = program === 'tee' && file !== undefined ? contentLine(file, line) : undefined;
    const token = { text: line, means: t('a line of text', '一行文字') };
    return known ?? { line, tokens: [token], commands: [] };
  });
}

/** A line of `ip -batch` (ip(8)) is a command without the word ip. */
export function batchLine(program: string, line: string, at: Surroundings): Statement {
  const words = pieces(line).filter((piece) => piece.kind === 'word');
  return {
    line,
    tokens: walkAs(program, words, at),
    commands: [[program, ...words.map(({ value }) => value)]],
  };
}

/** A line of iptables-restore(8). */
export function restoreLine(line: string, at: Surroundings): Statement {
  const [, table] = /^\*(\S+)$/.exec(line) ?? [];
  if (table !== undefined) {
    const means = describeValue('table', table, { before: [] })?.means;
    const told =
      means === undefined ? undefined : t(`from here on: ${means.en}`, `以下属于：${means.zh}`);
    return { line, tokens: [{ text: line, means: told }], commands: [] };
  }
  if (line === 'COMMIT') {
    const means = t(
      'give all of it to the kernel now, at once or not at all',
      '现在一次性提交给内核：全部成功，或全部不做',
    );
    return { line, tokens: [{ text: line, means }], commands: [] };
  }
  const words = pieces(line).filter((piece) => piece.kind === 'word');
  return {
    line,
    tokens: walkAs('iptables', words, at),
    commands: [['iptables', ...words.map(({ value }) => value)]],
  };
}
