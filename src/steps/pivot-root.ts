import { type Argv, cmd, pidOf } from '../model/command.ts';
import { helperDirectory, helperName } from '../model/container-root.ts';
import { enter } from '../model/where.ts';
import { stagingOf } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

/**
 * pivot_root(2), nsenter(1). After the pivot, nsenter opens `--root=/` before it enters the namespace, so the tools are
 * still the host's, and the path goes through /proc/PID/root.
 */
export const pivotRoot: ContainerStep = (container, { facts }) => {
  const root = `${stagingOf(container, facts)}/root`;
  const pid = pidOf(container.name);
  const inside = (words: Argv, hostRoot = false) =>
    enter(container.name, ['mount'], words, hostRoot);
  // The old root covers the helper of `ctr exec`; detaching it uncovers the helper.
  const old = `/root${helperDirectory}`;
  const [covered] = facts.helper;
  return {
    id: 'pivot-root',
    of: container.name,
    title: {
      en: `Make the new root ${container.name}'s /, and detach the host's root`,
      zh: `把新的根设为 ${container.name} 的 /，并卸载宿主机的根`,
    },
    why: {
      en: 'chroot only changes where the lookup of a path starts, and a process can climb out of it, so pivot_root makes the new root the / of the whole mount namespace, and moves the old one to a directory in it, /dev/.ctr. umount then detaches the old root: no path leads back to it, and /dev/.ctr shows the read-only copies of setpriv, chroot and env that ctr exec uses. The line with test -e changes nothing: it checks that setpriv can be seen there, which is so only once the old root is gone.',
      zh: 'chroot 只改变查找路径的起点，进程仍可能逃逸，所以用 pivot_root 把整个挂载命名空间的根换成新的根，旧根移到其中的目录 /dev/.ctr 下。再用 umount 卸载旧根，进程就没有路径可以回到宿主机的文件系统，/dev/.ctr 里则可以看到供 ctr exec 使用的 setpriv、chroot 和 env，它们是只读的。test -e 这一行不改变任何东西，只检查那里能否看到 setpriv：旧根卸下之后才看得到。',
    },
    commands: [
      {
        ...inside(cmd`pivot_root ${root} ${root}${helperDirectory}`),
        makes: [{ kind: 'mount', path: '/', container: container.name }],
      },
      {
        ...inside(cmd`umount --no-mtab --no-canonicalize --lazy /proc/${pid}${old}`, true),
        makes: [{ kind: 'mount', path: helperDirectory, container: container.name }],
      },
      // Changes nothing: verifies that the old root is gone.
      ...(covered === undefined
        ? []
        : [{ argv: cmd`test -e /proc/${pid}${old}/${helperName(covered)}`, makes: [] }]),
    ],
  };
};
