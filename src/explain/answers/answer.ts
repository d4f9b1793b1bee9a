import { type Text, t } from '../../model/text.ts';

/** What the kernel or a tool answers, and what to make of it. */
export interface Answer {
  /** A line of the answer; tools of other versions word it differently. */
  readonly shape: RegExp;
  readonly means: Text;
  /** The likely causes, the likeliest first. */
  readonly causes: readonly Text[];
  readonly cure: Text;
}

export function answer(shape: RegExp, means: Text, causes: readonly Text[], cure: Text): Answer {
  return { shape, means, causes, cure };
}

export const notRoot = t('the command was run without root', '没有用 root 运行');

export const asRoot = t(
  'Run it with sudo, or in a sandbox: ctr sandbox -- COMMAND',
  '用 sudo 运行，或在沙盒里运行：ctr sandbox -- 命令',
);

export const misspelt = t('it is misspelt', '名字写错了');
