import { errorNames, problemCodes, sorted } from '../../src/model/codes/index.ts';
import type { Meaning } from '../../src/model/codes/meaning.ts';

const head = `# Errors and warnings · 错误和警告

<!-- Generated from src/model/codes by \`npm run generate\`. -->

\`ctr\` prints a code before each problem, as in \`H005\`. This page says what each code means and what to do;
\`ctr explain H005\` says the same in your terminal, and \`ctr explain codes\` lists the codes. A code always means
the same thing.

\`ctr\` 在每个问题前面打印一个代码，例如 \`H005\`。这一页说明每个代码的意思和处理办法；在终端里可以用
\`ctr explain H005\` 查看，用 \`ctr explain codes\` 列出所有代码。一个代码始终只有一个意思。
`;

/** The sections of the page, by the first letter of a code. Codes that are names have no letter. */
const groups: readonly (readonly [title: string, about: string, letter: string])[] = [
  [
    'E: the config · 配置',
    'The config is wrong, or does not fit what is on the host.\n\n配置有误，或者与主机的现状不符。',
    'E',
  ],
  ['H: the host · 主机', 'The host is not ready for this run.\n\n主机不满足本次运行的条件。', 'H'],
  [
    'W: warnings · 警告',
    '`ctr` goes on, and something may not work as expected.\n\n`ctr` 会继续，但有些地方可能不如预期。',
    'W',
  ],
];

function section(code: string, { means, fix }: Meaning, exits: readonly number[]): string {
  const list = exits.join(', ');
  const ends = { en: ` Exit code: ${list}.`, zh: `退出码：${list}。` };
  const { en, zh } = exits.length === 0 ? { en: '', zh: '' } : ends;
  return [
    `### ${code}`,
    `${means.en}${en} **What to do:** ${fix.en}`,
    `${means.zh}${zh}**怎么办：** ${fix.zh}`,
  ].join('\n\n');
}

/** The contents of docs/errors.md. */
export function errorsPage(): string {
  const problems = sorted(problemCodes);
  const parts = groups.map(([title, about, letter]) => {
    const own = problems.filter(([code]) => code.startsWith(letter));
    return [`## ${title}`, about, ...own.map(([code, one]) => section(code, one, []))];
  });
  const named = [
    '## Errors by name · 错误名',
    'With `--json`, the error that ends `ctr` has one of these names as its `code`.\n\n用 `--json` 时，使 `ctr` 结束的错误以下面的名字作为 `code`。',
    ...sorted(errorNames).map(([name, one]) => section(name, one, one.exits)),
  ];
  return `${[head.trimEnd(), ...parts.flat(), ...named].join('\n\n')}\n`;
}
