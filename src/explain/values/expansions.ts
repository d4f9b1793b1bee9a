import { own } from '../../model/own.ts';
import { type Text, t } from '../../model/text.ts';
import { containerOf } from './names.ts';

/** Parameters of sh(1), and variables of the scripts that ctr prints. */
const parameters: Readonly<Record<string, Text>> = {
  0: t('$0, the first word after the text', '$0，脚本文字后面的第一个词'),
  1: t('the first word that was passed', '传入的第一个词'),
  2: t('the second word that was passed', '传入的第二个词'),
  4: t('the fourth word', '第四个词'),
  7: t('the seventh word', '第七个词'),
  '@': t('all words that were passed', '传入的所有词'),
  '!': t('the pid of what was started last in the background', '最近一个后台进程的进程号'),
  $: t('the pid of this shell', '这个 shell 自己的进程号'),
  '?': t('the exit code of the last command', '上一条命令的退出码'),
  '-': t('the options that this shell runs with', '这个 shell 的选项'),
  dir: t('the directory with the pipes of this script', '这个脚本放管道的目录'),
  pid: t('the pid that was read', '读到的进程号'),
  file: t('the name whose turn it is', '当前轮到的名字'),
  keys: t('the keys that were pressed, as bytes', '按下的键（字节）'),
  stat: t("the process's line in /proc", '进程在 /proc 里的那一行'),
  terminal: t('the settings of the terminal; empty without one', '终端的设置；没有终端时为空'),
  watcher: t('the pid of what watches the keys', '监视按键的进程号'),
  watch: t('the pid of what waits for the child to die', '等待子进程结束的进程号'),
  code: t('the exit code that was kept', '保存下来的退出码'),
  step: t('the step that is running', '正在执行的步骤'),
  go: t('the line that opens the gate', '开门的那一行'),
  TERM: t('the kind of terminal', '终端类型'),
  PATH: t('where programs are looked up', '到哪些目录里找程序'),
};

/** What the shell puts in the place of one expansion. */
export function expansion(text: string): Text {
  const name = /^\$\{?(\w+|[@!$?*#-])/.exec(text)?.[1] ?? '';
  const operator = /^\$\{\w+(:?[-+=?]|##?|%%?)/.exec(text)?.[1] ?? '';
  const container = containerOf(`$${name}`);
  const parent = /^(\w+)_pid_parent$/.exec(name)?.[1]?.replaceAll('_', '-');
  const made = /^made_([\d_]+)$/.exec(name)?.[1]?.replaceAll('_', '.');
  const known =
    parent !== undefined
      ? t(
          `the pid of the process that waits for container ${parent}`,
          `等待容器 ${parent} 的进程的进程号`,
        )
      : container !== undefined
        ? t(
            `the pid of container ${container}'s first process`,
            `容器 ${container} 第一个进程的进程号`,
          )
        : made !== undefined
          ? t(`whether command ${made} has run`, `命令 ${made} 是否执行过`)
          : (own(parameters, name) ?? t(`the variable ${name}`, `变量 ${name}`));
  if (operator.endsWith('-')) {
    return t(
      `${known.en}; nothing or a default, if it is not set`,
      `${known.zh}；没有设置时为空或用默认值`,
    );
  }
  if (operator.startsWith('#')) {
    return t(`${known.en}, without a part at its beginning`, `${known.zh}，去掉开头的一部分`);
  }
  if (operator.startsWith('%')) {
    return t(`${known.en}, without a part at its end`, `${known.zh}，去掉结尾的一部分`);
  }
  return known;
}
