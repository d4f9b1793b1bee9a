import { t } from '../../model/text.ts';
import { type Answer, answer, misspelt } from './answer.ts';

/** What sh(1) answers. */
export const shell = {
  'not-found': answer(
    /: (?:\d+: )?\S+: not found|command not found/,
    t(
      'The shell found no program of that name in the directories of PATH (exit code 127).',
      'shell 在 PATH 的目录里找不到这个程序（退出码 127）。',
    ),
    [
      misspelt,
      t('it is not installed, or not in the container', '没有安装，或容器里没有'),
      t('/sbin is not in PATH', 'PATH 里没有 /sbin'),
    ],
    t('echo $PATH; install the package that has it.', 'echo $PATH 看看；必要时安装相应软件包。'),
  ),
  'shell-denied': answer(
    /^(?:\S+: )?(?:\d+: )?\/\S+: Permission denied/m,
    t(
      'The file is there, but may not be run (exit code 126).',
      '文件在，但不能运行（退出码 126）。',
    ),
    [
      t('it has no x permission: chmod +x', '没有执行权限：chmod +x'),
      t('its file system is mounted noexec', '所在文件系统以 noexec 挂载'),
    ],
    t('ls -l FILE; findmnt -T FILE', '用 ls -l 文件 和 findmnt -T 文件 查看。'),
  ),
} satisfies Readonly<Record<string, Answer>>;
