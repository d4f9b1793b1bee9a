import type { Text } from '../model/text.ts';

/** The texts of `--help` for each option. Some are those of several verbs. */
export const optionHelp = {
  graphFormat: {
    en: 'text, ascii (English only), alt (for screen readers), svg, mermaid, dot or json',
    zh: 'text、ascii、alt（读屏）、svg、mermaid、dot、json',
  },
  graphOut: {
    en: 'save the picture; the ending of the name, such as .svg, tells the format',
    zh: '保存图；文件扩展名（如 .svg）决定格式',
  },
  besideHost: {
    en: 'run it beside the container: on the host of the run, or on its sandbox host',
    zh: '不在容器里，而在容器旁边运行：运行实例所在的主机，或它的沙盒主机',
  },
  besideWorld: {
    en: 'run it in the network that plays the internet for the sandbox host of the run',
    zh: '在沙盒主机的模拟外部网络里运行',
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
  probe: {
    en: 'also send the packets that the lab promises, and trace the first that fails',
    zh: '同时发送实验承诺能通的数据包，并追踪第一个不通的',
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
  cniNodes: { en: 'how many nodes', zh: '节点的个数' },
  cniAddresses: {
    en: 'their IPv4 addresses, with commas between them (default: 192.0.2.1,192.0.2.2 and so on)',
    zh: '各节点的 IPv4 地址，以逗号分隔（默认从 192.0.2.1 起）',
  },
  cniType: {
    en: "the plugin's file name, and the type of the list",
    zh: '插件的文件名，也是列表里的 type',
  },
  netDir: {
    en: "the engine's directory of network lists (default: /etc/cni/net.d)",
    zh: '引擎存放网络列表的目录（默认：/etc/cni/net.d）',
  },
  netlink: {
    en: 'with a step: run it in a sandbox, and show the netlink messages that it sends (needs strace)',
    zh: '用于步骤：在沙盒里执行，并显示它发送的 netlink 消息（需要 strace）',
  },
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
