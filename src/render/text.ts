import { type Argv, shellLine } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import { sharedAs } from '../model/resource.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import type { Language, Text } from '../model/text.ts';
import { wayBack } from '../plan.ts';
import { removeArgv } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
import { escapeControls } from './escape-controls.ts';
import { chapterOf } from './groups.ts';
import { hereDocument } from './input.ts';
import type { RenderOptions } from './options.ts';
import { wrap } from './wrap.ts';

const columns = 78;
const indent = '     ';

/** Programs at which a long command is wrapped. */
const programs = new Set(['setpriv', 'unshare', 'script', 'sh']);

/** A command, wrapped before each program that it executes, so that it can still be pasted as one command. */
export function commandLines(argv: Argv): readonly string[] {
  const line = shellLine(argv);
  if (line.length <= columns - indent.length || argv[0] !== 'env') return [line];
  const parts: Argv[] = [];
  let part: Argv = [];
  for (const arg of argv) {
    if (part.length > 0 && typeof arg === 'string' && programs.has(arg)) {
      parts.push(part);
      part = [];
    }
    part = [...part, arg];
  }
  parts.push(part);
  return parts.map((words, index) => {
    const last = index === parts.length - 1;
    return `${index === 0 ? '' : '  '}${shellLine(words)}${last ? '' : ' \\'}`;
  });
}

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

function paint(color: boolean) {
  const style = (code: number) => (text: string) =>
    color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: style(1), dim: style(2), command: style(36) };
}

function suffixOf(command: Command): string {
  if (command.input !== undefined) return ` >/dev/null ${hereDocument(command).opening}`;
  if (command.starts !== undefined) return ' &';
  if (command.gates !== undefined) return ' >&3';
  return '';
}

function stepLines(
  step: Step,
  number: string,
  options: RenderOptions,
  said: Set<string>,
): readonly string[] {
  const { language } = options;
  const say = (text: Text) => text[language];
  const { bold, dim, command: colored } = paint(options.color);
  const undo = { en: 'undo', zh: '撤销' }[language];
  const lines = [
    `${number}  ${bold(escapeControls(say(step.title)))}   ${dim(step.id)}`,
    // The purpose of a step is printed only once, not for every container.
    ...(said.has(say(step.why)) ? [] : wrap(say(step.why), columns - indent.length)).map(
      (line) => indent + dim(line),
    ),
  ];
  said.add(say(step.why));
  for (const command of step.commands) {
    const shown = commandLines(command.argv).map(escapeControls);
    lines.push(
      ...shown.map((line, index) =>
        colored(`${indent}${line}${index === shown.length - 1 ? suffixOf(command) : ''}`),
      ),
      ...(command.input === undefined ? [] : hereDocument(command).rest).map((line) =>
        colored(escapeControls(line)),
      ),
    );
    for (const one of removableOf(command)) {
      const shared =
        sharedAs(one) === undefined
          ? ''
          : {
              en: '   (only when no other run uses it)',
              zh: '   （没有其他运行实例使用时才执行）',
            }[language];
      lines.push(dim(`${indent}# ${undo}: ${escapeControls(shellLine(removeArgv(one)))}${shared}`));
    }
  }
  for (const inherited of step.inherits ?? []) {
    const why = {
      en: 'created by another run; the last run that uses it runs',
      zh: '由另一个运行实例创建；最后使用它的运行实例执行',
    }[language];
    lines.push(dim(`${indent}# ${why}: ${escapeControls(shellLine(removeArgv(inherited)))}`));
  }
  const forward = step.commands.some(({ removes }) => removes === undefined);
  if (forward && step.commands.every((one) => removableOf(one).length === 0)) {
    lines.push(dim(`${indent}# ${undo}: ${say(goesWith(step))}`));
  }
  return [...lines, ''];
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
  zh: '把上面的撤销命令合并起来，就是 ctr 实际执行的清理：在容器的命令退出、某一步失败或执行 ctr down 时。已经消失的、不是 ctr 创建的、其他运行实例仍在使用的，一律跳过。',
};

/** The plan for people: each step's purpose, its commands as they would type them, and their undos. */
export function renderText(plan: Plan, options: RenderOptions): string {
  const { language } = options;
  const width = String(plan.steps.length).length;
  const lines = [escapeControls(header(plan, options.title, language)), ''];
  let chapter = '';
  const said = new Set<string>();
  for (const [index, step] of plan.steps.entries()) {
    const next = chapterOf(step)?.[language] ?? chapter;
    if (next !== chapter) {
      chapter = next;
      lines.push(paint(options.color).bold(`── ${chapter} ──`), '');
    }
    lines.push(...stepLines(step, String(index + 1).padStart(width + 1), options, said));
  }
  lines.push(
    paint(options.color).bold(`── ${wayBackTitle[language]} ──`),
    '',
    ...wrap(wayBackWhen[language], columns).map((line) => `# ${line}`),
    '',
  );
  for (const [index, step] of wayBack(plan).entries()) {
    lines.push(...stepLines(step, `↩${index + 1}`.padStart(width + 1), options, said));
  }
  lines.pop();
  return `${lines.join('\n')}\n`;
}
