import { type Argv, shellLine } from '../command.ts';
import { groupOf } from '../names.ts';
import type { Plan } from '../plan.ts';
import { type Command, type Step, undosOf } from '../step.ts';
import { takeBack } from '../take-back.ts';
import type { Language, Text } from '../text.ts';
import { undoArgv } from '../undo.ts';
import { chapterOf } from './groups.ts';
import type { RenderOptions } from './index.ts';
import { hereDocument } from './input.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

const columns = 78;
const indent = '     ';

/** Words that begin a new line of a long command: each starts another program. */
const programs = new Set(['setpriv', 'unshare', 'script', 'sh']);

/** A command, broken before each program it goes through so that it still is one command. */
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
    en: 'disappears with the container',
    zh: '随容器一起消失',
  },
  link: { en: 'disappears with the interface', zh: '随接口一起消失' },
  none: { en: 'nothing to undo', zh: '无需撤销' },
} satisfies Record<string, Text>;

/** What takes a step back whose commands have no undo of their own. */
function goesWith(step: Step): Text {
  if (step.id === 'release-child') return goes.none;
  const inside = step.effects.some((effect) => effect.where !== 'host');
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
    `${number}  ${bold(visible(say(step.title)))}   ${dim(step.id)}`,
    // What was said of one container need not be said of the next.
    ...(said.has(say(step.why)) ? [] : wrap(say(step.why), columns - indent.length)).map(
      (line) => indent + dim(line),
    ),
  ];
  said.add(say(step.why));
  for (const command of step.commands) {
    const shown = commandLines(command.argv).map(visible);
    lines.push(
      ...shown.map((line, index) =>
        colored(`${indent}${line}${index === shown.length - 1 ? suffixOf(command) : ''}`),
      ),
      ...(command.input === undefined ? [] : hereDocument(command).rest).map((line) =>
        colored(visible(line)),
      ),
    );
    for (const one of undosOf(command)) {
      const shared =
        one.shared === undefined
          ? ''
          : { en: '   # by the last run that uses it', zh: '   # 由最后使用它的运行实例执行' }[
              language
            ];
      lines.push(dim(`${indent}# ${undo}: ${visible(shellLine(undoArgv(one)))}${shared}`));
    }
  }
  for (const inherited of step.inherits ?? []) {
    const why = {
      en: 'created by another run; the last run that uses it runs',
      zh: '由另一个运行实例创建；最后使用它的运行实例执行',
    }[language];
    lines.push(dim(`${indent}# ${why}: ${visible(shellLine(undoArgv(inherited)))}`));
  }
  if (step.commands.length > 0 && step.commands.every((command) => undosOf(command).length === 0)) {
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

/** The plan for people: every command as they would type it, why, and how it is taken back. */
export function renderText(plan: Plan, options: RenderOptions): string {
  const { language } = options;
  const width = String(plan.steps.length).length;
  const lines = [visible(header(plan, options.title, language)), ''];
  let chapter = '';
  const said = new Set<string>();
  for (const [index, step] of plan.steps.entries()) {
    const next = chapterOf(step)[language];
    if (next !== chapter) {
      chapter = next;
      lines.push(paint(options.color).bold(`── ${chapter} ──`), '');
    }
    lines.push(...stepLines(step, String(index + 1).padStart(width + 1), options, said));
  }
  const undos = plan.steps.flatMap(({ inherits = [], commands }) => [
    ...inherits,
    ...commands.flatMap(undosOf),
  ]);
  lines.push(
    {
      en: '# The undo lines run from last to first: when the command ends, when a step fails, or on ctr down.',
      zh: '# 撤销命令从最后一条执行到第一条：在命令结束、某一步失败或运行 ctr down 时。',
    }[language],
    {
      en: '# Undos of one kind share a process, unless you give --one-by-one:',
      zh: '# 同类的撤销合用一个进程，除非用了 --one-by-one：',
    }[language],
    ...takeBack(undos, groupOf(plan.name)).flatMap((command) =>
      [
        `${shellLine(command.argv)}${suffixOf(command)}`,
        ...(command.input === undefined ? [] : hereDocument(command).rest),
      ].map((line) => visible(`#    ${line}`)),
    ),
  );
  return `${lines.join('\n')}\n`;
}
