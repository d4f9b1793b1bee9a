import { shellLine, shellQuote, variable } from '../command.ts';
import { toolPath } from '../engine/tool-path.ts';
import type { Plan } from '../plan.ts';
import { type Command, type Step, undosOf } from '../step.ts';
import type { Language } from '../text.ts';
import { type Undo, undoArgv } from '../undo.ts';
import type { RenderOptions } from './index.ts';
import { hereDocument } from './input.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

const heads = {
  en: (name: string) => [
    `ctr plan of ${name} as a script: builds it, waits for its first command, takes it back.`,
    'Run it as root: sh THIS-FILE. It needs no ctr and no Node.',
    "Standard input and output are the first container's; with a terminal, its terminal.",
  ],
  zh: (name: string) => [
    `${name} 的 ctr 计划，写成脚本：搭好，等第一个命令结束，再全部拆除。`,
    '以 root 运行：sh 本文件。不需要 ctr，也不需要 Node。',
    '标准输入输出属于第一个容器；有终端时，终端归它用。',
  ],
} satisfies Record<Language, (name: string) => readonly string[]>;

function comments(text: string): readonly string[] {
  return wrap(text, 96).map((line) => `# ${visible(line)}`);
}

/** The shell function that takes one change back, if it is ours and still there. */
function undoBody(undo: Undo): readonly string[] {
  const line = shellLine(undoArgv(undo));
  switch (undo.kind) {
    case 'delete-link':
      return [
        `ip -d link show dev ${shellQuote(undo.link)} 2>/dev/null | grep -q " group ${undo.group} " || return 0`,
        line,
      ];
    case 'restore-sysctl':
      return [`[ "$(cat /proc/sys/${undo.key} 2>/dev/null)" = ${undo.ours} ] || return 0`, line];
    case 'delete-rule':
      return [line];
    case 'remove-cgroup':
      return [`${line} 2>/dev/null || { sleep 0.2; ${line}; }`];
    case 'end-container': {
      const pid = variable(undo.container);
      return [
        `[ -n "\${${pid}-}" ] || { kill "\${${pid}_parent-}" 2>/dev/null; return 0; }`,
        `kill -s KILL "$${pid}" 2>/dev/null`,
        `wait "$${pid}_parent" 2>/dev/null`,
      ];
    }
  }
}

function commandLines(command: Command, first: boolean): readonly string[] {
  const line = shellLine(command.argv);
  if (command.starts !== undefined) {
    const pid = variable(command.starts);
    const input = first ? '<&7' : '</dev/null';
    return [
      `${line} ${input} 3<"$dir/gate" 4>"$dir/pid" 5>&2 7<&- 8<&- 9<&- &`,
      `${pid}_parent=$!`,
      `read_pid "$${pid}_parent"`,
      `${pid}=$pid`,
    ];
  }
  if (command.gates !== undefined) return command.gates.map(() => `${line} >&8`);
  if (command.input === undefined) return [line];
  const { opening, rest } = hereDocument(command);
  return [`${line} >/dev/null ${opening}`, ...rest];
}

interface Chunk {
  readonly functions: readonly string[];
  readonly body: readonly string[];
}

function stepChunk(step: Step, index: number, language: Language, attached: string): Chunk {
  const functions: string[] = [];
  const body: string[] = [
    '',
    `# ── ${index + 1}. ${visible(step.title[language])}`,
    ...comments(step.why[language]),
    `step=${shellQuote(`${index + 1} ${step.id} ${step.of}`)}`,
  ];
  if (step.commands.length === 0)
    body.push(
      `# ${{ en: 'shared with a run that is up', zh: '与正在运行的另一个共用' }[language]}`,
    );
  for (const [number, command] of step.commands.entries()) {
    for (const [part, undo] of undosOf(command).entries()) {
      const name = `undo_${index + 1}_${number + 1}${part === 0 ? '' : `_${part + 1}`}`;
      functions.push(`${name}() {`, ...undoBody(undo).map((line) => `  ${line}`), '}');
      body.push(`undos="${name} $undos"`);
    }
    body.push(...commandLines(command, command.starts === attached));
  }
  return { functions, body };
}

/**
 * The plan as a POSIX script. A descriptor each: 3, 4 and 5 as the gate wants them, 7 the first
 * container's input, 8 and 9 the script's ends of the gate and of the pids.
 */
export function renderScript(plan: Plan, options: RenderOptions): string {
  const { language } = options;
  const attached = plan.lab.containers[0]?.name ?? '';
  const chunks = plan.steps.map((step, index) => stepChunk(step, index, language, attached));
  const text = (en: string, zh: string) => (language === 'en' ? en : zh);
  const lines = [
    '#!/bin/sh',
    ...heads[language](plan.name).map((line) => `# ${line}`),
    `# ${text('What stands in single quotes is for the shells that are started here.', '单引号里的内容由这里启动的 shell 展开。')}`,
    '# shellcheck disable=SC2016',
    'set -eu',
    `PATH=${toolPath}`,
    'LC_ALL=C',
    'export PATH LC_ALL',
    'umask 022',
    'cd /',
    '',
    `# ${text('busybox has an ip of its own, which knows too little.', 'busybox 自带的 ip 功能太少。')}`,
    'ip -V 2>/dev/null | grep -q iproute2 || {',
    `  echo "${text('this needs ip of iproute2, and a shell that starts it', '需要 iproute2 的 ip，以及会启动它的 shell')}" >&2`,
    '  exit 4',
    '}',
    '',
    `# ${text('A child waits at the gate (a pipe) and says its pid on another.', '子进程在门口（一条管道）等待，并在另一条上报告 pid。')}`,
    'dir=$(mktemp -d)',
    'mkfifo "$dir/gate" "$dir/pid"',
    'exec 8<>"$dir/gate" 9<>"$dir/pid"',
    `# ${text('The first container reads the terminal, also when this script is standard input.', '第一个容器读终端，即使脚本本身是标准输入。')}`,
    'if [ -t 0 ]; then exec 7<&0',
    'elif (: </dev/tty) 2>/dev/null; then exec 7</dev/tty',
    'else exec 7</dev/null; fi',
    '',
    `# ${text('How each change is taken back, and which were made, the newest first.', '每处改动如何撤销，以及做过哪些，新的在前。')}`,
    ...chunks.flatMap((chunk) => chunk.functions),
    'undos=',
    `step=${shellQuote(text('before the first step', '第一步之前'))}`,
    'finish() {',
    '  code=$?',
    "  trap '' HUP INT TERM",
    '  trap - EXIT',
    '  set +e',
    '  if [ -n "$step" ]; then',
    `    echo "${text('this step failed, all is taken back', '这一步失败，全部撤销')}: $step" >&2`,
    '    code=5',
    '  fi',
    '  for undo in $undos; do "$undo"; done',
    '  rm -rf "$dir"',
    '  exit "$code"',
    '}',
    'trap finish EXIT',
    "trap 'step=; exit 129' HUP",
    "trap 'step=; exit 130' INT",
    "trap 'step=; exit 143' TERM",
    '',
    `# ${text('Reads the pid that a child says; a child that has died says none.', '读取子进程报告的 pid；已死的不会报告。')}`,
    'read_pid() {',
    `  (while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; echo none none >"$dir/pid") 9>&- &`,
    '  watch=$!',
    '  read -r _ pid <&9',
    '  kill "$watch" 2>/dev/null || :',
    '  [ "$pid" != none ]',
    '}',
    ...chunks.flatMap((chunk) => chunk.body),
    '',
    `# ── ${text('wait, then take it all back', '等待，然后全部拆除')}`,
    'step=',
    `wait "$${variable(attached)}_parent"`,
  ];
  return `${lines.join('\n')}\n`;
}
