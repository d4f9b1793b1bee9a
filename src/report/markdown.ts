import type { Language, Text } from '../model/text.ts';
import type { RecordedStep, Recording } from '../recording/recording.ts';
import { commandsOf, type Stop, stopsOf } from '../recording/stops.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { byPlace, changeText, hiddenText, placeName } from '../replay/changes.ts';
import { originOf, said, titleOf } from '../replay/words.ts';

/** Text of a recording in Markdown: none of it is markup (CommonMark 0.31, 2.4). */
export function plain(text: string): string {
  return escapeControls(text).replaceAll(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');
}

/** Code in Markdown, with a fence that the code does not contain. */
export function block(lines: readonly string[], kind = ''): readonly string[] {
  const ticks = lines.join('\n').match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...ticks.map((one) => one.length + 1)));
  return ['', `${fence}${kind}`, ...lines.map(escapeControls), fence, ''];
}

/** Code in a line. */
export function code(text: string): string {
  const safe = escapeControls(text);
  const ticks = safe.match(/`+/g) ?? [];
  const fence = '`'.repeat(ticks.reduce((most, { length }) => Math.max(most, length), 0) + 1);
  return fence.length > 1 ? `${fence} ${safe} ${fence}` : `\`${safe}\``;
}

/** The commands of a stop, with what tools got on standard input. */
export function commandLines(stop: Stop, language: Language): readonly string[] {
  return commandsOf(stop).flatMap(({ line, input = [], contents }) => [
    line,
    ...input.map((row) => `  ${row}`),
    ...(contents ? [`  # ${said.contents[language]}`] : []),
  ]);
}

export const headings = {
  changed: { en: 'What changed', zh: '有哪些变化' },
  undo: { en: 'Undo', zh: '撤销' },
  legend: {
    en: '`+` new, `-` gone, `~` changed, `→` moved; `!` is a side effect that no command asked for.',
    zh: '`+` 新增，`-` 消失，`~` 变化，`→` 移动；`!` 是附带影响，不是命令直接要求的。',
  },
} satisfies Record<string, Text>;

/** What changed at a stop, place by place. */
export function changesLines({ diff }: Stop, language: Language): readonly string[] {
  if (diff === undefined) return [said.unread[language]];
  const lines = byPlace(diff).flatMap(({ place, groups }) => [
    `- **${plain(placeName(place, language))}**`,
    ...groups.flatMap(({ changes, why }) => [
      ...changes.map((one) => `  - ${code(changeText(one, language))}`),
      ...(why === undefined ? [] : [`    ${plain(why[language])}`]),
    ]),
  ]);
  const missing = diff.missing.map((one) => `- ${said.missing[language]}: ${plain(one[language])}`);
  const hidden = hiddenText(diff.hidden, language);
  const all = [...lines, ...missing];
  if (all.length === 0) all.push(said.unchanged[language]);
  if (hidden === undefined) return all;
  return [
    ...all,
    '',
    `*${plain({ en: `Not shown: ${hidden}`, zh: `未显示：${hidden}` }[language])}*`,
  ];
}

function undoLines(step: RecordedStep, language: Language): readonly string[] {
  if (step.undo.length === 0) {
    return ['', `${headings.undo[language]}: ${plain((step.goes ?? said.noUndo)[language])}`, ''];
  }
  return ['', `${headings.undo[language]}:`, ...block(step.undo, 'sh')];
}

function stopLines(stop: Stop, language: Language): readonly string[] {
  const { step, kind, undone } = stop;
  const number = kind === 'step' ? `${stop.number + 1}. ` : '';
  const ended = undone.flatMap(({ line, result }) => (result === 'done' ? line : []));
  return [
    `## ${number}${plain(titleOf(stop)[language])}`,
    '',
    ...(step === undefined || kind === 'back' ? [] : [plain(step.why[language])]),
    ...(kind === 'step' ? block(commandLines(stop, language), 'sh') : []),
    ...(ended.length === 0 ? [] : block(ended, 'sh')),
    ...(stop.failure === undefined
      ? []
      : ['', `**${said.failed[language]}**`, ...block(stop.failure.said.split('\n'))]),
    ...(kind === 'start'
      ? []
      : [`${headings.changed[language]}:`, '', ...changesLines(stop, language)]),
    ...(step === undefined || kind !== 'step' ? [] : undoLines(step, language)),
    '',
  ];
}

/** A handout: every step with its reason, its commands, what they changed and their undo. */
export function markdown(recording: Recording, language: Language): string {
  const { header } = recording;
  const steps = header.steps.length;
  const title = { en: `${header.name}: ${steps} steps`, zh: `${header.name}：共 ${steps} 步` };
  const lines = [
    `# ${plain(title[language])}`,
    '',
    `*${plain(originOf(header)[language])}*`,
    '',
    headings.legend[language],
    '',
    ...(recording.cut ? [said.cut[language], ''] : []),
    ...stopsOf(recording)
      .filter(({ kind }) => kind !== 'start')
      .flatMap((stop) => stopLines(stop, language)),
  ];
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
