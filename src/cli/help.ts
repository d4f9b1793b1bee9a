import type { Language, Text } from '../text.ts';

/** What `--help` says of each verb and flag. */
export const help = {
  ctr: {
    en: 'Container networking you can watch, undo and take apart.',
    zh: '看得见、能撤销、可拆开的容器网络。',
  },
  up: {
    en: 'bring a config up, give its first command the terminal, and take everything back when it ends',
    zh: '按配置启动，把终端交给第一个命令，结束时全部撤销',
  },
  plan: {
    en: 'print what up would run: every command, why, and its undo; changes nothing',
    zh: '打印 up 将要运行的内容：每条命令、原因和撤销方法；不做任何改动',
  },
  down: { en: 'end a run and take back what it changed', zh: '结束一个运行并撤销它的改动' },
  gc: {
    en: 'take back what dead runs have left, found by their records and by our marks',
    zh: '撤销已死运行的残留，依据记录和我们的标记',
  },
  ps: { en: 'list the containers that are up', zh: '列出正在运行的容器' },
  inspect: {
    en: 'what a run asked for, and what the kernel has',
    zh: '一个运行的要求，以及内核里的现状',
  },
  exec: {
    en: 'run one more command in a container, no more powerful than its first',
    zh: '在容器里再运行一个命令，权力不大于它的第一个进程',
  },
  logs: {
    en: 'what a detached container has written, also after it has ended',
    zh: '后台容器写出的内容，结束之后也能看',
  },
  follow: {
    en: 'go on with what it writes, until it ends',
    zh: '持续输出新写出的内容，直到容器结束',
  },
  psAll: {
    en: 'also runs that have ended by themselves, with exit code and time',
    zh: '也列出自行结束的运行，以及退出码和结束时间',
  },
  psQuiet: { en: 'only names, each once', zh: '只列名字，每个一次' },
  check: {
    en: 'hold the kernel against the plan; exit 7 when something is not so',
    zh: '用计划核对内核；不符时退出码为 7',
  },
  repair: {
    en: 'run again what of a run’s plan does not hold any more',
    zh: '重新运行计划中已不成立的部分',
  },
  sandbox: {
    en: 'a private machine with a little internet, for one command; needs no root',
    zh: '一台带小型互联网的私有机器，用来运行一个命令；不需要 root',
  },
  rootfs: { en: 'make root file systems', zh: '制作根文件系统' },
  'rootfs create': { en: 'make one in an empty directory', zh: '在空目录里制作一个' },
  validate: { en: 'check a config, every problem at once', zh: '检查配置，一次说出所有问题' },
  schema: { en: 'print the JSON Schema of configs', zh: '打印配置的 JSON Schema' },
  init: { en: 'write a config to start from', zh: '写一个起步用的配置' },
  demo: {
    en: 'the whole tutorial in a sandbox; needs no root, no file, no network',
    zh: '在沙盒里走完整个教程；不需要 root、文件或网络',
  },
  explain: {
    en: 'what a topic or a code such as H005 is about; without one, the list of topics',
    zh: '讲解一个主题，或 H005 这样的代码；都不写则列出主题',
  },
  version: { en: 'print the version', zh: '打印版本' },
  help: { en: 'how a command is used', zh: '说明命令的用法' },
  json: { en: 'results as JSON, progress as JSON lines', zh: '结果用 JSON，进度用 JSON 行' },
  quiet: { en: 'no progress; warnings stay', zh: '不显示进度；警告仍会显示' },
  verbose: { en: 'echo each command as it runs', zh: '显示运行的每条命令' },
  color: { en: 'no colours', zh: '不用颜色' },
  input: { en: 'ask nothing', zh: '不提问' },
  lang: { en: 'en or zh, also as in zh_CN.UTF-8', zh: 'en 或 zh，也可写成 zh_CN.UTF-8' },
  stateDir: { en: 'where runs are recorded', zh: '记录运行的目录' },
  timeout: {
    en: 'how long one command of a plan may take (5)',
    zh: '计划中一条命令最多用多久（秒，默认 5）',
  },
  dryRun: { en: 'print the plan instead', zh: '只打印计划' },
  detach: {
    en: 'return when the network is there; the run cleans up by itself',
    zh: '网络就绪后返回；运行结束时自行清理',
  },
  useSandbox: {
    en: 'in a sandbox host (the default without root)',
    zh: '在沙盒主机里（没有 root 时的默认）',
  },
  useHost: { en: 'on this host (the default for root)', zh: '在本机上（root 的默认）' },
  fast: {
    en: 'the same state from fewer processes and fewer waits',
    zh: '用更少的进程和等待达到同样的状态',
  },
  compare: {
    en: 'both forms side by side, with what each merge saves',
    zh: '两种形式并排，以及每处合并省下了什么',
  },
  oneByOne: { en: 'every command in a process of its own', zh: '每条命令一个进程' },
  format: { en: 'text, json or sh', zh: 'text、json 或 sh' },
  facts: {
    en: 'plan with these facts instead of reading the host',
    zh: '用这些事实制定计划，不读取本机',
  },
  factsOut: { en: 'save the facts that were read', zh: '保存读到的事实' },
  out: {
    en: 'save the plan with its config and facts, for ctr up',
    zh: '保存计划及其配置和事实，供 ctr up 使用',
  },
  all: { en: 'every run', zh: '所有运行' },
  gcDryRun: { en: 'print what would be run', zh: '只打印将要运行的命令' },
  from: {
    en: 'busybox, debian[:SUITE], tar:FILE or oci:REF',
    zh: 'busybox、debian[:SUITE]、tar:FILE 或 oci:REF',
  },
  expand: { en: 'print the canonical form', zh: '打印规范形式' },
  force: { en: 'over an existing file', zh: '覆盖已有文件' },
} satisfies Record<string, Text>;

export const exitCodeTable = {
  en: `
Exit codes:
  0 done                          5 a step failed, all undone, verified
  1 a bug in ctr                  6 a step failed, what is left is listed
  2 wrong usage, no such run      7 a check did not hold
  3 the config is invalid         8 the saved plan is stale
  4 the host is not ready         9 the lock is held
  125 126 127  exec and up: ours, cannot execute, not found; else the command's own
               (exec: 125 also when there is no such run)
  129 130 143  hangup, interrupted, terminated, and undone
`,
  zh: `
退出码：
  0 完成                          5 某步失败，已全部撤销并核实
  1 ctr 的缺陷                    6 某步失败，列出了残留
  2 用法错误、没有这个运行        7 核对不符
  3 配置无效                      8 保存的计划已过时
  4 主机未就绪                    9 锁被占用
  125 126 127  exec 和 up：我们的错误、不可执行、找不到；其余为命令自己的
               （exec 找不到运行时也是 125）
  129 130 143  挂断、中断、终止，并已撤销
`,
} satisfies Record<Language, string>;
