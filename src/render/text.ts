import { shellLine } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import { sharedAs } from '../model/resource.ts';
import { madeBy, type Step } from '../model/step.ts';
import type { Language, Text } from '../model/text.ts';
import { wayBack } from '../plan.ts';
import { removeArgv } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
import { columnsOf } from './columns.ts';
import { commandLines, widest, wrapShell } from './command-text.ts';
import { foldedLines, isFolded } from './depth.ts';
import { escapeControls } from './escape-controls.ts';
import { chapterOf } from './groups.ts';
import type { RenderOptions } from './options.ts';
import { paint } from './paint.ts';
import { wrap } from './wrap.ts';

const indent = '     ';

const goes = {
  container: {
    en: 'not needed, goes with the container',
    zh: '无需单独撤销，随容器一起消失',
  },
  link: { en: 'not needed, goes with the interface', zh: '无需单独撤销，随接口一起删除' },
  none: { en: 'nothing to undo', zh: '无需撤销' },
} satisfies Record<string, Text>;

/** What removes the resources of a step that has no undo. */
export function goesWith(step: Step): Text {
  const made = step.commands.flatMap(madeBy);
  if (made.every(({ kind }) => kind === 'program')) return goes.none;
  const inside = made.some((one) => 'container' in one && one.container !== undefined);
  return inside ? goes.container : goes.link;
}

/** A title with its number; what does not fit goes below it, not below the number. */
export function titleLines(
  step: Pick<Step, 'title' | 'id'>,
  number: string,
  { language, color, columns }: Pick<RenderOptions, 'language' | 'color' | 'columns'>,
): readonly string[] {
  const { bold, dim } = paint(color);
  const lead = `${number}  `;
  const title = escapeControls(step.title[language]);
  const room = (columns ?? widest) - lead.length;
  const fits = columnsOf(`${title}   ${step.id}`) <= room;
  if (columns === undefined || fits) return [`${lead}${bold(title)}   ${dim(step.id)}`];
  const lines = wrap(title, room).map(
    (line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${bold(line)}`,
  );
  return [...lines, `${' '.repeat(lead.length)}${dim(step.id)}`];
}

/** One step in one line, or more where the terminal has no room for it. */
export function foldedStep(
  step: Pick<Step, 'title'>,
  number: string,
  { language, columns = widest }: Pick<RenderOptions, 'language' | 'columns'>,
): readonly string[] {
  const lead = `${number}  `;
  const lines = wrap(escapeControls(step.title[language]), columns - lead.length);
  return lines.map((line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`);
}

/** The lines of a comment in a shell, indented below a step. */
function commentLines(text: string, columns: number | undefined): readonly string[] {
  if (columns === undefined) return [`${indent}# ${text}`];
  return wrap(text.replaceAll(/ {2,}/g, ' '), columns - indent.length - 4).map(
    (line, index) => `${indent}# ${index === 0 ? '' : '  '}${line}`,
  );
}

/** The reason of a step, unless it has just been given for another one. */
export function reasonLines(
  { why }: Pick<Step, 'why'>,
  { language, columns = widest }: Pick<RenderOptions, 'language' | 'columns'>,
  said: Set<string>,
): readonly string[] {
  const reason = why[language];
  if (said.has(reason)) return [];
  said.add(reason);
  return wrap(reason, columns - indent.length).map((line) => indent + escapeControls(line));
}

function stepLines(
  step: Step,
  number: string,
  options: RenderOptions,
  said: Set<string>,
): readonly string[] {
  const { language, columns, depth = 'full' } = options;
  const room = (columns ?? widest) - indent.length;
  if (isFolded(step, depth)) return foldedStep(step, number, options);
  const say = (text: Text) => text[language];
  const { dim } = paint(options.color);
  const comment = (text: string) => commentLines(text, columns).map(dim);
  const undo = { en: 'undo', zh: '撤销' }[language];
  // The purpose of a step is printed only once, not for every container.
  const lines = [...titleLines(step, number, options), ...reasonLines(step, options, said)];
  for (const command of step.commands) {
    const { typed, input } = commandLines(command, room);
    const fitted = columns === undefined ? typed : typed.flatMap((line) => wrapShell(line, room));
    lines.push(...fitted.map((line) => dim(`${indent}${line}`)), ...input.map(dim));
    for (const one of removableOf(command)) {
      const shared =
        sharedAs(one) === undefined
          ? ''
          : {
              en: '   (only when no other run uses it)',
              zh: '   （没有其他运行实例使用时才执行）',
            }[language];
      lines.push(...comment(`${undo}: ${escapeControls(shellLine(removeArgv(one)))}${shared}`));
    }
  }
  for (const inherited of step.inherits ?? []) {
    const why = {
      en: 'created by another run; the last run that uses it runs',
      zh: '由另一个运行实例创建；最后使用它的运行实例执行',
    }[language];
    lines.push(...comment(`${why}: ${escapeControls(shellLine(removeArgv(inherited)))}`));
  }
  const forward = step.commands.some(({ removes }) => removes === undefined);
  if (forward && step.commands.every((one) => removableOf(one).length === 0)) {
    lines.push(...comment(`${undo}: ${say(goesWith(step))}`));
  }
  return lines;
}

/** Steps of a part with an empty line around each that is shown in full. */
function sectionLines(shown: readonly (readonly string[])[], folded: readonly boolean[]): string[] {
  return shown.flatMap((lines, index) => {
    const apart = folded[index] !== true || folded[index + 1] !== true;
    return apart ? [...lines, ''] : lines;
  });
}

function header(plan: Plan, title: string, language: Language): string {
  const commands = plan.steps.reduce((sum, step) => sum + step.commands.length, 0);
  const steps = plan.steps.length;
  return {
    en: `# ${title}: ${plan.name}, ${steps} steps, ${commands} commands. Nothing has been run.`,
    zh: `# ${title}：${plan.name}，${steps} 步，${commands} 条命令。还没有运行任何命令。`,
  }[language];
}

const wayBackTitle: Text = { en: 'on the way back: undo everything', zh: '清理：撤销所有改动' };
const wayBackWhen: Text = {
  en: "These are the undo lines above, combined. ctr runs them when the container's command exits, when a step fails, or on ctr down. It skips what is already gone, what it did not create, and what another run still uses.",
  zh: '容器的命令退出、某一步失败或执行 ctr down 时，ctr 把上面的撤销命令合并执行。已经消失的、不是 ctr 创建的、其他运行实例仍在使用的，一律跳过。',
};

/** Lines that begin with `#`, as wide as the terminal. */
function remark(text: string, columns: number): readonly string[] {
  return wrap(text, columns - 2).map((line) => `# ${line}`);
}

/** The plan for people: each step's purpose, its commands as they would type them, and their undos. */
export function renderText(plan: Plan, options: RenderOptions): string {
  const { language, columns = widest, depth = 'full' } = options;
  const { bold } = paint(options.color);
  const width = String(plan.steps.length).length;
  const head = escapeControls(header(plan, options.title, language));
  const lines = [
    ...(options.columns === undefined ? [head] : remark(head.replace(/^# /, ''), columns)),
    '',
  ];
  const said = new Set<string>();
  const section = (steps: readonly Step[], numberOf: (index: number) => string) =>
    sectionLines(
      steps.map((step, index) => stepLines(step, numberOf(index), options, said)),
      steps.map((step) => isFolded(step, depth)),
    );
  const heading = (text: string) => [bold(`── ${text} ──`), ...(depth === 'brief' ? [] : [''])];
  let first = 0;
  while (first < plan.steps.length) {
    const chapter = chapterOf(plan.steps[first] as Step)?.[language];
    let next = first + 1;
    while (next < plan.steps.length && chapterOf(plan.steps[next] as Step)?.[language] === chapter)
      next += 1;
    const from = first;
    lines.push(...heading(chapter ?? ''));
    lines.push(
      ...section(plan.steps.slice(first, next), (index) =>
        String(from + index + 1).padStart(width + 1),
      ),
    );
    first = next;
  }
  const back = wayBack(plan);
  lines.push(...heading(wayBackTitle[language]));
  // With one line a step, no undo lines are above.
  if (depth !== 'brief') {
    const when = wayBackWhen[language];
    lines.push(
      ...(columns >= widest
        ? wrap(when, widest).map((line) => `# ${line}`)
        : remark(when, columns)),
      '',
    );
  }
  lines.push(...section(back, (index) => `↩${index + 1}`.padStart(width + 1)));
  const folded = foldedLines([...plan.steps, ...back], depth, language);
  lines.push(...folded.flatMap((line) => remark(line, columns)));
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}
