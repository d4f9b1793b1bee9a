import type { verbs } from '../exec/called.ts';
import type { Text } from '../model/text.ts';

/** An example command line, and what it does. */
export interface Example {
  readonly line: string;
  readonly says: Text;
}

const makeRootfs: readonly [Example, Example] = [
  {
    line: 'ctr rootfs create labex',
    says: {
      en: 'make a small one from this host’s busybox',
      zh: '用本机的 busybox 做一个小型根文件系统',
    },
  },
  {
    line: 'ctr rootfs create --from debian:trixie trixie',
    says: { en: 'make a small Debian', zh: '做一个精简的 Debian' },
  },
];

const necessity: readonly [Example, Example] = [
  {
    line: 'ctr lab necessity config.json',
    says: { en: 'what breaks without each command', zh: '缺了每条命令会失去什么' },
  },
  {
    line: 'ctr lab necessity --drop --format svg config.json > needed.svg',
    says: {
      en: 'the same on a host that forwards nothing by default, as a picture',
      zh: '在默认不转发的宿主机上做同样的实验，画成图',
    },
  },
];

const installCni: readonly [Example, Example] = [
  {
    line: 'ctr cni install',
    says: {
      en: 'for containerd and Kubernetes, which look into /opt/cni/bin',
      zh: '供 containerd 和 Kubernetes 使用，它们在 /opt/cni/bin 里找插件',
    },
  },
  {
    line: 'ctr cni install /usr/lib/cni',
    says: { en: "for Debian's podman", zh: '供 Debian 的 podman 使用' },
  },
];

/** Two examples per verb: the usual call, and one that shows another ability. */
export const examples: Readonly<
  Record<
    | (typeof verbs)[number]
    | 'rootfs create'
    | 'lab necessity'
    | `cni ${'install' | 'remove' | 'example' | 'log'}`,
    readonly [Example, Example]
  >
> = {
  up: [
    {
      line: 'ctr up config.json',
      says: {
        en: 'open a shell in the container; when it exits, ctr undoes everything',
        zh: '在容器里打开 shell；退出后撤销所有改动',
      },
    },
    {
      line: 'ctr up --fast -d config.json -- sleep 1h',
      says: {
        en: 'run another command in the background, and set up its network faster',
        zh: '在后台运行另一条命令，并以更快的方式建好网络',
      },
    },
  ],
  replay: [
    {
      line: 'ctr replay run.ctr.ndjson',
      says: { en: 'go through a recorded run with n and b', zh: '用 n 和 b 浏览录制的运行' },
    },
    {
      line: 'ctr replay --pace 5 --lang zh run.ctr.ndjson',
      says: { en: 'let it play by itself, in Chinese', zh: '用中文自动播放' },
    },
  ],
  report: [
    {
      line: 'ctr report --html --out run.html run.ctr.ndjson',
      says: {
        en: 'one page to hand out, which needs no network',
        zh: '生成一个可以分发的网页，不需要网络',
      },
    },
    {
      line: 'ctr report --worksheet run.ctr.ndjson > worksheet.md',
      says: { en: 'questions with gaps, answers at the end', zh: '带填空的题目，答案在最后' },
    },
  ],
  plan: [
    {
      line: 'ctr plan config.json',
      says: { en: 'read what ctr up would do to this host', zh: '查看 ctr up 会对本机做什么' },
    },
    {
      line: 'ctr plan --format sh config.json > network.sh',
      says: {
        en: 'save the plan as a script that needs no ctr',
        zh: '把计划保存为脚本，运行它不需要 ctr',
      },
    },
  ],
  down: [
    { line: 'ctr down lab', says: { en: 'end the run lab', zh: '结束运行实例 lab' } },
    { line: 'ctr down --all', says: { en: 'end all runs', zh: '结束所有运行实例' } },
  ],
  gc: [
    {
      line: 'ctr gc --dry-run',
      says: { en: 'list what crashed runs left behind', zh: '列出异常终止的运行实例的残留' },
    },
    { line: 'ctr gc', says: { en: 'remove it', zh: '清除这些残留' } },
  ],
  ps: [
    {
      line: 'ctr ps -a',
      says: { en: 'also list runs that have ended by themselves', zh: '也列出自行结束的运行实例' },
    },
    {
      line: 'ctr ps -q',
      says: { en: 'print only the names, for a script', zh: '只列出名字，供脚本使用' },
    },
  ],
  logs: [
    {
      line: 'ctr logs -f lab',
      says: { en: 'follow the output of the run lab', zh: '持续显示运行实例 lab 的输出' },
    },
    {
      line: 'ctr logs lab/web',
      says: {
        en: 'if lab has several containers, show the output of web',
        zh: 'lab 有多个容器时，查看容器 web 的输出',
      },
    },
  ],
  inspect: [
    {
      line: 'ctr inspect lab',
      says: {
        en: 'show the config of lab and its state in the kernel',
        zh: '显示 lab 的配置和内核中的实际状态',
      },
    },
    {
      line: 'ctr --json inspect lab | jq .containers',
      says: { en: 'the same as JSON, for a program', zh: '以 JSON 输出同样的内容，供程序读取' },
    },
  ],
  graph: [
    {
      line: 'ctr graph config.json',
      says: {
        en: 'the network that ctr up would make of this config',
        zh: 'ctr up 会按这份配置建立的网络',
      },
    },
    {
      line: 'ctr graph lab --out lab.svg',
      says: {
        en: 'a picture of what the kernel has of the run lab',
        zh: '运行 lab 在内核中的现状，存成图片',
      },
    },
  ],
  check: [
    {
      line: 'ctr check lab',
      says: {
        en: 'find out why the run lab has lost its network',
        zh: '查明运行实例 lab 为什么断网',
      },
    },
    {
      line: 'ctr check lab || ctr repair lab',
      says: { en: 'and repair it', zh: '有不符就修复' },
    },
  ],
  why: [
    {
      line: 'ctr why lab',
      says: {
        en: 'what is wrong with the network of the run lab, the worst first',
        zh: '运行实例 lab 的网络有什么问题，最严重的在前',
      },
    },
    {
      line: 'sudo ctr why --docker web',
      says: {
        en: 'the same for a container that Docker made (or --podman, --netns, --pid)',
        zh: '同样检查 Docker 创建的容器（或用 --podman、--netns、--pid）',
      },
    },
  ],
  goto: [
    {
      line: 'ctr goto web attach-bridge',
      says: {
        en: 'move the run to the state after this step of its plan',
        zh: '把运行实例移到计划中这一步之后的状态',
      },
    },
    {
      line: 'ctr goto web start',
      says: { en: 'undo every step, and keep the name', zh: '撤销所有步骤，但保留名字' },
    },
  ],
  repair: [
    {
      line: 'ctr repair lab',
      says: {
        en: 'restore what somebody has deleted from the run lab',
        zh: '恢复运行实例 lab 中被删掉的部分',
      },
    },
    {
      line: 'ctr -v repair lab',
      says: { en: 'and print each command', zh: '同时显示每条命令' },
    },
  ],
  exec: [
    {
      line: 'ctr exec lab ip addr',
      says: { en: 'show the addresses in the container', zh: '查看容器里的地址' },
    },
    {
      line: 'ctr exec lab/web -- sh -c "ping -c 1 10.0.0.1"',
      says: {
        en: 'if lab has several containers, run a command in web',
        zh: 'lab 有多个容器时，在容器 web 里运行命令',
      },
    },
  ],
  watch: [
    {
      line: 'ctr watch lab',
      says: {
        en: 'beside a ping in the container: its packets count up',
        zh: '在容器里 ping 的同时，观察计数上升',
      },
    },
    {
      line: 'ctr watch --json --count 3 lab',
      says: { en: 'three readings for a program', zh: '三次读取，供程序使用' },
    },
  ],
  trace: [
    {
      line: 'ctr trace lab downloads.example',
      says: { en: 'where a ping to that name goes', zh: '看 ping 这个名字的包经过哪里' },
    },
    {
      line: 'ctr trace lab/web 10.0.0.3:80 --protocol tcp',
      says: {
        en: 'from container web, to a port: open, closed or filtered',
        zh: '从容器 web 到一个端口：开放、关闭还是被过滤',
      },
    },
  ],
  sandbox: [
    {
      line: 'ctr sandbox',
      says: {
        en: 'open a shell in which no change to the network affects this host',
        zh: '打开一个 shell，在里面怎么改网络都不影响本机',
      },
    },
    {
      line: 'ctr sandbox ip route',
      says: { en: 'run a single command', zh: '只运行一条命令' },
    },
  ],
  rootfs: makeRootfs,
  'rootfs create': makeRootfs,
  lab: necessity,
  'lab necessity': necessity,
  cni: installCni,
  'cni install': installCni,
  'cni remove': [
    {
      line: 'ctr cni remove',
      says: { en: 'remove what ctr cni install wrote', zh: '删除 ctr cni install 写入的文件' },
    },
    {
      line: 'ctr cni remove /usr/lib/cni',
      says: { en: 'remove it from another directory', zh: '从另一个目录删除' },
    },
  ],
  'cni example': [
    {
      line: 'ctr cni example --nodes 2',
      says: {
        en: 'two nodes, by routes, BGP and EVPN, in ctr-nodes/routes, bgp and evpn',
        zh: '两个节点，分别用静态路由、BGP、EVPN，写到 ctr-nodes/routes、bgp、evpn',
      },
    },
    {
      line: 'ctr cni example --nodes 2 --addresses 10.0.0.11,10.0.0.12 /tmp/nodes',
      says: {
        en: 'with the addresses that the nodes have, in another directory',
        zh: '写明各节点的地址，写到另一个目录',
      },
    },
  ],
  'cni log': [
    {
      line: 'ctr cni log',
      says: { en: 'every command of the last hour', zh: '最近一小时的每条命令' },
    },
    {
      line: 'ctr cni log 3f2a',
      says: {
        en: 'those for one container, by the beginning of its id',
        zh: '只看一个容器的命令，写 id 的开头即可',
      },
    },
  ],
  validate: [
    {
      line: 'ctr validate config.json',
      says: { en: 'report all problems with their lines', zh: '列出所有问题和所在的行' },
    },
    {
      line: 'ctr validate --expand config.json',
      says: {
        en: 'expand a short config to the long form, to edit it further',
        zh: '把简写的配置展开成完整形式，以便继续修改',
      },
    },
  ],
  schema: [
    {
      line: 'ctr schema > config.schema.json',
      says: {
        en: 'save it for an editor, which then completes configs',
        zh: '保存给编辑器，用来补全配置',
      },
    },
    {
      line: 'ctr schema | jq .properties',
      says: { en: 'list the keys of a config', zh: '列出配置的各个键' },
    },
  ],
  init: [
    {
      line: 'ctr init',
      says: { en: 'write ctr.json to this directory', zh: '在当前目录生成 ctr.json' },
    },
    {
      line: 'ctr init --force lab.json',
      says: { en: 'overwrite the file lab.json', zh: '覆盖文件 lab.json' },
    },
  ],
  demo: [
    { line: 'ctr demo', says: { en: 'watch the tutorial', zh: '观看整个教程的运行' } },
    { line: 'ctr --lang zh demo', says: { en: 'watch it in Chinese', zh: '用中文观看' } },
  ],
  explain: [
    {
      line: 'ctr explain ip link set dev eth0 up',
      says: { en: 'read what each word means', zh: '查看每个词的意思' },
    },
    {
      line: 'ctr explain H003',
      says: { en: 'read what this code means and what to do', zh: '查看这个代码的含义和处理方法' },
    },
  ],
  doctor: [
    {
      line: 'ctr doctor',
      says: { en: 'as you are: is a sandbox possible?', zh: '以当前用户检查：能否使用沙盒' },
    },
    {
      line: 'sudo ctr doctor',
      says: {
        en: 'also the firewall of this machine, and what crashed runs left',
        zh: '还检查这台机器的防火墙和异常终止的运行实例的残留',
      },
    },
  ],
  completion: [
    {
      line: 'ctr completion bash',
      says: { en: 'read the script first', zh: '先查看这个脚本' },
    },
    {
      line: 'ctr completion fish | source',
      says: { en: 'load it into the current fish', zh: '在当前的 fish 里立即启用' },
    },
  ],
  version: [
    { line: 'ctr version', says: { en: 'print it as text', zh: '以文本输出' } },
    { line: 'ctr --json version', says: { en: 'print it as JSON', zh: '以 JSON 输出' } },
  ],
  help: [
    { line: 'ctr help', says: { en: 'list all commands', zh: '列出所有命令' } },
    {
      line: 'ctr help up',
      says: { en: 'show how to use one of them', zh: '显示其中一个命令的用法' },
    },
  ],
};
