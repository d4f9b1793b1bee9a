import type { Language, Text } from '../model/text.ts';
import type { Recording } from '../recording/recording.ts';
import { type Stop, stopsOf } from '../recording/stops.ts';
import { changeText, placeName } from '../replay/changes.ts';
import { originOf, titleOf } from '../replay/words.ts';
import type { CausedChange } from '../snapshot/change.ts';
import { block, code, commandLines, plain } from './markdown.ts';

/** Words of commands that are worth a question: what a reader has to have understood in order to fill them in. */
const askedWords: readonly string[] = [
  ...[
    'MASQUERADE',
    'POSTROUTING',
    'FORWARD',
    'ACCEPT',
    'ESTABLISHED,RELATED',
    'RELATED,ESTABLISHED',
  ],
  ...['bridge', 'veth', 'master', 'peer', 'netns', 'default', 'via', 'broadcast', 'overlay'],
  ...['unshare', 'nsenter', 'pivot_root', 'sysctl', 'mount', 'umount', 'hostname', 'tee', 'setsid'],
  ...['up', 'add', 'address', 'addr', 'route', 'link'],
];

/** At most so many gaps a step, of commands and of changes. */
const mostGaps = { commands: 3, changes: 2 };

/** Longer commands are printed without a gap: nobody would find it. */
const longestWithGap = 200;

const words = {
  name: { en: 'Name', zh: '姓名' },
  how: {
    en: 'Fill in each numbered gap. Where the sheet asks what changes, predict first.',
    zh: '填写每个带编号的空。问到会有什么变化的地方，先自己预测。',
  },
  changes: { en: 'What is the new value?', zh: '新的值是什么？' },
  effects: {
    en: 'Which side effects, that no command asks for, does this step have?',
    zh: '这一步有哪些附带影响（不是命令直接要求的）？',
  },
  count: { en: 'There are', zh: '数量：' },
  answers: { en: 'Answers', zh: '答案' },
  none: { en: 'none', zh: '无' },
} satisfies Record<string, Text>;

/** Numbers the gaps of a sheet, and keeps what belongs into them. */
class Sheet {
  readonly answers: {
    readonly step: number;
    readonly gap: number;
    readonly answer: readonly string[];
  }[] = [];
  #last = '';

  gap(step: number, answer: readonly string[]): string {
    const gap = this.answers.length + 1;
    this.answers.push({ step, gap, answer });
    return `(${gap}) ________`;
  }

  /** A command with one gap, if it has a word to ask for; not the same one twice in a row. */
  command(step: number, line: string): string {
    if (line.length > longestWithGap) return line;
    const parts = line.split(' ');
    const asked = askedWords.find((word) => word !== this.#last && parts.includes(word));
    if (asked === undefined) return line;
    this.#last = asked;
    const at = parts.lastIndexOf(asked);
    return parts.map((part, index) => (index === at ? this.gap(step, [asked]) : part)).join(' ');
  }
}

function questionsOf(stop: Stop, sheet: Sheet, language: Language): readonly string[] {
  const { diff, number, step } = stop;
  const say = (text: Text) => text[language];
  let gaps = 0;
  const lines = commandLines(stop, language).map((line) => {
    if (gaps >= mostGaps.commands || line.startsWith('  ')) return line;
    const asked = sheet.command(number, line);
    if (asked !== line) gaps += 1;
    return asked;
  });
  const changed = (diff?.changes ?? [])
    .filter(({ op, cause, to }) => op === 'changed' && cause === 'asked' && to !== undefined)
    .slice(0, mostGaps.changes)
    .map((change) => {
      const { to = '' } = change;
      const whole = changeText(change, language);
      const question = whole.slice(0, whole.lastIndexOf(' → ') + 2);
      return `- ${placeName(change.place, language)}: ${code(question.trimEnd())} ${sheet.gap(number, [to])}`;
    });
  const effects = (diff?.changes ?? []).filter(
    ({ cause, minor }) => cause === 'surprise' && minor === undefined,
  );
  return [
    `## ${number + 1}. ${plain(titleOf(stop)[language])}`,
    '',
    step === undefined ? '' : plain(say(step.why)),
    ...block(lines, 'sh'),
    ...(changed.length === 0 ? [] : [`${say(words.changes)}`, '', ...changed, '']),
    ...(effects.length === 0
      ? []
      : [
          `${say(words.effects)} ${sheet.gap(
            number,
            effects.map((one) => effectText(one, language)),
          )}`,
          '',
        ]),
  ];
}

function effectText(change: CausedChange, language: Language): string {
  const line = `${placeName(change.place, language)}: ${changeText(change, language)}`;
  return change.why === undefined ? code(line) : `${code(line)} — ${plain(change.why[language])}`;
}

/** A handout with gaps; the answer sheet is on a page of its own at the end. */
export function worksheet(recording: Recording, language: Language): string {
  const { header } = recording;
  const say = (text: Text) => text[language];
  const sheet = new Sheet();
  const steps = stopsOf(recording).filter(({ kind }) => kind === 'step');
  const questions = steps.flatMap((stop) => questionsOf(stop, sheet, language));
  const answers = sheet.answers.flatMap(({ step, gap, answer }) => {
    const first = answer[0] ?? '';
    const head = `- **(${gap})** ${{ en: 'step', zh: '步骤' }[language]} ${step + 1}: `;
    const shown = answer.map((one) => (one.startsWith('`') ? one : code(one)));
    return answer.length === 1 && first !== ''
      ? [`${head}${shown[0]}`]
      : [head.trimEnd(), ...shown.map((one) => `  - ${one}`)];
  });
  const lines = [
    `# ${plain(header.name)}`,
    '',
    `${say(words.name)}: ______________________`,
    '',
    say(words.how),
    '',
    ...questions,
    '---',
    '',
    `# ${say(words.answers)}: ${plain(header.name)}`,
    '',
    `*${plain(originOf(header)[language])}*`,
    '',
    ...answers,
  ];
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
