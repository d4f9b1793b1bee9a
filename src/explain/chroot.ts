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
    en: 'why a process can escape from chroot, but not from pivot_root',
    zh: '为什么进程能逃出 chroot，却逃不出 pivot_root',
  },
  text: [
    {
      en: "The tutorial sets its container's root with chroot. chroot changes only one thing: where the process starts to look up a path that begins with /. The host's file systems stay mounted, and .. stops only at the root of the process. A superuser in the chroot calls chroot again for a deeper directory, and keeps the working directory outside of it. From there .. never meets the root of the process, and leads up to the root of the host.",
      zh: '教程用 chroot 设置容器的根。chroot 只改变一件事：进程从哪里开始查找以 / 开头的路径。宿主机的文件系统仍然都挂载着，而 .. 只在进程自己的根目录处停下。chroot 里的 root 用户可以再对更深的目录调用一次 chroot，并把工作目录留在它外面。从那里出发，.. 碰不到进程的根，一直通到宿主机的根目录。',
    },
    {
      en: 'ctr gives the container its own mount namespace, which has its own list of mounts. pivot_root makes the new root the root of this namespace, and ctr unmounts the old one. No path leads to files of the host any more: .. of the root is the root itself.',
      zh: 'ctr 给容器一个独立的挂载命名空间 (mount namespace)，其中有一份独立的挂载表。pivot_root 把新的根设为这个命名空间的根，ctr 再卸载旧的根。此后没有任何路径通向宿主机的文件：根目录的 .. 就是根目录自己。',
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
          en: 'The escape, with programs that every root file system has:',
          zh: '逃逸的方法，只用每个根文件系统里都有的程序：',
        },
        line: 'cat labex/climb',
      },
      {
        says: {
          en: 'The escape in this chroot reaches the root of the host:',
          zh: '在这个 chroot 里逃逸，到达宿主机的根目录：',
        },
        line: 'chroot labex /bin/sh /climb',
      },
      {
        says: {
          en: 'The same attempt in a container of ctr, with the same root file system, reaches only the root of the container:',
          zh: '在 ctr 的容器里，用同一个根文件系统做同样的尝试，只到达容器自己的根目录：',
        },
        line: 'ctr --quiet up labex.json -- /bin/sh /climb',
      },
    ],
    moral: {
      en: 'chroot changes where a lookup starts; pivot_root changes the root of the mount namespace. ctr plan CONFIG shows the commands in the steps stage-root, mount-root and pivot-root.',
      zh: 'chroot 只改变路径查找的起点；pivot_root 改变整个挂载命名空间的根。ctr plan 配置 会显示这些命令，见 stage-root、mount-root、pivot-root 三步。',
    },
  },
};
