import type { Language, Text } from '../model/text.ts';
import type { Necessity, NecessityRow } from './result.ts';

/** The letter of a promise's column. */
export function letterOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** A command as it is typed inside the container, behind a prompt, and without the mark of a firewall rule. */
export function shortLine(full: string): string {
  const line = full.replace(/-m comment --comment \S+/, '…');
  const inside = /^nsenter --target "\$(\w+)_pid" (?:--\S+ )+/.exec(line);
  if (inside === null) return line;
  return `${inside[1]?.replaceAll('_', '-')}# ${line.slice(inside[0].length)}`;
}

/** What a row says of a promise. */
export type Cell = 'holds' | 'breaks' | 'breaks-some';

/** The containers that keep a promise. */
function keepers({ tests }: Necessity['promises'][number]): readonly string[] {
  return [...new Set(tests.map(({ container }) => container))];
}

export function cellOf(promise: Necessity['promises'][number], { breaks }: NecessityRow): Cell {
  const broken = breaks.find((one) => one.promise === promise.id);
  if (broken === undefined) return 'holds';
  return broken.containers.length < keepers(promise).length ? 'breaks-some' : 'breaks';
}

export const marks: Readonly<Record<Cell, string>> = {
  holds: '.',
  breaks: '\u2718',
  'breaks-some': '~',
};

export const words = {
  title: ({ name }: Necessity): Text => ({
    en: `What each command of ${name} is needed for`,
    zh: `${name} 的每条命令有什么用`,
  }),
  how: {
    en: 'Each row is one run, in a sandbox host: without this command, or with this taken away once the run was up.',
    zh: '每一行是在沙盒主机里的一次运行：不执行这条命令，或者启动之后再去掉它。',
  },
  drop: {
    en: 'The FORWARD chain of the host drops what no rule accepts (--drop).',
    zh: '宿主机的 FORWARD 链默认丢弃数据包 (--drop)。',
  },
  legend: {
    en: '\u2718 breaks   ~ breaks in some containers   . holds',
    zh: '\u2718 失效   ~ 部分容器失效   . 正常',
  },
  leaveOut: { en: 'Left out', zh: '不执行' },
  remove: { en: 'Removed once the run was up', zh: '启动之后去掉' },
  stops: (row: number): Text => ({ en: `stops at ${row}`, zh: `停在第 ${row} 条` }),
  stopsHead: {
    en: 'Without these the run does not come up',
    zh: '缺了这些命令，运行实例无法启动',
  },
  silent: { en: 'it fails without a word', zh: '命令失败，没有任何输出' },
  needless: {
    en: 'No promise above needs these. What they are for',
    zh: '以上各项都用不到这些命令。它们的用处',
  },
  noSentence: {
    en: 'ctr has no sentence for this: please report it.',
    zh: 'ctr 没有这一条的说明，请报告。',
  },
  someHead: { en: 'In which containers', zh: '哪些容器失效' },
  notKept: {
    en: 'The whole plan does not keep these either, so nothing is said about them',
    zh: '完整的计划也做不到这些，所以表中不列',
  },
  promise: { en: 'Promise', zh: '检查项' },
  command: { en: 'Command', zh: '命令' },
  test: { en: 'Tested in the container by', zh: '在容器里用什么检查' },
  gone: {
    en: 'the state of the host before and after is compared',
    zh: '比较宿主机前后的状态',
  },
} as const;

/** Rows that no promise needs, one entry for each sentence. */
export function needless({ rows }: Necessity): readonly {
  readonly rows: readonly number[];
  readonly means: Text;
}[] {
  const found = rows.filter(({ breaks, stops }) => breaks.length === 0 && stops === undefined);
  const told = found.map(({ row, means = words.noSentence }) => ({ row, means }));
  return [...new Map(told.map(({ means }) => [means.en, means])).values()].map((means) => ({
    rows: told.filter((one) => one.means.en === means.en).map(({ row }) => row),
    means,
  }));
}

/** Which containers lose what, for rows where not all do. */
export function partly(result: Necessity, language: Language) {
  return result.rows.flatMap((row) => {
    const some = result.promises
      .map((promise, index) => ({ promise, letter: letterOf(index) }))
      .filter(({ promise }) => cellOf(promise, row) === 'breaks-some')
      .map(({ promise, letter }) => ({
        letter,
        containers: row.breaks.find((one) => one.promise === promise.id)?.containers ?? [],
      }));
    if (some.length === 0) return [];
    // Letters of the same containers stand together.
    const groups = [...new Set(some.map(({ containers }) => containers.join(', ')))];
    const text = groups
      .map((group) => {
        const letters = some.filter(({ containers }) => containers.join(', ') === group);
        return `${group} ${letters.map(({ letter }) => letter).join('')}`;
      })
      .join(language === 'zh' ? '；' : '; ');
    return [{ row: row.row, text }];
  });
}

/** The first line of what a tool said: the others repeat it, or are help. */
export function firstLine(said: string, language: Language): string {
  const [line = ''] = said.split('\n');
  return line === '' ? words.silent[language] : line;
}
