import type { Results } from '../json/results.ts';
import { shellLine } from '../model/command.ts';
import type { Resource } from '../model/resource.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import { type FastId, mergedInto, mergesOf, type StepId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { chapterOf } from '../render/groups.ts';
import { hereDocument } from '../render/input.ts';
import { wrap } from '../render/wrap.ts';
import { say, type Voice } from '../run/context.ts';
import { teardownIds } from './step-ids.ts';
import { callsOf } from './step-notes.ts';
import { exampleStep, type Tools } from './tools.ts';

export type ShownStep = Results['explain words']['steps'][number];

const nameOf = (resource: Resource): string => {
  const { kind } = resource;
  switch (kind) {
    case 'link':
    case 'peer':
      return resource.name;
    case 'link-setting':
      return `${resource.link} ${resource.setting}${resource.value === '' ? '' : ` ${resource.value}`}`;
    case 'bridge-settings':
      return resource.link;
    case 'address':
      return `${resource.address} ${resource.link}`;
    case 'route':
      return resource.via === undefined ? resource.to : `${resource.to} via ${resource.via}`;
    case 'sysctl':
      return `${resource.key}=${resource.value}`;
    case 'firewall-rule':
      return `${resource.rule.rule} ${resource.rule.bridge}`;
    case 'nft-table':
      return resource.table;
    case 'nft-rule':
      return `${resource.rule.rule} ${resource.rule.bridge}`;
    case 'connections':
      return resource.address;
    case 'cgroup':
      return resource.cgroup;
    case 'mount':
    case 'file':
      return resource.path;
    case 'hostname':
      return resource.hostname;
    case 'program':
      return resource.program;
    case 'process':
      return resource.container;
    default:
      return kind;
  }
};

/** A command as it is typed, with its input. */
function asTyped(command: Command, tools: Tools): readonly string[] {
  const lines = tools.lines(command);
  if (command.input === undefined) return lines;
  const { opening, rest } = hereDocument(command);
  return [...lines.slice(0, -1), `${lines.at(-1)} ${opening}`, ...rest];
}

function form(id: StepId): Text {
  if ((teardownIds as readonly string[]).includes(id)) {
    return { en: 'a step of the way back', zh: '撤销时的一步' };
  }
  const into: readonly FastId[] | undefined = Object.entries(mergedInto).find(
    ([staged]) => staged === id,
  )?.[1];
  if (into === undefined) {
    const merged = mergesOf(id as FastId).join(', ');
    return {
      en: `of the fast plan; does the work of ${merged}`,
      zh: `快速计划中的一步；完成这些步骤的工作：${merged}`,
    };
  }
  const fast = into.filter((one) => one !== id);
  if (fast.length === 0) return { en: 'of both plans', zh: '两种计划都有' };
  return {
    en: `of the staged plan; the fast plan does it in ${fast.join(', ')}`,
    zh: `分步计划中的一步；快速计划里由 ${fast.join('、')} 完成`,
  };
}

/** What there is to say about a step, as data. */
export function shownStep(tools: Tools, id: StepId): ShownStep | undefined {
  const step = exampleStep(tools, id);
  if (step === undefined) return undefined;
  const made = step.commands.flatMap(madeBy);
  return {
    id,
    form: form(id),
    title: step.title,
    why: step.why,
    commands: step.commands.map((command) => asTyped(command, tools).join('\n')),
    undo: step.commands.flatMap(tools.undo).map(shellLine),
    makes: made.map((resource) => ({ kind: resource.kind, name: nameOf(resource) })),
    tutorial: callsOf(id).map(({ name, sends }) => ({ name, sends })),
  };
}

const labels = {
  commands: { en: 'Commands of the plan:', zh: '计划里的命令：' },
  undo: { en: 'Undo:', zh: '撤销：' },
  goes: {
    en: 'nothing to run: it goes with the container or the interface',
    zh: '不需要命令：随容器或接口一起消失',
  },
  back: { en: 'it is itself an undo', zh: '它本身就是撤销' },
  makes: { en: 'Makes:', zh: '得到：' },
  tutorial: { en: 'The C++ tutorial calls:', zh: 'C++ 教程里的调用：' },
  more: { en: 'and', zh: '另有' },
} satisfies Record<string, Text>;

const shownAtMost = 12;

/** The lines of a list, cut where it becomes too long. */
function some(voice: Voice, lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most + 1) return lines;
  return [...lines.slice(0, most), `… ${say(voice, labels.more)} ${lines.length - most}`];
}

/** A step, for a person. */
export function stepText(voice: Voice, step: ShownStep, columns: number): string {
  const chapter = chapterOf({ id: step.id as StepId } as Step);
  const indent = (lines: readonly string[]) => lines.map((line) => `  ${escapeControls(line)}`);
  const undo =
    step.undo.length > 0
      ? step.undo
      : [
          say(
            voice,
            (teardownIds as readonly string[]).includes(step.id) ? labels.back : labels.goes,
          ),
        ];
  const makes = [...new Set(step.makes.map(({ kind, name }) => `${kind}  ${name}`))];
  return [
    `${step.id}   ${escapeControls(say(voice, step.title))}`,
    ...wrap(
      `${say(voice, step.form)}${chapter === undefined ? '' : ` · ${say(voice, chapter)}`}`,
      columns,
    ),
    '',
    ...wrap(say(voice, step.why), columns),
    '',
    say(voice, labels.commands),
    ...step.commands.flatMap((command) => some(voice, indent(command.split('\n')), shownAtMost)),
    '',
    say(voice, labels.undo),
    ...indent(some(voice, undo, shownAtMost)),
    ...(makes.length === 0
      ? []
      : ['', say(voice, labels.makes), ...indent(some(voice, makes, shownAtMost))]),
    ...(step.tutorial.length === 0 ? [] : ['', say(voice, labels.tutorial)]),
    ...step.tutorial.flatMap(({ name, sends }) => [
      ...(name === '—' ? [] : [`  ${name}`]),
      ...wrap(say(voice, sends), columns - 4).map((line) => `    ${line}`),
    ]),
  ].join('\n');
}
