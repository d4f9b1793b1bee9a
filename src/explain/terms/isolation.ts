import { type Term, term } from './term.ts';

/** Words of containers: namespaces, mounts, privileges. */
export const isolation: Readonly<Record<string, Term>> = {
  namespace: term(
    ['namespace', '命名空间'],
    [
      'A view of one part of the kernel that a process shares only with others in the same namespace: network, mounts, process IDs, host name, IPC, users, cgroups, clocks. A container is a process in namespaces of its own; there is nothing else behind the word.',
      '内核某一部分的独立视图，只有同一命名空间里的进程共享：网络、挂载、进程号、主机名、IPC、用户、cgroup、时钟。容器就是处在自己命名空间里的进程，背后没有别的东西。',
    ],
    'lsns',
    ['namespaces'],
  ),
  netns: term(
    ['network namespace', '网络命名空间'],
    [
      'Interfaces, addresses, routes, firewall rules and sockets of its own. A new one has only lo, switched off. It exists as long as a process is in it, or something holds it open.',
      '自己的一套接口、地址、路由、防火墙规则和套接字。新建时只有停用的 lo。只要有进程在里面、或有东西引用它，它就存在。',
    ],
    'nsenter --target PID --net ip addr',
    ['network namespace'],
  ),
  'mount namespace': term(
    ['mount namespace', '挂载命名空间'],
    [
      'A list of mounts of its own: what is mounted inside is not seen outside, and the other way round, unless mounts are propagated.',
      '自己的一份挂载表：里面挂载的外面看不到，反之亦然，除非设置了挂载传播。',
    ],
    'nsenter --target PID --mount findmnt',
    ['mntns'],
  ),
  'pid namespace': term(
    ['PID namespace', 'PID 命名空间'],
    [
      'Process IDs of its own, from 1. When its process 1 ends, the kernel kills all others in it. The host sees the same processes under other numbers.',
      '自己的一套进程号，从 1 开始。1 号进程结束时，内核会结束里面的所有进程。宿主机看到的是同一批进程，编号不同。',
    ],
    'ctr ps',
    ['pidns'],
  ),
  'user namespace': term(
    ['user namespace', '用户命名空间'],
    [
      'User IDs of its own. Root inside can be nobody outside: uid_map says which number stands for which. Capabilities count only for what belongs to the namespace.',
      '自己的一套用户编号。里面的 root 在外面可以是无名用户，对应关系写在 uid_map。能力只对属于该命名空间的东西有效。',
    ],
    'cat /proc/PID/uid_map',
    ['userns', 'uid_map'],
  ),
  'uts namespace': term(
    ['UTS namespace', 'UTS 命名空间'],
    ['A host name of its own.', '自己的主机名。'],
    'nsenter --target PID --uts hostname',
    ['utsns', 'hostname'],
  ),
  'ipc namespace': term(
    ['IPC namespace', 'IPC 命名空间'],
    [
      'Shared memory, semaphores and message queues of its own.',
      '自己的共享内存、信号量和消息队列。',
    ],
    undefined,
    ['ipcns'],
  ),
  container: term(
    ['container', '容器'],
    [
      'A process in namespaces of its own, with a root directory of its own, few capabilities, and limits by a cgroup. The kernel has no object of that name.',
      '处在自己命名空间里的进程，有自己的根目录、较少的能力，并受 cgroup 限制。内核里没有叫“容器”的对象。',
    ],
    'ctr ps',
  ),
  overlay: term(
    ['overlay', 'overlay 文件系统'],
    [
      'A file system of two layers: what is read comes from the lower one, unless the upper one has it; what is written goes to the upper one. The lower one never changes.',
      '分两层的文件系统：读时优先看上层，没有再看下层；写入只进上层，下层永远不变。',
    ],
    'findmnt -t overlay',
    ['overlayfs', 'layer'],
  ),
  tmpfs: term(
    ['tmpfs', 'tmpfs'],
    [
      'A file system in memory; it is gone when it is unmounted.',
      '内存里的文件系统，卸载后内容消失。',
    ],
    'findmnt -t tmpfs',
  ),
  chroot: term(
    ['chroot', 'chroot'],
    [
      'Another root directory for one process. It is no wall: root climbs out.',
      '给一个进程换根目录。它不是隔离墙：root 能爬出去。',
    ],
  ),
  pivot_root: term(
    ['pivot_root', 'pivot_root'],
    [
      'Makes a mount the root of the whole mount namespace, and the old root an ordinary mount that can be taken off. After that nothing of the host is left to climb to; ctr explain chroot shows the difference.',
      '把一个挂载变成整个挂载命名空间的根，旧的根变成普通挂载并可卸下。之后没有宿主机的东西可以爬上去；ctr explain chroot 演示了差别。',
    ],
    'nsenter --target PID --mount findmnt',
    ['pivot-root'],
  ),
  'mount propagation': term(
    ['mount propagation', '挂载传播'],
    [
      'Whether a mount made here also appears in the other copies of the list: shared, slave, or private. A new mount namespace should be private.',
      '这里的挂载是否也出现在其他副本里：shared、slave 或 private。新的挂载命名空间应该用 private。',
    ],
    'findmnt -o TARGET,PROPAGATION',
    ['propagation', 'private', 'shared'],
  ),
  'bind mount': term(
    ['bind mount', '绑定挂载'],
    [
      'Showing a directory or file in a second place. ctr gives the container the device files of the host this way.',
      '把一个目录或文件也显示在另一处。ctr 用它把宿主机的设备文件给容器。',
    ],
    'findmnt',
    ['bind'],
  ),
  capability: term(
    ['capability', '能力'],
    [
      'A part of what root may do: net_admin for networks, sys_admin for mounts, and so on. A program of the container has only those that ctr leaves it.',
      'root 权力的一部分：net_admin 管网络，sys_admin 管挂载，等等。容器里的程序只有 ctr 留给它的那些。',
    ],
    'setpriv --dump',
    ['capabilities', 'bounding set'],
  ),
  cgroup: term(
    ['cgroup', '控制组'],
    [
      'A group of processes that the kernel counts and limits as one: memory, number of processes, CPU. What a member starts is a member.',
      '一组进程，内核把它们作为整体计数和限制：内存、进程数、CPU。成员启动的进程也是成员。',
    ],
    'cat /proc/PID/cgroup',
    ['control group', 'cgroups', 'limits'],
  ),
  no_new_privs: term(
    ['no_new_privs', 'no_new_privs'],
    [
      'A promise of a process that neither it nor its children gain rights by running a program, not even by set-user-ID root.',
      '进程的承诺：自己和子进程都不能靠运行程序获得权限，set-user-ID 的 root 程序也不行。',
    ],
    'setpriv --dump',
    ['no-new-privs'],
  ),
  'session keyring': term(
    ['session keyring', '会话密钥环'],
    [
      'Keys that the kernel holds for a login. A new one keeps a container from the keys of whoever started it.',
      '内核为一次登录保存的密钥。换一个新的，容器就拿不到启动者的密钥。',
    ],
    'keyctl show',
    ['keyring'],
  ),
  'pseudo-terminal': term(
    ['pseudo-terminal', '伪终端'],
    [
      'A terminal without a machine: what one program writes into one side, another reads at the other as if it was typed.',
      '没有实体的终端：一个程序写进一侧，另一个程序在另一侧读到，就像有人敲键盘。',
    ],
    'tty',
    ['pty', 'devpts'],
  ),
  gate: term(
    ['gate', '门'],
    [
      'ctr’s word for the pipe on which the first process of a container waits until its network and its root are ready. In the tutorial, nothing orders parent and child, and sometimes the child is faster.',
      'ctr 的用语：容器的第一个进程在这个管道上等待，直到网络和根都准备好。教程里父子进程没有约定先后，有时子进程跑得更快。',
    ],
    'ctr explain release-child',
  ),
  'sandbox host': term(
    ['sandbox host', '沙盒主机'],
    [
      'A private machine that ctr makes of namespaces: root inside, nobody outside. Beside it a second network namespace, the world, plays the internet.',
      'ctr 用命名空间搭出来的私有机器：里面是 root，外面什么也不是。旁边另一个网络命名空间扮演互联网。',
    ],
    'ctr sandbox',
    ['sandbox', 'world', '沙盒'],
  ),
};
