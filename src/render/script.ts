import { toolPath } from '../exec/tool-path.ts';
import { type Argv, shellLine, shellQuote, variable } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import type { Command, Step } from '../model/step.ts';
import type { Language } from '../model/text.ts';
import { wayBack } from '../plan.ts';
import { removalOf } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
import { escapeControls } from './escape-controls.ts';
import { hereDocument } from './input.ts';
import type { RenderOptions } from './options.ts';
import { forTerminal, standardInput } from './script-input.ts';
import { wrap } from './wrap.ts';

const heads = {
  en: (name: string) => [
    `ctr plan of ${name} as a script: brings it up, waits for its first command, undoes everything.`,
    'Run it as root: sh THIS-FILE. It needs no ctr and no Node.',
    "The first container gets this script's standard input and output. On a terminal, it gets its own pseudo-terminal.",
    'If sh reads this script from standard input (ctr plan … | sh), the container reads from the terminal, if there is one.',
  ],
  zh: (name: string) => [
    `${name} 的 ctr 计划，写成脚本：启动，等第一个命令结束，再全部撤销。`,
    '以 root 运行：sh 本文件。不需要 ctr，也不需要 Node。',
    '第一个容器使用本脚本的标准输入和标准输出；在终端上运行时，它有自己的伪终端。',
    '如果 sh 从标准输入读取本脚本 (ctr plan … | sh)，容器就从终端读取；没有终端时读不到任何内容。',
  ],
} satisfies Record<Language, (name: string) => readonly string[]>;

function comments(text: string): readonly string[] {
  return wrap(text, 96).map((line) => `# ${escapeControls(line)}`);
}

/** The body of the shell function that removes one resource, if it still exists and is ctr's. */
function undoBody(resource: Resource, language: Language): readonly string[] {
  const removal = removalOf(resource);
  if (removal === undefined) return [];
  const line = shellLine(removal.one(resource));
  return [...removal.guard(resource, language), ...(removal.script?.(resource) ?? [line])];
}

/**
 * Starts a container with the descriptors of the gate: 3, 4, and 5 for the container's standard error. Messages before
 * that are kept in a file, since keyctl(1) prints something even on success.
 */
function startLine(argv: Argv, input: string, said = '5>&2 2>>"$dir/said"'): string {
  // A shell starts background commands with SIGINT and SIGQUIT ignored; env(1) resets both for the container.
  const [env = 'env', ...words] = argv;
  const line = shellLine([env, '--default-signal=INT,QUIT', ...words]);
  return `${line} ${input} 3<"$dir/gate" 4>"$dir/pid" ${said} 7<&- 8<&- 9<&- &`;
}

/** The start on a terminal: with the terminal's actual type, and with the keys logged. */
function terminalLine(argv: Argv): string {
  return startLine(argv, '<&7', '2>>"$dir/said" 5>>"$dir/said"')
    .replace(/ TERM=\S+ /, ` TERM="\${TERM:-linux}" `)
    .replace(' script --quiet ', ' script --log-in "$dir/keys" --quiet ')
    .replace(' /dev/null <&7 ', ' --log-out /dev/null <&7 ');
}

/** A sed(1) script that replaces the lines which differ on a terminal. */
function changes(command: Command, onTerminal: Command): string {
  const [lines, others] = [command, onTerminal].map(({ input }) => String(input).split('\n'));
  return (lines ?? [])
    .flatMap((line, index) => {
      const other = others?.[index] ?? '';
      return line === other ? [] : [`${index + 1}c\\\n${other.replaceAll('\\', '\\\\')}`];
    })
    .join('\n');
}

/** @param onTerminal the same command in a plan with a terminal. */
function commandLines(command: Command, onTerminal: Command, first: boolean): readonly string[] {
  const line = shellLine(command.argv);
  const other = shellLine(onTerminal.argv);
  if (command.starts !== undefined) {
    const pid = variable(command.starts);
    const start = startLine(command.argv, first ? '<&7' : '</dev/null');
    const choice =
      line === other
        ? [start]
        : [
            'if [ -n "$terminal" ]; then',
            '  watch_keys <"$dir/keys" 8<&- 9<&- &',
            '  watcher=$!',
            `  ${terminalLine(onTerminal.argv)}`,
            'else',
            `  ${start}`,
            'fi',
          ];
    return [
      ...choice,
      `${pid}_parent=$!`,
      `read_pid "$${pid}_parent"`,
      `${pid}=$pid`,
      ...(first ? ['echo "$pid" >"$dir/first"'] : []),
    ];
  }
  if (command.gates !== undefined) return command.gates.map(() => `${line} >&8`);
  const choice = line === other ? line : `if [ -n "$terminal" ]; then ${other}; else ${line}; fi`;
  if (command.input === undefined) return [choice];
  const { opening, rest } = hereDocument(command);
  const edits = changes(command, onTerminal);
  return edits === ''
    ? [`${choice} >/dev/null ${opening}`, ...rest]
    : [`on_terminal ${shellQuote(edits)} ${opening} | ${choice} >/dev/null`, ...rest];
}

interface Chunk {
  readonly functions: readonly string[];
  readonly body: readonly string[];
  /** The undo function of each resource. */
  readonly undos: readonly (readonly [resource: Resource, name: string])[];
}

/** Names of the undo functions in the order of the way back. */
function undoOrder(plan: Plan, undos: ReadonlyMap<Resource, string>): readonly string[] {
  const removed = wayBack(plan).flatMap((step) =>
    step.commands.flatMap(({ removes = [] }) => removes),
  );
  return removed.flatMap((resource) => undos.get(resource) ?? []);
}

function stepChunk(
  step: Step,
  onTerminal: Step,
  index: number,
  language: Language,
  attached: string,
): Chunk {
  const functions: string[] = [];
  const undos: [Resource, string][] = [];
  const body: string[] = [
    '',
    `# ── ${index + 1}. ${escapeControls(step.title[language])}`,
    ...comments(step.why[language]),
    `step=${shellQuote(`${index + 1} ${step.id} ${step.of}`)}`,
  ];
  if (step.commands.length === 0)
    body.push(`# ${{ en: 'shared with another run', zh: '与另一个运行实例共用' }[language]}`);
  for (const [number, command] of step.commands.entries()) {
    for (const [part, made] of removableOf(command).entries()) {
      const name = `undo_${index + 1}_${number + 1}${part === 0 ? '' : `_${part + 1}`}`;
      undos.push([made, name]);
      functions.push(
        `${name}() {`,
        `  [ -n "\${made${name.slice('undo'.length)}-}" ] || return 0`,
        ...undoBody(made, language).map((line) => `  ${line}`),
        '}',
      );
      body.push(`made${name.slice('undo'.length)}=yes`);
    }
    const other = onTerminal.commands[number] ?? command;
    body.push(...commandLines(command, other, command.starts === attached));
  }
  return { functions, body, undos };
}

/**
 * The plan as a POSIX shell script. Descriptors: 3, 4 and 5 as in the gate, 7 the first container's input, 8 and 9 the
 * script's ends of the gate and of the pid pipe.
 */
export function renderScript(plan: Plan, options: RenderOptions): string {
  const { language } = options;
  const attached = plan.lab.containers[0]?.name ?? '';
  const { steps } = options.onTerminal ?? plan;
  const chunks = plan.steps.map((step, index) =>
    stepChunk(step, steps[index] ?? step, index, language, attached),
  );
  const text = (en: string, zh: string) => (language === 'en' ? en : zh);
  const lines = [
    '#!/bin/sh',
    ...heads[language](plan.name).map((line) => `# ${line}`),
    `# ${text('The shells that this script starts expand what is in single quotes.', '单引号里的内容由这里启动的 shell 展开。')}`,
    '# shellcheck disable=SC1003,SC2016',
    'set -eu',
    `PATH=${toolPath}`,
    'LC_ALL=C',
    'export PATH LC_ALL',
    'umask 022',
    'cd /',
    '',
    `# ${text('The ip of busybox lacks features that are needed here.', 'busybox 自带的 ip 缺少这里需要的功能。')}`,
    'ip -V 2>/dev/null | grep -q iproute2 || {',
    `  echo "${text('this script needs ip from iproute2, and a shell without a builtin ip', '需要 iproute2 的 ip，而且 shell 不能用内建的 ip 代替它')}" >&2`,
    '  exit 4',
    '}',
    '',
    `# ${text('A child reports its pid on one pipe and waits for a line on another, the gate.', '子进程在一条管道上报告 pid，并在另一条管道 (gate) 上等待一行输入。')}`,
    `# ${text("The child has the gate on descriptor 3, the pipe for its pid on 4, and its program's standard error on 5.", '子进程的描述符：3 是 gate，4 是报告 pid 的管道，5 是留给它的程序的标准错误。')}`,
    'dir=$(mktemp -d)',
    'mkfifo "$dir/gate" "$dir/pid" "$dir/keys"',
    ': >"$dir/said"',
    ...standardInput(language),
    'exec 8<>"$dir/gate" 9<>"$dir/pid"',
    ...(options.onTerminal === undefined ? [] : forTerminal(language)),
    '',
    `# ${text('Each function undoes one change, if it was made and still exists.', '每个函数撤销一处改动：只有已经做过而且仍然存在的才撤销。')}`,
    ...chunks.flatMap((chunk) => chunk.functions),
    `step=${shellQuote(text('before the first step', '第一步之前'))}`,
    'finish() {',
    '  code=$?',
    "  trap '' HUP INT QUIT TERM",
    '  trap - EXIT',
    '  set +e',
    '  if [ -n "$step" ]; then',
    `    echo "${text('this step failed, undoing everything', '这一步失败，全部撤销')}: $step" >&2`,
    '    grep -v "^Joined session keyring" "$dir/said" >&2',
    '    code=5',
    '  fi',
    ...undoOrder(plan, new Map(chunks.flatMap(({ undos }) => undos))).map((name) => `  ${name}`),
    ...(options.onTerminal === undefined
      ? []
      : [`  [ -z "$terminal" ] || { kill "\${watcher-}" 2>/dev/null; stty "$terminal" <&7; }`]),
    '  rm -rf "$dir"',
    '  exit "$code"',
    '}',
    'trap finish EXIT',
    "trap 'step=; exit 129' HUP",
    "trap 'step=; exit 130' INT",
    "trap 'step=; exit 131' QUIT",
    "trap 'step=; exit 143' TERM",
    '',
    `# ${text('Reads the pid that a child reports; for a dead child it reads "none".', '读取子进程报告的 pid；子进程已退出时读到 none。')}`,
    'read_pid() {',
    `  (while grep -qs "^State:.[^ZX]" "/proc/$1/status"; do sleep 0.1; done; echo none none >"$dir/pid") 9>&- &`,
    '  watch=$!',
    '  read -r _ pid <&9',
    '  kill "$watch" 2>/dev/null || :',
    '  [ "$pid" != none ]',
    '}',
    ...chunks.flatMap((chunk) => chunk.body),
    '',
    `# ── ${text('wait, then undo everything', '等待，然后全部撤销')}`,
    'step=',
    // util-linux before 2.40 prints this and exits 1 when SIGKILL ended the child.
    `wait "$${variable(attached)}_parent" || {`,
    '  code=$?',
    '  if [ "$code" = 1 ] && grep -q "sigprocmask unblock failed" "$dir/said"; then code=137; fi',
    '  exit "$code"',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
