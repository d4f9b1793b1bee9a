import { own } from '../../model/own.ts';
import { type Text, t } from '../../model/text.ts';
import type { Token } from '../grammar.ts';
import { type Describe, type Told, told } from './about.ts';

type Table = Readonly<Record<string, Text>>;

/** capabilities(7). */
export const capabilityNames: Table = {
  all: t('all capabilities', '全部能力'),
  chown: t('change the owner of any file', '更改任意文件的所有者'),
  dac_override: t('read and write files whatever their permissions say', '读写文件时不受权限限制'),
  dac_read_search: t(
    'read files and directories whatever their permissions say',
    '读文件和目录时不受权限限制',
  ),
  fsetid: t('keep set-user-ID bits when a file changes', '修改文件后保留 set-user-ID 位'),
  fowner: t("act as the owner of others' files", '像所有者一样处理别人的文件'),
  net_raw: t('open raw sockets; ping needs it', '打开原始套接字，ping 需要'),
  net_admin: t('configure interfaces, routes and firewall', '配置接口、路由和防火墙'),
  net_bind_service: t('listen on ports below 1024', '监听 1024 以下的端口'),
  net_broadcast: t('send to broadcast addresses', '向广播地址发送'),
  setgid: t('change its group', '更改自己的组'),
  setuid: t('change its user', '更改自己的用户'),
  setfcap: t('give capabilities to files', '给文件设置能力'),
  setpcap: t('drop its own capabilities', '放弃自己的能力'),
  sys_chroot: t('call chroot(2)', '调用 chroot(2)'),
  kill: t('send signals to processes of other users', '向其他用户的进程发信号'),
  audit_write: t('write to the audit log', '写审计日志'),
  sys_admin: t(
    'mount, set host names and much more: nearly root',
    '挂载、设置主机名等大量操作，几乎等于 root',
  ),
  sys_ptrace: t('trace other processes', '跟踪其他进程'),
  sys_module: t('load kernel modules', '加载内核模块'),
  sys_time: t('set the clock', '设置时钟'),
  sys_nice: t('raise its priority', '提高自己的优先级'),
  sys_resource: t('exceed resource limits', '超出资源限制'),
  sys_boot: t('reboot', '重启机器'),
  mknod: t('make device files', '创建设备文件'),
  lease: t('take leases on files', '对文件设置租约'),
  ipc_lock: t('lock memory', '锁定内存'),
};

function listed(
  value: string,
  separator: RegExp,
  meaningOf: (one: string) => Text | undefined,
  means: Text,
): Told {
  const parts: Token[] = value
    .split(separator)
    .filter((one) => one !== '')
    .map((one) => ({ text: one, means: meaningOf(one) }));
  return { means, parts };
}

/** setpriv(1): +name and -name, applied in order. */
export const capabilities: Describe = (value) =>
  listed(
    value,
    /,/,
    (one) => {
      const known = own(capabilityNames, one.slice(1).replace(/^cap_/, ''));
      if (known === undefined) return undefined;
      return one.startsWith('-')
        ? t(`take away: ${known.en}`, `去掉${known.zh}`)
        : t(`may ${known.en}`, `允许${known.zh}`);
    },
    value === '-all'
      ? t('none at all', '一个也不留')
      : value.startsWith('-all,')
        ? t('none but these', '全部去掉，只留下这些')
        : t('these changes, in order', '依次做这些更改'),
  );

/** iptables-extensions(8), conntrack. */
const states: Table = {
  NEW: t('the packet opens a connection', '新连接的第一个包'),
  ESTABLISHED: t(
    'it belongs to a connection that both sides have used',
    '属于双方都发过包的连接，即应答',
  ),
  RELATED: t(
    'it is about such a connection, as an ICMP error is',
    '与某条连接有关，例如 ICMP 错误',
  ),
  INVALID: t('it belongs to no connection that the kernel knows', '不属于任何已知连接'),
  UNTRACKED: t('conntrack was told not to look at it', '连接跟踪被要求不看它'),
  SNAT: t('its source address was rewritten', '源地址被改写过'),
  DNAT: t('its destination address was rewritten', '目的地址被改写过'),
};

export const conntrackStates: Describe = (value) =>
  listed(
    value,
    /,/,
    (one) => own(states, one),
    t('one of these states of the connection', '连接处于其中一种状态'),
  );

/** mount(8), and the options of tmpfs(5), devpts and overlay. */
const mountFlags: Table = {
  defaults: t('the usual options', '默认选项'),
  bind: t('show an existing directory or file here as well', '把已有的目录或文件也显示在这里'),
  rbind: t('the same, with what is mounted below', '同 bind，并包含下面的挂载'),
  ro: t('read-only', '只读'),
  rw: t('writable', '可写'),
  remount: t('change a mount that is there', '更改已有的挂载'),
  nosuid: t(
    'programs here gain no rights by set-user-ID bits',
    '这里的程序不能靠 set-user-ID 位提升权限',
  ),
  nodev: t('device files here do nothing', '这里的设备文件不起作用'),
  noexec: t('no program here can be run', '这里的程序不能运行'),
  noatime: t('reading does not update the access time', '读取时不更新访问时间'),
  newinstance: t(
    'terminals of its own, apart from those of the host',
    '自己的一组终端，与宿主机的分开',
  ),
  private: t('mounts made here do not appear elsewhere', '这里的挂载不会传播到别处'),
  shared: t('mounts made here also appear in the copies', '这里的挂载会传播到副本'),
  slave: t('receives mounts, passes none on', '接收挂载，但不向外传播'),
  'x-mount.mkdir': t('make the directory first, if there is none', '目录不存在时先创建'),
};

const mountValues: Readonly<Record<string, (value: string) => Text>> = {
  mode: (value) =>
    t(`the permissions ${value} of its top directory or its files`, `权限为 ${value}`),
  ptmxmode: (value) =>
    t(
      `the permissions ${value} of ptmx, which opens new terminals`,
      `ptmx（用来打开新终端）的权限 ${value}`,
    ),
  size: (value) => t(`at most ${value}`, `最多 ${value}`),
  lowerdir: (value) => t(`the read-only layer: ${value}`, `只读层：${value}`),
  upperdir: (value) =>
    t(`the layer that takes what is written: ${value}`, `可写层，写入的内容都在这里：${value}`),
  workdir: (value) =>
    t(`where overlay prepares files: ${value}`, `overlay 准备文件用的目录：${value}`),
  uid: (value) => t(`owned by user ${value}`, `所有者为用户 ${value}`),
  gid: (value) => t(`owned by group ${value}`, `所属组为 ${value}`),
};

export const mountOptions: Describe = (value) =>
  listed(
    value,
    /,/,
    (one) => {
      const [name = '', given] = one.split(/=(.*)/s);
      return given === undefined ? own(mountFlags, name) : own(mountValues, name)?.(given);
    },
    t('options of the mount', '挂载选项'),
  );

const fileSystems: Table = {
  overlay: t(
    'overlay: a writable layer over a read-only directory',
    'overlay：在只读目录上叠一个可写层',
  ),
  proc: t('proc: the kernel about its processes', 'proc：内核提供的进程信息'),
  sysfs: t('sysfs: the kernel about its devices', 'sysfs：内核提供的设备信息'),
  tmpfs: t('tmpfs: a file system in memory', 'tmpfs：内存里的文件系统'),
  devpts: t('devpts: pseudo-terminals', 'devpts：伪终端'),
  mqueue: t('mqueue: POSIX message queues', 'mqueue：POSIX 消息队列'),
  cgroup2: t('cgroup2: control groups', 'cgroup2：控制组'),
  ext4: t("ext4: Linux's usual file system on disks", 'ext4：磁盘上常用的文件系统'),
  bind: t('no file system of its own', '不是单独的文件系统'),
  none: t(
    'none: the options say bind, so there is no file system to name',
    'none：选项是 bind，不需要文件系统类型',
  ),
};

export const fileSystem: Describe = (value) => {
  const means = own(fileSystems, value);
  return means === undefined ? undefined : { means };
};

/** mount_namespaces(7). */
export const propagation: Describe = (value) => {
  const means = own(mountFlags, value);
  return means === undefined || !['private', 'shared', 'slave'].includes(value)
    ? value === 'unchanged'
      ? told('keep it as the parent has it', '保持父进程的设置')
      : undefined
    : { means };
};

/** signal(7). */
const signalNames: Table = {
  KILL: t('end at once; no process can refuse it', '立即结束，进程无法拒绝'),
  TERM: t('please end', '请求结束'),
  INT: t('what Ctrl-C sends', 'Ctrl-C 发送的信号'),
  QUIT: t('what Ctrl-\\ sends', 'Ctrl-\\ 发送的信号'),
  HUP: t('the terminal is gone', '终端已断开'),
  EXIT: t('not a signal: when the shell ends', '不是信号：shell 结束时'),
  STOP: t('pause', '暂停'),
  CONT: t('go on', '继续'),
  USR1: t('free for any purpose', '用途自定'),
  CHLD: t('a child has ended', '子进程结束'),
  9: t('KILL: end at once; no process can refuse it', 'KILL：立即结束，进程无法拒绝'),
  15: t('TERM: please end', 'TERM：请求结束'),
};

export const signals: Describe = (value) => {
  const all = value.split(',');
  const meaningOf = (one: string) => own(signalNames, one.replace(/^SIG/, ''));
  const [only = ''] = all;
  if (all.length === 1) {
    const means = meaningOf(only);
    return means === undefined
      ? undefined
      : { means: t(`the signal ${only}: ${means.en}`, `信号 ${only}：${means.zh}`) };
  }
  return listed(value, /,/, meaningOf, t('these signals', '这些信号'));
};

const chains: Table = {
  PREROUTING: t(
    'the chain that sees packets as they arrive, before the kernel chooses a route',
    '数据包到达时、选路之前经过的链',
  ),
  INPUT: t('the chain for packets to this machine itself', '发给本机自己的包经过的链'),
  FORWARD: t(
    'the chain for packets that only pass through this machine',
    '只是路过本机、被转发的包经过的链',
  ),
  OUTPUT: t('the chain for packets that this machine itself sends', '本机自己发出的包经过的链'),
  POSTROUTING: t('the last chain, just before a packet leaves', '最后一条链，包离开之前经过'),
  'DOCKER-USER': t(
    'the chain that Docker leaves to its users, seen before its own rules',
    'Docker 留给用户的链，先于它自己的规则',
  ),
  DOCKER: t("a chain of Docker's", 'Docker 自己的链'),
};

export const chain: Describe = (value) => {
  const means = own(chains, value);
  if (means !== undefined) return { means };
  return /^[\w-]+$/.test(value)
    ? told(`the chain ${value}, made by somebody`, `自定义链 ${value}`)
    : undefined;
};

const tables: Table = {
  filter: t('the table that lets packets pass or drops them', 'filter 表：决定放行还是丢弃'),
  nat: t(
    'the table that may rewrite addresses; it sees the first packet of each connection',
    'nat 表：可以改写地址，只看每条连接的第一个包',
  ),
  mangle: t('the table that changes other fields of packets', 'mangle 表：修改包的其他字段'),
  raw: t('the table before connection tracking', 'raw 表：在连接跟踪之前'),
  security: t('the table for SELinux', 'security 表：供 SELinux 使用'),
};

export const firewallTable: Describe = (value) => {
  const means = own(tables, value);
  return means === undefined ? undefined : { means };
};
