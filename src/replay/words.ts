import type { Text } from '../model/text.ts';
import type { Header } from '../recording/recording.ts';
import type { Stop } from '../recording/stops.ts';

/** Which stop is viewed: `step 5 of 17`. */
export function positionOf({ kind, number }: Stop, total: number): Text {
  switch (kind) {
    case 'start':
      return { en: `before step 1 of ${total}`, zh: `第 1 步之前，共 ${total} 步` };
    case 'step':
      return { en: `step ${number + 1} of ${total}`, zh: `第 ${number + 1} 步，共 ${total} 步` };
    case 'back':
      return {
        en: `step ${number + 1} of ${total}, undone`,
        zh: `第 ${number + 1} 步已撤销，共 ${total} 步`,
      };
    case 'by-hand':
      return { en: `by hand, after step ${number + 1}`, zh: `第 ${number + 1} 步之后的手工操作` };
    case 'end':
      return { en: `after everything was undone`, zh: `全部撤销之后` };
  }
}

/** The title of a stop. */
export function titleOf({ kind, step }: Stop): Text {
  if (kind === 'start') {
    return { en: 'The host before the first step', zh: '第一步之前的主机' };
  }
  if (kind === 'end') return { en: 'The way back', zh: '撤销所有改动' };
  if (kind === 'by-hand')
    return { en: 'What somebody did in a shell', zh: '在 shell 里手工做的改动' };
  return step?.title ?? { en: '', zh: '' };
}

/** Where and when it was recorded. */
export function originOf({ made, place, kernel, ctr, tools }: Header): Text {
  const when = `${made.slice(0, 10)} ${made.slice(11, 16)} UTC`;
  const versions = Object.entries(tools).map(([name, version]) => `${name} ${version}`);
  const with_ = [`Linux ${kernel}`, ...versions, `ctr ${ctr}`].join(', ');
  return place === 'sandbox'
    ? {
        en: `recorded ${when} in a sandbox host: ${with_}`,
        zh: `${when} 在沙盒主机里录制：${with_}`,
      }
    : { en: `recorded ${when}: ${with_}`, zh: `${when} 录制：${with_}` };
}

export const said = {
  recording: { en: 'RECORDING', zh: '录制回放' },
  // Before a position: English has a blank there.
  viewing: { en: 'viewing ', zh: '正在查看' },
  changed: { en: 'what changed', zh: '有哪些变化' },
  legend: {
    en: '+ new   - gone   ~ changed   → moved   ! a side effect: nobody asked for it',
    zh: '+ 新增   - 消失   ~ 变化   → 移动   ! 附带影响：不是命令直接要求的',
  },
  unchanged: { en: 'nothing that is compared has changed', zh: '所比较的内容没有变化' },
  unread: { en: 'the host was not read after this step', zh: '这一步之后没有读取主机状态' },
  missing: { en: 'did not appear', zh: '没有出现' },
  failed: { en: 'this step failed', zh: '这一步失败' },
  undoOf: { en: 'undo in this run', zh: '本次运行中的撤销' },
  noUndo: { en: 'nothing to undo', zh: '无需撤销' },
  last: {
    en: 'This was the last step. b goes back, q quits.',
    zh: '已到最后一步。b 后退，q 退出。',
  },
  first: { en: 'This is the beginning. n goes on.', zh: '已在开头。n 前进。' },
  viewOnly: {
    en: 'Only the view goes back: a recording undoes nothing.',
    zh: '只是把视图移回去：回放不会撤销任何东西。',
  },
  cut: {
    en: 'The recording ends in the middle: ctr was killed while it ran.',
    zh: '录制在中途结束：当时 ctr 被强制终止。',
  },
  contents: {
    en: 'standard input: the contents of the file, which are not recorded',
    zh: '标准输入：文件的内容（不录制）',
  },
} satisfies Record<string, Text>;

/** The keys of a replay, in the order in which they are shown. */
export const keyNames: readonly (readonly [key: string, does: Text])[] = [
  ['n', { en: 'next', zh: '下一步' }],
  ['b', { en: 'back', zh: '后退' }],
  ['i', { en: 'inspect', zh: '查看状态' }],
  ['e', { en: 'explain', zh: '讲解' }],
  ['g', { en: 'graph', zh: '拓扑图' }],
  ['r', { en: 'rest', zh: '放完' }],
  ['q', { en: 'quit', zh: '退出' }],
  ['?', { en: 'help', zh: '帮助' }],
];

export const keyHelp: readonly (readonly [key: string, does: Text])[] = [
  [
    'n',
    {
      en: 'the next step and what it changed (also Enter, space, →)',
      zh: '下一步及其带来的变化（也可按回车、空格、→）',
    },
  ],
  [
    'b',
    { en: 'the step before; only the view moves (also ←)', zh: '上一步；只移动视图（也可按 ←）' },
  ],
  [
    'i',
    { en: 'what is in each network namespace at this point', zh: '此刻每个网络命名空间里有什么' },
  ],
  [
    'e',
    {
      en: 'why this step, its whole commands, and their undo',
      zh: '这一步的原因、完整命令和撤销方法',
    },
  ],
  ['g', { en: 'a picture of the network at this point', zh: '此刻的网络拓扑图' }],
  ['r', { en: 'all steps that are left', zh: '播放剩下的所有步骤' }],
  ['q', { en: 'quit (also Ctrl-C)', zh: '退出（也可按 Ctrl-C）' }],
];
