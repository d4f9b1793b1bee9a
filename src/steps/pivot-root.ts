import { cmd, pidOf } from '../command.ts';
import type { ContainerStep } from '../step.ts';
import { helperDirectory, helperName, stagingOf } from './staging.ts';

/**
 * pivot_root(2), nsenter(1). After the pivot, `--root=/` is opened before the namespace is
 * entered: the tools are still the host's, and the path goes through /proc/PID/root.
 */
export const pivotRoot: ContainerStep = (container, { facts }) => {
  const root = `${stagingOf(container, facts)}/root`;
  const pid = pidOf(container.name);
  // The old root covers the helper of `ctr exec` until it is let go of: then that is seen again.
  const old = `/root${helperDirectory}`;
  const [covered] = facts.helper;
  return {
    id: 'pivot-root',
    of: container.name,
    title: {
      en: `Make it ${container.name}'s /, and let go of the host's`,
      zh: `把它变成 ${container.name} 的 /，并放开宿主机的根`,
    },
    why: {
      en: 'chroot only changes where names are looked up, and a process can climb out of it. pivot_root swaps the roots of the whole mount namespace, and then the old one is detached: there is no way back.',
      zh: 'chroot 只改变查找路径的起点，进程可以爬出去。pivot_root 交换整个挂载命名空间的根，再把旧根卸下：没有回去的路。',
    },
    commands: [
      { argv: cmd`nsenter --target ${pid} --mount pivot_root ${root} ${root}${helperDirectory}` },
      {
        argv: cmd`nsenter --target ${pid} --mount --root=/ --wd=/ umount --no-mtab --no-canonicalize --lazy /proc/${pid}${old}`,
      },
      ...(covered === undefined
        ? []
        : [{ argv: cmd`test -e /proc/${pid}${old}/${helperName(covered)}` }]),
    ],
    effects: [{ kind: 'mount', where: container.name, what: '/' }],
  };
};
