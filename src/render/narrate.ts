import type { Event } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Step } from '../model/step.ts';
import type { Language, Text } from '../model/text.ts';
import { columnsOf } from './columns.ts';
import { wrapShell } from './command-text.ts';
import { type Depth, foldedLines, isFolded } from './depth.ts';
import { escapeControls } from './escape-controls.ts';
import { chapterOf } from './groups.ts';
import { hereDocument } from './input.ts';
import { undoMarks } from './lines.ts';
import { paint } from './paint.ts';
import { foldedStep, reasonLines, titleLines } from './text.ts';
import { wrap } from './wrap.ts';

export interface Narration {
  readonly plan: Plan;
  readonly language: Language;
  readonly color: boolean;
  /** Columns for text. */
  readonly columns: number;
  readonly depth: Depth;
  /** Told before the first step: how to go on. */
  readonly hint?: Text;
  readonly tell: (line: string) => void;
  /** Waits before a step that is shown in full, or in a plan of one line a step. @returns false when interrupted. */
  readonly pause: () => Promise<boolean>;
}

const indent = '     ';

/**
 * Tells a run as it happens: for each step its title and reason, each command before it runs, and what came of it.
 * @returns a view that is to be awaited: the next command runs when the audience is ready.
 */
export function narrate({
  plan,
  language,
  color,
  columns,
  depth,
  hint,
  tell,
  pause,
}: Narration): (event: Event) => Promise<void> {
  const { bold, dim } = paint(color);
  const said = new Set<string>();
  const total = plan.steps.length;
  const how = { language, color, columns };
  const say = (text: Text) => text[language];
  const below = (text: string, mark: string) =>
    wrap(text, columns - indent.length - columnsOf(mark)).map(
      (line, index) =>
        `${indent}${index === 0 ? mark : ' '.repeat(columnsOf(mark))}${escapeControls(line)}`,
    );
  const commandLine = (line: string) => wrapShell(line, columns - indent.length);
  let chapter: string | undefined;
  let before: Step | undefined;
  let spent = 0;
  /** Commands of the step that have been told. */
  let begun = 0;
  /** An interrupted run is not told on: what follows is not going to happen. */
  let silent = false;

  async function begin(step: Step, index: number, shared: boolean): Promise<void> {
    const folded = isFolded(step, depth);
    if (before !== undefined && (!folded || depth === 'brief')) silent = !(await pause());
    if (silent) return;
    if (!folded || (before !== undefined && !isFolded(before, depth))) tell('');
    before = step;
    spent = 0;
    begun = 0;
    const next = chapterOf(step)?.[language];
    if (next !== undefined && next !== chapter) {
      chapter = next;
      tell(bold(`── ${next} ──`));
      if (!folded) tell('');
    }
    const number = `${String(index + 1).padStart(String(total).length)}/${total}`;
    if (folded) {
      for (const line of foldedStep(step, number, how)) tell(line);
      return;
    }
    const lines = [...titleLines(step, number, how), ...reasonLines(step, how, said)];
    for (const line of lines) tell(line);
    if (shared) {
      const note = say({
        en: 'another run has done this already; this run only relies on it',
        zh: '另一个运行实例已经做过；本次运行只是依赖它',
      });
      for (const line of below(note, '· ')) tell(line);
    }
  }

  return async (event) => {
    const step = 'step' in event && event.step !== undefined ? plan.steps[event.step] : undefined;
    const folded = step !== undefined && isFolded(step, depth);
    switch (event.event) {
      case 'plan': {
        const commands = plan.steps.reduce((sum, one) => sum + one.commands.length, 0);
        const head = say({
          en: `${plan.name}: ${total} steps, ${commands} commands.`,
          zh: `${plan.name}：${total} 步，${commands} 条命令。`,
        });
        for (const line of wrap(
          hint === undefined ? head : `${head}${say({ en: ' ', zh: '' })}${say(hint)}`,
          columns,
        )) {
          tell(line);
        }
        return;
      }
      case 'step':
        if (step !== undefined) await begin(step, event.step, event.shared);
        return;
      case 'command': {
        if (step === undefined || folded || silent) return;
        const command = step.commands[begun];
        begun += 1;
        const fed = command?.input === undefined ? undefined : hereDocument(command);
        const line = `${event.line}${fed === undefined ? '' : ` ${fed.opening}`}`;
        for (const one of commandLine(line)) tell(dim(`${indent}${escapeControls(one)}`));
        for (const one of fed?.rest ?? []) tell(dim(escapeControls(one)));
        return;
      }
      case 'ran':
        spent += event.ms;
        return;
      case 'stepped':
        if (step === undefined || folded || step.commands.length === 0) return;
        tell(`${indent}✔ ${say({ en: `done in ${spent} ms`, zh: `完成，用时 ${spent} 毫秒` })}`);
        return;
      case 'failed':
        for (const line of below(event.failure.said || event.failure.line, '✘ ')) tell(line);
        return;
      case 'interrupted':
        tell('');
        tell(
          say({
            en: `${event.signal}: undoing everything`,
            zh: `${event.signal}：正在撤销所有改动`,
          }),
        );
        return;
      case 'undo': {
        const because = event.reason === undefined ? '' : `   (${event.reason})`;
        const mark = `${undoMarks[event.result]} `;
        const lines = commandLine(`${event.line}${because}`).map(escapeControls);
        tell(dim(`  ${mark}${lines.join(`\n    `)}`));
        return;
      }
      case 'ready': {
        tell('');
        for (const line of foldedLines(plan.steps, depth, language)) {
          for (const part of wrap(line, columns)) tell(part);
        }
        const done = say({
          en: `The network of ${plan.name} is ready; the command runs now.`,
          zh: `${plan.name} 的网络已就绪；命令现在开始运行。`,
        });
        for (const line of wrap(done, columns)) tell(line);
        tell('');
      }
    }
  };
}
