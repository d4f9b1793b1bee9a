import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, misspelt, notRoot } from './answer.ts';

/** What nsenter(1) and unshare(1) answer. */
export const processes = {
  'no-target': answer(
    /nsenter: cannot open \/proc\/\d+\/ns\/\w+: No such file or directory/,
    t(
      'There is no process of that pid; so there are no namespaces to enter.',
      '没有这个进程号，也就没有可进入的命名空间。',
    ),
    [
      t('the container has ended', '容器已经结束'),
      t('the pid is that of another PID namespace', '这是另一个 PID 命名空间里的进程号'),
    ],
    t('ctr ps shows the pids of containers that run.', '用 ctr ps 查看正在运行的容器的进程号。'),
  ),
  'target-denied': answer(
    /nsenter: (?:cannot open .*: Permission denied|reassociate .*: Operation not permitted)/,
    t(
      'The process belongs to somebody else, so its namespaces cannot be entered.',
      '该进程属于别人，不能进入它的命名空间。',
    ),
    [notRoot],
    asRoot,
  ),
  'no-program': answer(
    /failed to execute \S+: No such file or directory/,
    t(
      'The namespaces are fine; the command to run in them was not found.',
      '命名空间没问题，但要运行的命令找不到。',
    ),
    [
      misspelt,
      t(
        'with --mount, the root is that of the container, which has other programs',
        '带 --mount 时看到的是容器的根，里面的程序不同',
      ),
    ],
    t(
      'Write the whole path, or look into the directories of PATH there.',
      '写完整路径，或检查那里的 PATH。',
    ),
  ),
  'unshare-denied': answer(
    /unshare: unshare failed: Operation not permitted/,
    t(
      'New namespaces need root, or a user namespace of your own; the system may forbid that one.',
      '新建命名空间需要 root，或先有自己的用户命名空间；系统可能禁止后者。',
    ),
    [
      notRoot,
      t(
        'Ubuntu 23.10 and later restrict user namespaces (AppArmor)',
        'Ubuntu 23.10 起限制用户命名空间 (AppArmor)',
      ),
    ],
    t(
      'sudo, or unshare --user --map-root-user with it.',
      '用 sudo，或加上 unshare --user --map-root-user。',
    ),
  ),
  'namespace-limit': answer(
    /unshare failed: No space left on device/,
    t(
      'No more namespaces of this kind may be made. It has nothing to do with disks.',
      '这种命名空间的数量达到上限，与磁盘空间无关。',
    ),
    [
      t(
        'a limit in /proc/sys/user/max_*_namespaces; in a container of ctr with user_namespace it is 0',
        '/proc/sys/user/max_*_namespaces 的限制；ctr 带 user_namespace 的容器里是 0',
      ),
    ],
    t('cat /proc/sys/user/max_user_namespaces', 'cat /proc/sys/user/max_user_namespaces'),
  ),
} satisfies Readonly<Record<string, Answer>>;
