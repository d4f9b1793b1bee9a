import type { Text } from '../model/text.ts';

/** What the console of stepping says. */
export const words = {
  keys: {
    en: '[n]ext [b]ack [i]nspect [e]xplain [x]break [g]raph [r]un all [!]shell [h]ost [q]uit',
    zh: '[n]前进 [b]后退 [i]查看 [e]解释 [x]弄坏 [g]画图 [r]做完 [!]命令行 [h]宿主机 [q]退出',
  },
  faultKeys: {
    en: '[h]int [s]olution [f]ixed: check it [i]nspect [g]raph [!] shell [q]uit',
    zh: '[h]提示 [s]答案 [f]修好了：检查 [i]查看 [g]画图 [!]命令行 [q]退出',
  },
  start: { en: 'nothing has been done yet', zh: '还没有开始' },
  end: { en: 'all steps are done', zh: '全部步骤已完成' },
  tryIt: {
    en: 'try it: ! and then ping -c1 and an address; go back with b, and try again',
    zh: '试一试：按 ! 后用 ping -c1 加一个地址；再按 b 后退，重新试',
  },
  answer: { en: 'the answer', zh: '答案' },
  next: { en: 'next', zh: '下一步' },
  atStart: { en: 'this is the start', zh: '已经在起点' },
  noReturn: {
    en: 'this step cannot be taken back alone: to go back, ctr undoes everything and builds it again up to here',
    zh: '这一步无法单独撤销：后退时，ctr 会先全部撤销，再重新做到这里',
  },
  rebuilt: {
    en: 'undid everything, and built it again up to this point',
    zh: '已全部撤销，并重新做到这里',
  },
  equal: {
    en: 'state equals the snapshot from before this step: yes',
    zh: '状态与这一步之前的快照一致：是',
  },
  differs: {
    en: 'state equals the snapshot from before this step: no',
    zh: '状态与这一步之前的快照一致：否',
  },
  nothingChanged: { en: 'nothing changed', zh: '没有变化' },
  byHand: { en: 'by hand', zh: '手工改动' },
  byHandBack: {
    en: 'press b to take this back, n to go on with it',
    zh: '按 b 撤销这些改动，按 n 保留它们继续',
  },
  noFault: {
    en: 'nothing can be broken yet: go on with n',
    zh: '现在还没有可以弄坏的东西：先按 n 继续',
  },
  breakIt: {
    en: 'break something on purpose, and find it; with s, ctr puts it right (Esc: back):',
    zh: '故意弄坏一处，由你来找；按 s 时由 ctr 修好（Esc 返回）：',
  },
  surprise: { en: 'surprise me', zh: '随机，不告诉我是什么' },
  broken: {
    en: 'something is broken now: find it',
    zh: '现在有一处坏了：请找出来',
  },
  hint: { en: 'hint', zh: '提示' },
  solution: { en: 'it was', zh: '答案是' },
  putRight: { en: 'put right with', zh: '修复命令' },
  fixed: {
    en: 'fixed: the state is what it was before',
    zh: '修好了：状态和弄坏之前一致',
  },
  notFixed: { en: 'not yet', zh: '还没有修好' },
  stillDiffers: { en: 'this is still different:', zh: '仍有不同：' },
  answered: { en: 'your guess', zh: '你的猜测' },
  correct: { en: 'correct', zh: '猜对了' },
  notCorrect: { en: 'not this time', zh: '这次没猜对' },
  didNotAppear: {
    en: 'this is an error: the command succeeded, and what it makes is not there',
    zh: '出错：命令成功了，但它应当建立的东西不在',
  },
  failed: { en: 'this step failed', zh: '这一步失败了' },
  said: { en: 'said', zh: '输出' },
  undone: {
    en: 'everything is undone; the host is as it was before',
    zh: '已全部撤销；主机与开始之前一致',
  },
  shell: {
    en: 'a shell here; exit brings you back',
    zh: '这里的命令行；exit 返回',
  },
  unknownKey: { en: 'no such key', zh: '没有这个键' },
  colon: { en: ': ', zh: '：' },
  stop: { en: '. ', zh: '。' },
} satisfies Record<string, Text>;
