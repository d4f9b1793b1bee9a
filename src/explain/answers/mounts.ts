import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, notRoot } from './answer.ts';

/** What mount(8), pivot_root(8) and chroot(1) answer. */
export const mounts = {
  'no-mount-point': answer(
    /mount point does not exist/,
    t('The directory on which to mount is not there.', '要挂载到的目录不存在。'),
    [t('it was not made yet', '还没有创建')],
    t(
      'mkdir -p DIRECTORY first, or the option x-mount.mkdir.',
      '先 mkdir -p 目录，或加选项 x-mount.mkdir。',
    ),
  ),
  'no-mount-source': answer(
    /special device \S+ does not exist/,
    t('What should be mounted is not there.', '要挂载的东西不存在。'),
    [
      t(
        '-t is misspelt or missing: then mount takes the word for a disk',
        '-t 写错或漏写：mount 会把这个词当成磁盘',
      ),
      t('--bind: the source is not there', '--bind：源目录不存在'),
    ],
    t(
      'Write -t tmpfs, -t proc, … or check the source.',
      '写上 -t tmpfs、-t proc 等，或检查源路径。',
    ),
  ),
  'mount-root': answer(
    /must be superuser to (?:use )?(?:u?mount)/,
    t(
      'Mounting needs the capability sys_admin in this mount namespace.',
      '挂载需要在这个挂载命名空间里拥有 sys_admin 能力。',
    ),
    [notRoot],
    asRoot,
  ),
  'not-mounted': answer(
    /umount: .*: not mounted/,
    t(
      'Nothing is mounted on this directory, in this mount namespace.',
      '在这个挂载命名空间里，该目录上没有挂载。',
    ),
    [
      t('it was mounted in the namespace of a container', '它是在容器的命名空间里挂载的'),
      t('it is unmounted already', '已经卸载了'),
    ],
    t(
      'findmnt lists the mounts; nsenter --target PID --mount findmnt those of a container.',
      '用 findmnt 列出挂载；容器的用 nsenter --target 进程号 --mount findmnt。',
    ),
  ),
  'target-busy': answer(
    /target is busy/,
    t(
      'Somebody uses the mount: a process is in it, or has a file of it open.',
      '挂载正被使用：有进程在里面，或打开着其中的文件。',
    ),
    [
      t('your own shell is in it', '你自己的 shell 就在里面'),
      t('something else is mounted below', '下面还有别的挂载'),
    ],
    t(
      'cd /; fuser -vm DIRECTORY shows who. umount --lazy takes it off at once.',
      '先 cd /；fuser -vm 目录 看谁在用；umount --lazy 可立即卸下。',
    ),
  ),
  'pivot-busy': answer(
    /pivot_root: .*(?:Device or resource busy|Invalid argument)/,
    t(
      'The new root must be a mount of its own, other than the present root, and must not be shared.',
      '新的根必须是单独的挂载，不能就是当前的根，也不能是共享挂载。',
    ),
    [
      t('the directory is not a mount', '该目录不是挂载点'),
      t(
        'mounts are shared: unshare --propagation private is missing',
        '挂载是共享的：漏了 unshare --propagation private',
      ),
    ],
    t('mount --bind DIRECTORY DIRECTORY first.', '先执行 mount --bind 目录 目录。'),
  ),
  'chroot-program': answer(
    /chroot: failed to run command .*: No such file or directory/,
    t(
      'The program is not in the new root, or the loader that it needs is not.',
      '新的根里没有这个程序，或没有它需要的动态加载器。',
    ),
    [
      t('the root file system is empty or not unpacked', '根文件系统是空的或没有解开'),
      t('a dynamic program without its libraries', '动态链接的程序缺少库'),
    ],
    t(
      'ls ROOT/bin; ctr rootfs create DIRECTORY makes one that works.',
      'ls 根/bin 看看；ctr rootfs create 目录 可以创建能用的根文件系统。',
    ),
  ),
} satisfies Readonly<Record<string, Answer>>;
