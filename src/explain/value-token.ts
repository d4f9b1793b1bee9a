import { t } from '../model/text.ts';
import { contentLine, knowsContents } from './contents.ts';
import type { Kind, Statement, Token } from './grammar.ts';
import { expansionsIn } from './shell.ts';
import { expansion } from './values/expansions.ts';
import { describeValue } from './values/index.ts';

/** One word of a command line. */
export interface Given {
  /** As typed. */
  readonly text: string;
  /** Without its quotes. */
  readonly value: string;
  /** Whether the shell replaces something in it. */
  readonly expands: boolean;
}

export interface Surroundings {
  /** The functions that the script defines. */
  readonly functions: ReadonlySet<string>;
  /** The file that standard output goes to. */
  readonly sink?: string | undefined;
  /** Explains a shell text inside a word. */
  readonly nested: (text: string) => readonly Statement[];
}

/** A word in which the shell replaces something. */
export function expanded(
  given: Given,
  kind: Kind,
  before: readonly string[],
  at: Surroundings,
): Token {
  const { text, value } = given;
  const found = expansionsIn(value);
  const [only = ''] = found;
  const whole = describeValue(kind, value, { before, sink: at.sink });
  if (found.length === 1 && only === value) {
    if (only.startsWith('$(')) {
      return {
        text,
        means: t('what the command in $( ) prints', '$( ) 里的命令打印的内容'),
        script: at.nested(only.slice(2, -1)),
      };
    }
    return {
      text,
      means: ['pid', 'netns'].includes(kind)
        ? (whole?.means ?? expansion(value))
        : expansion(value),
    };
  }
  const parts = found.map(
    (one): Token =>
      one.startsWith('$(')
        ? {
            text: one,
            means: t('what this command prints', '这条命令打印的内容'),
            script: at.nested(one.slice(2, -1)),
          }
        : { text: one, means: expansion(one) },
  );
  return {
    text,
    means:
      whole?.means ??
      t('a text in which the shell replaces the variables', '一段文字，shell 会替换其中的变量'),
    parts,
  };
}

/** A value of this kind. */
export function valueToken(
  kind: Kind,
  given: Given,
  before: readonly string[],
  at: Surroundings,
): Token {
  const { text, value } = given;
  if (kind === 'script') {
    if (value === '') return { text, means: t('nothing: ignore it', '空：忽略它') };
    if (value === '-') return { text, means: t('the usual action again', '恢复默认动作') };
    const script = at.nested(value);
    return {
      text,
      means: t(
        'a text for the shell; its commands are below',
        '交给 shell 的文字；其中的命令见下面',
      ),
      script,
    };
  }
  if (given.expands) return expanded(given, kind, before, at);
  if (kind === 'text' && at.sink !== undefined && knowsContents(at.sink) && value !== '%s\\n') {
    const line = contentLine(at.sink, value);
    if (line !== undefined) {
      return { text, means: t('one line of that file', '该文件的一行'), parts: line.tokens };
    }
  }
  const told = describeValue(kind, value, { before, sink: at.sink });
  return { text, ...(told ?? {}) };
}
