import { release } from 'node:os';
import type { Language, Text } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { paint } from '../render/paint.ts';
import { wrap } from '../render/wrap.ts';
import { type Finding, type Mode, modes } from './finding.ts';
import type { Examined, Report } from './report.ts';

const signs = { ok: '✔', note: '!', problem: '✘' } as const;

/** Columns of the sign and the part's name, before each sentence. */
const margin = 14;

interface Style {
  readonly language: Language;
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${' '.repeat(margin)}${line}`);
}

/** The commands, each with its letter where there is a choice. A command stays in one line, to be copied. */
function fixLines({ fixes = [] }: Finding, { language, color, columns }: Style): readonly string[] {
  const word = { en: 'fix', zh: '处理' }[language];
  const deep = ' '.repeat(columnsOf(word) + (fixes.length > 1 ? 4 : 2));
  return fixes.flatMap(({ command, costs }, index) => {
    const letter = fixes.length > 1 ? ` ${String.fromCharCode(97 + index)}` : '';
    return [
      `${word}${letter}  ${paint(color).bold(command)}`,
      ...(costs === undefined
        ? []
        : wrap(costs[language], columns - margin - deep.length).map((line) => `${deep}${line}`)),
    ];
  });
}

function findingLines(finding: Finding, title: string, style: Style): readonly string[] {
  const { language, columns } = style;
  const { severity, says, said, means } = finding;
  const sign = signs[severity];
  const head = ` ${severity === 'ok' ? sign : paint(style.color).bold(sign)} ${title}`;
  const width = columns - margin;
  const [first = '', ...rest] = wrap(says[language], width);
  return [
    `${head}${' '.repeat(Math.max(1, margin - 3 - columnsOf(title)))}${first}`,
    ...indented([
      ...rest,
      ...(said === undefined || said === '' ? [] : said.split('\n')),
      ...(means === undefined ? [] : wrap(means[language], width)),
      ...fixLines(finding, style),
    ]),
  ];
}

function partLines({ examination, findings }: Examined, style: Style): readonly string[] {
  return findings.flatMap((finding, index) =>
    findingLines(finding, index === 0 ? examination.title[style.language] : '', style),
  );
}

const names: Readonly<Record<Mode, Text>> = {
  sandbox: { en: 'sandbox mode', zh: '沙盒模式' },
  root: { en: 'root mode', zh: 'root 模式' },
};

/** Which modes are ready, and how many findings there are. */
export function resultOf({ parts, blocked, bySudo }: Report): Text {
  const all = parts.flatMap(({ findings }) => findings);
  const count = (severity: Finding['severity']) =>
    all.filter((one) => one.severity === severity).length;
  const problems = count('problem');
  const notes = count('note');
  const ready = (mode: Mode) => blocked[mode].length === 0;
  const by = (mode: Mode) =>
    bySudo && mode === 'root' ? { en: ' (with sudo)', zh: '（用 sudo）' } : { en: '', zh: '' };
  const en = modes.map(
    (mode) => `${names[mode].en} ${ready(mode) ? `ready${by(mode).en}` : 'not ready'}`,
  );
  const zh = modes.map(
    (mode) => `${names[mode].zh}${ready(mode) ? `可用${by(mode).zh}` : '不可用'}`,
  );
  return {
    en: `${en.join(', ')}; ${problems} ${problems === 1 ? 'problem' : 'problems'}, ${notes} ${notes === 1 ? 'note' : 'notes'}`,
    zh: `${zh.join('，')}；${problems} 个问题，${notes} 条提示`,
  };
}

/** The report for people. */
export function reportText(report: Report, style: Style): string {
  const { language } = style;
  const machine = [report.distribution, `Linux ${release()}`, process.arch].join(' · ');
  const result = { en: 'result', zh: '结论' }[language];
  return [
    machine,
    '',
    ...report.parts.flatMap((part) => partLines(part, style)),
    '',
    ` ${paint(style.color).bold(result)}${' '.repeat(margin - 1 - columnsOf(result))}${wrap(resultOf(report)[language], style.columns - margin).join(`\n${' '.repeat(margin)}`)}`,
  ].join('\n');
}
