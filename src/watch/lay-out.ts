import type { Language } from '../model/text.ts';
import { paint } from '../render/paint.ts';
import { wrap } from '../render/wrap.ts';
import type { Change, Line, Section } from './compose.ts';

/** What stands before a line: colour is never the only sign of a change. */
const marks = { new: '+', changed: '~', gone: '-', same: ' ' } satisfies Record<Change, string>;

export interface Screen {
  readonly columns: number;
  /** Rows for all sections; undefined for as many as it takes. */
  readonly rows?: number;
  readonly language: Language;
  readonly color: boolean;
}

/** A line on the screen: wrapped below its mark. */
function shown({ text, change }: Line, { columns, color }: Screen): readonly string[] {
  const { bold } = paint(color);
  return wrap(text, columns - 5).map((part, index) => {
    const line = `${index === 0 ? marks[change] : ' '} ${index === 0 ? '' : '  '}${part}`;
    return change === 'same' ? line : bold(line);
  });
}

interface Folded {
  readonly head: readonly string[];
  readonly lines: readonly { readonly rows: readonly string[]; readonly rank: number }[];
  readonly folded: number;
}

function heightOf({ head, lines, folded }: Folded): number {
  const rows = lines.reduce((sum, line) => sum + line.rows.length, 0);
  return head.length + rows + (folded > 0 ? 1 : 0);
}

/** Folds one line of the highest rank: the last one of the section that takes most room. */
function foldOne(sections: readonly Folded[]): readonly Folded[] | undefined {
  const rank = Math.max(...sections.flatMap(({ lines }) => lines.map((line) => line.rank)));
  const [most] = sections
    .filter(({ lines }) => lines.some((line) => line.rank === rank))
    .toSorted((one, other) => heightOf(other) - heightOf(one));
  if (most === undefined) return undefined;
  const index = most.lines.findLastIndex((line) => line.rank === rank);
  return sections.map((one) =>
    one === most ? { ...one, lines: most.lines.toSpliced(index, 1), folded: one.folded + 1 } : one,
  );
}

/** The rows of a screen. What does not fit is folded and counted, what has changed last of all. */
export function layOut(sections: readonly Section[], screen: Screen): readonly string[] {
  const { rows = Number.POSITIVE_INFINITY, language, color } = screen;
  const { bold, dim } = paint(color);
  let all: readonly Folded[] = sections.map(({ title, lines }) => ({
    head: wrap(title, screen.columns - 4).map((part, index) =>
      index === 0 ? `── ${part}` : `   ${part}`,
    ),
    lines: lines.map((line) => ({ rows: shown(line, screen), rank: line.rank })),
    folded: 0,
  }));
  const height = () => all.reduce((sum, one) => sum + heightOf(one), 0);
  while (height() > rows) {
    const next = foldOne(all);
    if (next === undefined) break;
    all = next;
  }
  return all.flatMap(({ head, lines, folded }) => [
    ...head.map(bold),
    ...lines.flatMap((line) => line.rows),
    ...(folded === 0
      ? []
      : [dim({ en: `  … ${folded} more`, zh: `  …… 还有 ${folded} 行` }[language])]),
  ]);
}
