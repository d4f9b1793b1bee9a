import { type Program, type Word, word } from '../grammar.ts';

/** namespaces(7): the same options in nsenter(1) and unshare(1), with another verb. */
function kinds(verb: readonly [en: string, zh: string]): Readonly<Record<string, Word>> {
  const [en, zh] = verb;
  const one = (name: string, chinese: string) =>
    word(`${en} ${name}`, `${zh}${/^[A-Za-z]/.test(chinese) ? ' ' : ''}${chinese}`, {
      may: 'file',
    });
  const net = one('network namespace: interfaces, routes, rules', '网络命名空间：接口、路由、规则');
  const mount = one('mount namespace: the list of mounts', '挂载命名空间：挂载表');
  const pid = one('PID namespace: process IDs', 'PID 命名空间：进程号');
  const uts = one('UTS namespace: the host name', 'UTS 命名空间：主机名');
  const ipc = one('IPC namespace: shared memory and queues', 'IPC 命名空间：共享内存和消息队列');
  const user = one('user namespace: user IDs and rights', '用户命名空间：用户编号和权限');
  const cgroup = one(
    'cgroup namespace: the view of control groups',
    'cgroup 命名空间：看到的控制组',
  );
  const time = one('time namespace: clocks', '时间命名空间：时钟');
  return {
    '--net': net,
    '-n': net,
    '--mount': mount,
    '-m': mount,
    '--pid': pid,
    '-p': pid,
    '--uts': uts,
    '-u': uts,
    '--ipc': ipc,
    '-i': ipc,
    '--user': user,
    '-U': user,
    '--cgroup': cgroup,
    '-C': cgroup,
    '--time': time,
    '-T': time,
  };
}

const target = word('the process whose namespaces to enter', '进入哪个进程的命名空间', {
  takes: ['pid'],
});

export const nsenter: Program = {
  means: {
    en: 'runs a command in namespaces of another process',
    zh: '在另一个进程的命名空间里运行命令',
  },
  style: 'options',
  scope: {
    operands: ['command'],
    words: {
      ...kinds(['its', '它的']),
      '--target': target,
      '-t': target,
      '--all': word('all its namespaces', '它的所有命名空间'),
      '-a': word('all its namespaces', '它的所有命名空间'),
      '--root': word(
        "with this root directory; with no value, the target's",
        '使用这个根目录；不写值则用目标进程的',
        { may: 'file' },
      ),
      '-r': word("with the target's root directory", '使用目标进程的根目录'),
      '--wd': word(
        "in this working directory; with no value, the target's",
        '使用这个工作目录；不写值则用目标进程的',
        { may: 'file' },
      ),
      '-w': word("in the target's working directory", '使用目标进程的工作目录'),
      '--preserve-credentials': word('keep user and group', '保留用户和组'),
      '--setuid': word('as this user', '以这个用户运行', { takes: ['user'] }),
      '--setgid': word('as this group', '以这个组运行', { takes: ['user'] }),
      '--no-fork': word('without a process in between', '中间不再派生进程'),
      '-F': word('without a process in between', '中间不再派生进程'),
    },
  },
};

export const unshare: Program = {
  means: { en: 'runs a command in new namespaces', zh: '在新的命名空间里运行命令' },
  style: 'options',
  scope: {
    operands: ['command'],
    words: {
      ...kinds(['a new', '新的']),
      '--fork': word(
        'in a child, which becomes process 1 of the PID namespace',
        '在子进程里运行，它成为 PID 命名空间的 1 号进程',
      ),
      '-f': word(
        'in a child, which becomes process 1 of the PID namespace',
        '在子进程里运行，它成为 PID 命名空间的 1 号进程',
      ),
      '--kill-child': word(
        'when unshare dies, kill the child as well',
        'unshare 结束时也结束子进程',
        { may: 'signal' },
      ),
      '--propagation': word('whether mounts inside appear outside', '里面的挂载是否传播到外面', {
        takes: ['propagation'],
      }),
      '--keep-caps': word('keep the capabilities when the user changes', '切换用户时保留能力'),
      '--map-root-user': word('inside, you are root', '在里面你是 root'),
      '-r': word('inside, you are root', '在里面你是 root'),
      '--map-auto': word('map all user IDs that you may have', '映射你可以使用的所有用户编号'),
      '--map-current-user': word('inside, you have the same ID', '里面的用户编号不变'),
      '--map-users': word('which user IDs are mapped', '用户编号的映射', { takes: ['word'] }),
      '--map-groups': word('which group IDs are mapped', '组编号的映射', { takes: ['word'] }),
      '--mount-proc': word(
        'mount a new /proc for the new process IDs',
        '为新的进程号挂载新的 /proc',
        { may: 'file' },
      ),
      '--setgroups': word('whether setgroups(2) is allowed', '是否允许 setgroups(2)', {
        takes: ['choice'],
      }),
      '--root': word('with this root directory', '使用这个根目录', { takes: ['directory'] }),
      '--wd': word('in this working directory', '使用这个工作目录', { takes: ['directory'] }),
      '-R': word('with this root directory', '使用这个根目录', { takes: ['directory'] }),
      '--setuid': word('as this user', '以这个用户运行', { takes: ['user'] }),
      '--setgid': word('as this group', '以这个组运行', { takes: ['user'] }),
    },
  },
};

export const setpriv: Program = {
  means: { en: 'runs a command with other rights', zh: '以另一种权限运行命令' },
  style: 'options',
  scope: {
    operands: ['command'],
    words: {
      '--pdeathsig': word(
        'when the parent dies, the kernel sends this signal',
        '父进程结束时，内核发送这个信号',
        { takes: ['signal'] },
      ),
      '--bounding-set': word('capabilities that can ever be had', '能力的上限', {
        takes: ['capabilities'],
      }),
      '--inh-caps': word('capabilities that programs may inherit', '可以继承的能力', {
        takes: ['capabilities'],
      }),
      '--ambient-caps': word('capabilities that every program gets', '每个程序都会得到的能力', {
        takes: ['capabilities'],
      }),
      '--no-new-privs': word(
        'no program can gain rights by set-user-ID bits',
        '任何程序都不能靠 set-user-ID 位提升权限',
      ),
      '--nnp': word(
        'no program can gain rights by set-user-ID bits',
        '任何程序都不能靠 set-user-ID 位提升权限',
      ),
      '--reuid': word('as this user', '以这个用户运行', { takes: ['user'] }),
      '--regid': word('as this group', '以这个组运行', { takes: ['user'] }),
      '--clear-groups': word('without further groups', '不带附加组'),
      '--keep-groups': word('keep the further groups', '保留附加组'),
      '--init-groups': word("with the user's groups", '使用该用户的组'),
      '--reset-env': word('with a fresh environment', '重置环境变量'),
      '--dump': word('print the rights', '打印当前权限'),
      '-d': word('print the rights', '打印当前权限'),
    },
  },
};

export const setsid: Program = {
  means: {
    en: 'runs a command in a session of its own, apart from your terminal',
    zh: '在新会话里运行命令，脱离你的终端',
  },
  style: 'options',
  scope: {
    operands: ['command'],
    words: {
      '-w': word('wait for it', '等待它结束'),
      '--wait': word('wait for it', '等待它结束'),
      '-f': word('in a child', '在子进程里'),
      '--fork': word('in a child', '在子进程里'),
      '-c': word('with the terminal', '占用当前终端'),
      '--ctty': word('with the terminal', '占用当前终端'),
    },
  },
};

export const keyctl: Program = {
  means: { en: "works with the kernel's keyrings", zh: '操作内核的密钥环' },
  style: 'options',
  scope: {
    words: {
      session: word(
        "run a command with a new session keyring, so that the host's keys are out of reach",
        '用新的会话密钥环运行命令，拿不到宿主机的密钥',
      ),
      show: word('list the keys', '列出密钥'),
    },
    operands: ['key', 'command'],
  },
};

export const env: Program = {
  means: { en: 'runs a command with these environment variables', zh: '用这些环境变量运行命令' },
  style: 'options',
  scope: {
    operands: ['command'],
    words: {
      '-i': word('with none but these', '只有这些变量，其他都不要'),
      '--ignore-environment': word('with none but these', '只有这些变量，其他都不要'),
      '-u': word('without this one', '去掉这个变量', { takes: ['variable'] }),
      '-C': word('in this directory', '在这个目录里', { takes: ['directory'] }),
      '--default-signal': word('with the usual reaction to signals', '信号恢复默认处理', {
        may: 'signals',
      }),
    },
  },
};

export const chroot: Program = {
  means: { en: 'runs a command with another root directory', zh: '换一个根目录运行命令' },
  style: 'options',
  scope: {
    operands: ['directory', 'command'],
    words: {
      '--userspec': word('as this user and group', '以这个用户和组运行', { takes: ['user'] }),
      '--groups': word('with these further groups', '带上这些附加组', { takes: ['word'] }),
      '--skip-chdir': word('stay in the directory', '不切换工作目录'),
    },
  },
};

export const script: Program = {
  means: { en: 'runs a command on a pseudo-terminal of its own', zh: '在新的伪终端上运行命令' },
  style: 'options',
  mixes: true,
  scope: {
    operands: ['file'],
    words: {
      '--quiet': word('without a word of its own', '自己不输出'),
      '-q': word('without a word of its own', '自己不输出'),
      '--return': word("with the command's exit code", '返回命令的退出码'),
      '-e': word("with the command's exit code", '返回命令的退出码'),
      '--flush': word('print at once', '立即输出'),
      '-f': word('print at once', '立即输出'),
      '--echo': word('whether the terminal shows what is typed', '终端是否回显输入', {
        takes: ['choice'],
      }),
      '--command': word('the command', '要运行的命令', { takes: ['script'] }),
      '-c': word('the command', '要运行的命令', { takes: ['script'] }),
      '--log-in': word('write what is typed to this file', '把键盘输入写到文件', {
        takes: ['file'],
      }),
      '--log-out': word('write what is printed to this file', '把输出写到文件', {
        takes: ['file'],
      }),
      '-a': word('append', '追加'),
    },
  },
};
