import { type Text, t } from '../../model/text.ts';
import { type Describe, told } from './about.ts';

/** What files are for, by the end or the whole of their path; the first that fits. */
const known: readonly (readonly [RegExp, Text])[] = [
  [
    /^\/dev\/null$/,
    t(
      '/dev/null: what is written there is gone, reading it finds nothing',
      '/dev/null：写入的内容被丢弃，读出来是空的',
    ),
  ],
  [/^\/dev\/zero$/, t('/dev/zero: reads as zeros', '/dev/zero：读出来全是 0')],
  [
    /^\/dev\/full$/,
    t('/dev/full: every write says that the disk is full', '/dev/full：写入时总是报告磁盘已满'),
  ],
  [/^\/dev\/u?random$/, t('random bytes from the kernel', '内核产生的随机字节')],
  [
    /^\/dev\/tty$/,
    t('/dev/tty: the terminal of whoever opens it', '/dev/tty：打开它的进程自己的终端'),
  ],
  [
    /^\/dev\/(?:fd|std(?:in|out|err))$/,
    t('a name for an open descriptor of whoever looks', '指向查看者自己已打开的描述符'),
  ],
  [
    /\/dev\/ptmx$|^ptmx$|\/pts\/ptmx$/,
    t('ptmx: opening it makes a new pseudo-terminal', 'ptmx：打开它就得到一个新的伪终端'),
  ],
  [/\/dev\/pts$/, t('the directory of pseudo-terminals', '伪终端所在的目录')],
  [/\/dev\/shm$/, t('shared memory of programs', '程序的共享内存')],
  [/\/dev\/mqueue$/, t('POSIX message queues', 'POSIX 消息队列')],
  [
    /^\/proc\/self\/fd\/\d+$|^\/proc\/self\/fd$/,
    t('the open descriptors of the process that looks', '查看者自己打开的描述符'),
  ],
  [
    /^\/proc\/self\/stat$/,
    t(
      'the state of the process that reads it; its first field is its pid',
      '读取者自己的状态，第一个字段是进程号',
    ),
  ],
  [
    /\/uid_map$/,
    t(
      'the table that gives the user IDs of the user namespace numbers of the host',
      '用户命名空间的映射表：里面的用户编号对应宿主机上的哪些编号',
    ),
  ],
  [
    /\/gid_map$/,
    t(
      'the table that gives the group IDs of the user namespace numbers of the host',
      '用户命名空间的映射表：里面的组编号对应宿主机上的哪些编号',
    ),
  ],
  [
    /max_user_namespaces$/,
    t('how many user namespaces may be made inside', '里面还能创建多少个用户命名空间'),
  ],
  [/\/memory\.max$/, t('the limit of memory of the cgroup', '该 cgroup 的内存上限')],
  [/\/pids\.max$/, t('the limit of processes of the cgroup', '该 cgroup 的进程数上限')],
  [
    /\/cgroup\.procs$/,
    t(
      'the processes in the cgroup; writing a pid moves that process in',
      '该 cgroup 里的进程；写入进程号就把它移进来',
    ),
  ],
  [
    /^\/sys\/fs\/cgroup.*\/ctr\.[^/]+$/,
    t(
      'the cgroup of one container; its name has the network namespace, the run and the container',
      '一个容器的 cgroup；名字里依次是网络命名空间、运行和容器',
    ),
  ],
  [
    /\/upper\/etc\/hosts$/,
    t(
      "the container's /etc/hosts: names that need no name server",
      '容器的 /etc/hosts：不用问域名服务器的名字',
    ),
  ],
  [/\/upper\/etc\/hostname$/, t("the container's /etc/hostname", '容器的 /etc/hostname')],
  [
    /\/upper\/etc\/resolv\.conf$/,
    t(
      "the container's /etc/resolv.conf: its name servers",
      '容器的 /etc/resolv.conf：用哪些域名服务器',
    ),
  ],
  [
    /\/fstab$/,
    t(
      'the list of mounts of the container, in the format of fstab(5)',
      '容器的挂载清单，格式见 fstab(5)',
    ),
  ],
  [
    /^\/mnt\/root\/dev\/\.ctr$|\/root\/dev\/\.ctr$/,
    t(
      'where pivot_root puts the old root, until it is unmounted; helpers of ctr are under it',
      'pivot_root 把旧的根放在这里，随后卸载；下面是 ctr 的辅助程序',
    ),
  ],
  [
    /\/\.ctr\/[\w.-]+$/,
    t(
      'a helper with which ctr exec starts programs in the container',
      'ctr exec 在容器里启动程序用的辅助文件',
    ),
  ],
  [/^\/mnt\/helper$/, t('helpers of ctr', 'ctr 的辅助程序')],
  [/^\/mnt\/root$/, t("where the container's root is built", '搭建容器根文件系统的位置')],
  [/^\/mnt\/dev$/, t("the container's /dev, being built", '正在搭建的容器 /dev')],
  [/^\/mnt$/, t("/mnt, in the container's own list of mounts", '/mnt，只在容器自己的挂载表里')],
  [
    /^(?:\/mnt\/root)?\/proc\/(?:bus|fs|irq|sys)$/,
    t(
      'a part of /proc through which settings of the kernel could be changed',
      '/proc 里可以更改内核设置的部分',
    ),
  ],
  [
    /^\/mnt\/root\/proc\/(?:keys|timer_list|interrupts|latency_stats|sched_debug|kcore|acpi|scsi|asound)$/,
    t('a part of /proc that says too much about the host', '/proc 里会透露宿主机信息的部分'),
  ],
  [/^\/mnt\/root\/proc$/, t("the container's /proc", '容器的 /proc')],
  [
    /^\/mnt\/root\/sys\/firmware$/,
    t("the host's firmware, which is hidden", '宿主机的固件信息，要遮住'),
  ],
  [/^\/mnt\/root\/sys$/, t("the container's /sys", '容器的 /sys')],
  [/^\/mnt\/root\/dev$/, t("the container's /dev", '容器的 /dev')],
  [
    /^\/proc\/sys\/kernel\/hostname$/,
    t('the host name of the UTS namespace of whoever writes', '写入者所在 UTS 命名空间的主机名'),
  ],
  [/\/keys$/, t('a pipe with what was typed', '一个管道，里面是键盘输入')],
  [
    /\/gate$/,
    t('the gate: the pipe on which the first process waits', '门：第一个进程在这个管道上等待'),
  ],
  [/\/said$/, t('a file with what the tools have said', '记录各个工具说了什么的文件')],
  [/\/pid$/, t('the pipe on which the child reports its pid', '子进程报告进程号用的管道')],
  [/\/first$/, t("a file with the first process's pid", '记录第一个进程进程号的文件')],
  [/\/input$/, t('a pipe with the standard input of the script', '转交标准输入的管道')],
  [
    /^\/proc\/[^/]+\/stat(?:us)?$/,
    t('what the kernel says about that process', '内核给出的该进程状态'),
  ],
  [/^\/proc\/[^/]+\/fd\/\d+$/, t('an open descriptor of that process', '该进程打开的一个描述符')],
  [
    /^\/proc\/[^/]+\/root(?:\/|$)/,
    t('a path inside the root of that process', '该进程的根目录里的路径'),
  ],
  [/^\/proc\/sys\//, t('a setting of the kernel', '内核的一项设置')],
  [/^-$/, t('standard input', '标准输入')],
  [/^\/$/, t('the top directory', '根目录')],
  [/^\.$/, t('the directory that one is in', '当前目录')],
  [
    /(?:^|\/)(?:null|zero|full|random|urandom|tty)$/,
    t('the place for a device file', '设备文件的位置'),
  ],
  [/^(?:fd|std\*|std(?:in|out|err))$/, t('names for open descriptors', '指向已打开描述符的名字')],
  [
    /^fd\/[012]$/,
    t('an open descriptor: 0 input, 1 output, 2 errors', '已打开的描述符：0 输入，1 输出，2 错误'),
  ],
  [/helper\/[\w.-]+$/, t('the place for a helper of ctr', 'ctr 辅助文件的位置')],
  [
    /^upper(?:\/|$)/,
    t(
      'a part of the layer that takes what the container writes',
      '可写层的一部分，容器写的内容在这里',
    ),
  ],
  [/^work$/, t('the working directory of overlay', 'overlay 的工作目录')],
  [/^root$/, t("where the container's root appears", '容器的根出现的位置')],
  [/^helper$/, t('a directory for helpers of ctr', '放 ctr 辅助文件的目录')],
  [/^dev(?:\/|$)/, t("a part of the container's /dev", '容器 /dev 的一部分')],
];

export const file: Describe = (value) => {
  const found = known.find(([shape]) => shape.test(value));
  if (found !== undefined) return { means: found[1] };
  const [, name] = /([^/]+)\/*$/.exec(value) ?? [];
  return name === undefined
    ? undefined
    : told(`the file or directory ${value}`, `文件或目录 ${value}`);
};

/** The first field of a line of fstab, or what mount(8) mounts. */
export const mountSource: Describe = (value, about) => {
  if (value === 'ctr')
    return told("a name for the list of mounts: it is ctr's", '挂载表里显示的名字，表示属于 ctr');
  if (/^(?:overlay|proc|sysfs|tmpfs|devpts|mqueue|none|cgroup2)$/.test(value)) {
    return told(
      'a name for the list of mounts; this file system has no device',
      '挂载表里显示的名字；这种文件系统没有设备',
    );
  }
  return file(value, about);
};
