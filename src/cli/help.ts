import type { Language, Text } from '../model/text.ts';

/** The texts of `--help` for each verb and flag. */
export const help = {
  ctr: {
    en: 'Container networking you can watch, undo and take apart.',
    zh: '看得见、能撤销、可拆开的容器网络。',
  },
  up: {
    en: 'start the containers of a config, attach the terminal to the first one, and undo everything when it ends',
    zh: '按配置启动容器，把终端接到第一个容器，它结束后撤销所有改动',
  },
  plan: {
    en: 'print every command that up would run, with its reason and its undo; changes nothing',
    zh: '打印 up 将要运行的每条命令，附原因和撤销方法；不做任何改动',
  },
  down: { en: 'end a run and undo what it changed', zh: '结束一个运行实例，撤销它的改动' },
  gc: {
    en: 'clean up what crashed runs left behind, found by records and by marks on objects',
    zh: '清理异常终止的运行实例的残留（依据运行记录和对象上的标记查找）',
  },
  ps: { en: 'list the containers that are up', zh: '列出正在运行的容器' },
  inspect: {
    en: 'show the config of a run and its actual state in the kernel',
    zh: '显示一个运行实例的配置，以及内核中的实际状态',
  },
  graph: {
    en: 'draw the network that a config will make, that a run has, or that it had at a step of a recording (FILE@STEP)',
    zh: '画出网络：配置将建立的、运行实例现有的，或录制中某一步的（文件@步数）',
  },
  graphFormat: {
    en: 'text, ascii (English only), alt (for screen readers), svg, mermaid, dot or json',
    zh: 'text、ascii、alt（读屏）、svg、mermaid、dot、json',
  },
  graphOut: {
    en: 'save the picture; the ending of the name, such as .svg, tells the format',
    zh: '保存图；文件扩展名（如 .svg）决定格式',
  },
  exec: {
    en: 'run another command in a container, with no more privileges than its first process',
    zh: '在容器里再运行一条命令，权限不超过容器的第一个进程',
  },
  besideHost: {
    en: 'run it beside the container: on the host of the run, or on its sandbox host',
    zh: '不在容器里，而在容器旁边运行：运行实例所在的主机，或它的沙盒主机',
  },
  besideWorld: {
    en: 'run it in the network that plays the internet for the sandbox host of the run',
    zh: '在沙盒主机的模拟外部网络里运行',
  },
  logs: {
    en: 'show the output of a detached container, even after it has ended',
    zh: '显示后台容器的输出，容器结束后也能查看',
  },
  follow: {
    en: 'keep printing new output until the container ends',
    zh: '持续显示新的输出，直到容器结束',
  },
  psAll: {
    en: 'also list runs that have ended by themselves, with exit code and time',
    zh: '也列出自行结束的运行实例，以及退出码和结束时间',
  },
  psQuiet: { en: 'print only the names of runs, each once', zh: '只列出运行实例的名字，每个一次' },
  check: {
    en: 'compare the kernel with the plan; exit 7 if they differ',
    zh: '用计划核对内核状态；不符时退出码为 7',
  },
  probe: {
    en: 'also send the packets that the lab promises, and trace the first that fails',
    zh: '同时发送实验承诺能通的数据包，并追踪第一个不通的',
  },
  why: {
    en: 'tell what keeps a run’s network from working, by its state alone; exit 7 if something does',
    zh: '只凭当前状态找出网络不通的原因，不发送任何包；有问题时退出码为 7',
  },
  repair: {
    en: 'restore what differs from the plan',
    zh: '恢复与计划不符的部分',
  },
  watch: {
    en: 'show links, rules with their counters and connections of a run, once a second, and what changed',
    zh: '每秒显示一次运行实例的网络接口、防火墙规则的计数和连接跟踪，并标出变化',
  },
  trace: {
    en: 'send one packet and show every place it passes, there and back; exit 7 if it does not arrive',
    zh: '发送一个包，显示它去和回经过的每一处；没有到达时退出码为 7',
  },
  strangerPid: {
    en: 'any container of this host, by a pid in it',
    zh: '非 ctr 创建的容器，用其进程号指定',
  },
  strangerDocker: {
    en: 'the same, by its name or id in Docker',
    zh: '同上，用 Docker 里的名字或 ID 指定',
  },
  strangerPodman: {
    en: 'the same, by its name or id in Podman',
    zh: '同上，用 Podman 里的名字或 ID 指定',
  },
  strangerNetns: {
    en: 'the same, by a name of ip netns',
    zh: '同上，用 ip netns 的名字指定',
  },
  traceNode: {
    en: 'NAME=PID: watch the network of that process too, of another node or of a container there; may be repeated',
    zh: '名字=进程号：也观察另一节点或其上的容器，可重复',
  },
  traceProtocol: {
    en: 'icmp, tcp or udp (default: tcp with a port, else icmp)',
    zh: 'icmp、tcp 或 udp（默认：有端口时用 tcp，否则用 icmp）',
  },
  traceFrom: {
    en: 'who sends: host, world or a container of the run (default: NAME’s)',
    zh: '由谁发送：host、world 或某个容器',
  },
  traceKernel: {
    en: 'also ask the kernel why it dropped the packet (root; tracefs)',
    zh: '同时询问内核丢弃这个包的原因（需要 root 和 tracefs）',
  },
  traceSize: {
    en: 'bytes of the ping’s IP packet, which must not be cut on its way (DF)',
    zh: 'ping 的 IP 包的字节数；途中不允许分片（DF）',
  },
  traceRaw: { en: 'print what nft printed', zh: '打印 nft 的原始输出' },
  traceMermaid: { en: 'print a sequence diagram for Mermaid', zh: '打印 Mermaid 时序图' },
  traceHtml: { en: 'print a page', zh: '打印一个网页' },
  interval: { en: 'time between readings (default 1)', zh: '两次读取的间隔秒数（默认 1）' },
  count: { en: 'end after so many readings', zh: '读取这么多次后结束' },
  sandbox: {
    en: 'run a command or a shell in a private machine with a small internet; needs no root',
    zh: '在一台自带小型互联网的私有机器里运行一条命令或 shell；不需要 root',
  },
  lab: { en: 'experiments with the plan of a config', zh: '对配置的计划做实验' },
  'lab necessity': {
    en: 'leave out each command of the plan in turn, in sandbox hosts, and show what breaks without it',
    zh: '在沙盒里逐一去掉计划的每条命令，看什么会失效',
  },
  necessityFormat: { en: 'output format: text, md or svg', zh: '输出格式：text、md 或 svg' },
  jobs: {
    en: 'how many sandbox hosts work side by side (default 2)',
    zh: '同时使用几台沙盒主机（默认 2）',
  },
  dropForward: {
    en: 'on a host whose FORWARD chain drops what no rule accepts, as Docker leaves it',
    zh: '在 FORWARD 链默认丢弃的宿主机上做实验，Docker 就会这样设置',
  },
  sample: { en: 'make only every so many rows', zh: '每隔这么多行只做一行' },
  cni: {
    en: 'be a CNI plugin for podman, containerd or Kubernetes',
    zh: '作为 podman、containerd 或 Kubernetes 的 CNI 插件',
  },
  'cni install': {
    en: 'write the plugin and a network configuration list; undo: ctr cni remove',
    zh: '写入插件和网络列表；撤销：ctr cni remove',
  },
  'cni remove': {
    en: 'remove what install wrote',
    zh: '删除 install 写入的文件',
  },
  'cni example': {
    en: 'write configurations of several nodes whose containers reach each other: by routes, BGP, EVPN',
    zh: '写出多个节点的配置，让容器跨节点互通',
  },
  cniNodes: { en: 'how many nodes', zh: '节点的个数' },
  cniAddresses: {
    en: 'their IPv4 addresses, with commas between them (default: 192.0.2.1,192.0.2.2 and so on)',
    zh: '各节点的 IPv4 地址，以逗号分隔（默认从 192.0.2.1 起）',
  },
  'cni log': {
    en: "what engines asked for, command by command; an id's beginning will do",
    zh: '逐条列出引擎要求执行的命令；可写 id 的开头',
  },
  cniType: {
    en: "the plugin's file name, and the type of the list",
    zh: '插件的文件名，也是列表里的 type',
  },
  netDir: {
    en: "the engine's directory of network lists (default: /etc/cni/net.d)",
    zh: '引擎存放网络列表的目录（默认：/etc/cni/net.d）',
  },
  rootfs: { en: 'make root file systems', zh: '制作根文件系统' },
  'rootfs create': {
    en: 'make a root file system in an empty directory',
    zh: '在空目录里制作根文件系统',
  },
  validate: {
    en: 'check a config and report all problems at once',
    zh: '检查配置，一次报出所有问题',
  },
  schema: { en: 'print the JSON Schema of configs', zh: '打印配置的 JSON Schema' },
  init: { en: 'write a config to start from', zh: '写出一份起始配置' },
  demo: {
    en: 'run the whole tutorial in a sandbox; needs no root, no files and no network',
    zh: '在沙盒里运行整个教程；不需要 root、文件或网络',
  },
  replay: {
    en: 'play a recording step by step; needs no Linux. Without a file: the last one that ctr demo made',
    zh: '逐步回放录制文件，不需要 Linux；默认为 ctr demo 最近的录制',
  },
  report: {
    en: 'make a page, a handout or a worksheet of a recording',
    zh: '把录制文件做成网页、讲义或练习题',
  },
  explain: {
    en: 'explain a command word by word, a step, a term, an answer of the kernel, or a code such as H005',
    zh: '逐词讲解一条命令，或讲解步骤、术语、内核的回答、H005 这样的代码',
  },
  netlink: {
    en: 'with a step: run it in a sandbox, and show the netlink messages that it sends (needs strace)',
    zh: '用于步骤：在沙盒里执行，并显示它发送的 netlink 消息（需要 strace）',
  },
  doctor: {
    en: 'examine this machine: what does not work here, and the command that fixes it; changes nothing. Exit 4 if neither a sandbox nor root mode can work, else 0',
    zh: '找出这台机器的问题和解决命令，不做改动；沙盒和 root 都不可用时退出码为 4',
  },
  completion: {
    en: 'print the completion script for bash, zsh or fish',
    zh: '打印命令行补全脚本：bash、zsh 或 fish',
  },
  version: { en: 'print the version', zh: '打印版本' },
  help: { en: 'show how to use a command', zh: '显示命令的用法' },
  json: {
    en: 'print results as JSON, progress as JSON lines',
    zh: '以 JSON 输出结果，以 JSON 行输出进度',
  },
  quiet: { en: 'print no progress; still print warnings', zh: '不显示进度；警告仍会显示' },
  verbose: { en: 'print each command as it runs', zh: '显示运行的每条命令' },
  color: { en: 'use no colours', zh: '不用颜色' },
  input: { en: 'never ask questions', zh: '不进行交互式提问' },
  lang: { en: 'en or zh, also as in zh_CN.UTF-8', zh: 'en 或 zh，也可写成 zh_CN.UTF-8' },
  stateDir: { en: 'the directory with the records of runs', zh: '存放运行记录的目录' },
  timeout: {
    en: 'time limit for each command of a plan, in seconds (default 5)',
    zh: '计划中每条命令的时限（秒，默认 5）',
  },
  dryRun: { en: 'print the plan and run nothing', zh: '只打印计划，不运行' },
  detach: {
    en: 'return when the network is ready; the run goes on without this terminal (no nohup needed) and cleans up by itself when it ends',
    zh: '网络就绪后返回；不依赖终端（无需 nohup），结束时自行清理',
  },
  useSandbox: {
    en: 'use a sandbox host (the default without root)',
    zh: '在沙盒主机里运行（没有 root 时的默认值）',
  },
  useHost: { en: 'use this host (the default for root)', zh: '在本机上运行（root 的默认值）' },
  fast: {
    en: 'reach the same state with fewer processes and fewer waits',
    zh: '用更少的进程和等待，达到同样的状态',
  },
  narrate: {
    en: 'tell each step as it happens: title, reason, commands, result; on a terminal, Enter goes on',
    zh: '边运行边讲解每一步：标题、原因、命令、结果；按回车继续',
  },
  pace: {
    en: 'time between steps: seconds, or enter to wait for the Enter key',
    zh: '步骤之间的停顿：秒数，或者写 enter 等待回车键',
  },
  brief: { en: 'show one line a step', zh: '每步只显示一行' },
  focus: {
    en: 'show one part in full, and one line of each other step: network, isolation or firewall',
    zh: '完整显示一部分：network、isolation 或 firewall',
  },
  compare: {
    en: 'show the plan with and without --fast, and what each merge of commands saves',
    zh: '对比普通计划和快速计划，并说明每处合并省下了什么',
  },
  planOneByOne: {
    en: 'show the undo commands as `up --one-by-one` runs them: one for each change',
    zh: '按 `up --one-by-one` 的方式显示撤销：每处改动一条命令',
  },
  goto: {
    en: 'move a run to a stage of its plan, forward or back',
    zh: '把运行实例移到计划的某个阶段，可前进、后退',
  },
  stage: {
    en: 'compare with the state after this stage of the plan',
    zh: '与计划中这个阶段之后的状态比较',
  },
  step: { en: 'one step at a time, forward and back, by keys', zh: '按键逐步执行，可前进、后退' },
  until: { en: 'begin at this stage of the plan', zh: '从计划的这个阶段开始' },
  oneByOne: { en: 'run every command in its own process', zh: '每条命令一个进程' },
  format: { en: 'output format: text, json or sh', zh: '输出格式：text、json 或 sh' },
  facts: {
    en: 'plan with the facts in this file instead of reading this host',
    zh: '用文件里的主机信息 (facts) 制定计划，不读取本机',
  },
  factsOut: { en: 'save the facts read from the host', zh: '保存读取到的主机信息 (facts)' },
  out: {
    en: 'save the plan with its config and facts, to run it with ctr up',
    zh: '保存计划及其配置和主机信息，供 ctr up 运行',
  },
  all: { en: 'end every run', zh: '结束所有运行实例' },
  gcDryRun: { en: 'print the commands and run nothing', zh: '只打印命令，不运行' },
  from: {
    en: 'source: busybox, debian[:SUITE], tar:FILE or oci:REF',
    zh: '来源：busybox、debian[:SUITE]、tar:FILE 或 oci:REF',
  },
  expand: { en: 'print the config in its canonical form', zh: '打印配置的规范形式' },
  record: {
    en: 'record every step and what it changed, for ctr replay and ctr report; without environment and file contents',
    zh: '录制每一步及其改动；不含环境变量的值和文件内容',
  },
  replayPace: {
    en: 'go on by itself after so many seconds',
    zh: '每隔这么多秒自动前进一步',
  },
  keys: {
    en: 'take the keys from this file, as if they were typed',
    zh: '从这个文件读取按键，如同用键盘输入',
  },
  cast: {
    en: 'write the replay for asciinema (asciicast v2), with a marker for each step',
    zh: '写成 asciinema 录屏文件 (asciicast v2)，每步一个标记',
  },
  html: {
    en: 'one web page that needs no network, in both languages',
    zh: '生成一个网页，不需要网络，中英文可切换',
  },
  md: { en: 'a handout in Markdown (the default)', zh: '生成 Markdown 讲义（默认）' },
  worksheet: {
    en: 'a handout with gaps to fill in, and an answer sheet at the end',
    zh: '生成带填空的练习题，答案附在最后',
  },
  reportOut: { en: 'write it to this file', zh: '写到这个文件' },
  force: { en: 'overwrite an existing file', zh: '覆盖已有文件' },
} satisfies Record<string, Text>;

export const exitCodeTable = {
  en: `
Exit codes:
  0 done                          5 a step failed; changes undone, verified
  1 a bug in ctr                  6 changes that ctr could not undo, listed
  2 wrong usage, no such run      7 the kernel differs from the plan
  3 the config is invalid         8 the saved plan is stale
  4 the host is not ready         9 another process holds the lock
  125 126 127  exec and up: ctr failed, cannot execute, not found;
               other codes are the command's own
               (exec: 125 also when there is no such run)
  129 130 131 143  ended by SIGHUP, SIGINT, SIGQUIT or SIGTERM; everything
               is undone
If standard output cannot be written (disk full), the exit code is 4.
If standard error cannot be written, ctr continues as usual.
`,
  zh: `
退出码：
  0 完成                          5 某步失败，已全部撤销并核实
  1 ctr 的缺陷                    6 有改动没能撤销，已列出
  2 用法错误、没有这个运行实例    7 内核与计划不符
  3 配置无效                      8 保存的计划已过时
  4 主机未就绪                    9 锁被其他进程占用
  125 126 127  exec 和 up：ctr 出错、命令不可执行、找不到命令；
               其余为命令自己的退出码
               （exec 找不到运行实例时也是 125）
  129 130 131 143  因 SIGHUP、SIGINT、SIGQUIT 或 SIGTERM 结束；已全部撤销
标准输出无法写入（例如磁盘已满）时，退出码为 4。
标准错误无法写入时，ctr 照常运行。
`,
} satisfies Record<Language, string>;
