import type { Text } from '../model/text.ts';

/** The texts of `--help` for each verb. */
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
  exec: {
    en: 'run another command in a container, with no more privileges than its first process',
    zh: '在容器里再运行一条命令，权限不超过容器的第一个进程',
  },
  logs: {
    en: 'show the output of a detached container, even after it has ended',
    zh: '显示后台容器的输出，容器结束后也能查看',
  },
  check: {
    en: 'compare the kernel with the plan; exit 7 if they differ',
    zh: '用计划核对内核状态；不符时退出码为 7',
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
  sandbox: {
    en: 'run a command or a shell in a private machine with a small internet; needs no root',
    zh: '在一台自带小型互联网的私有机器里运行一条命令或 shell；不需要 root',
  },
  lab: { en: 'experiments with the plan of a config', zh: '对配置的计划做实验' },
  'lab necessity': {
    en: 'leave out each command of the plan in turn, in sandbox hosts, and show what breaks without it',
    zh: '在沙盒里逐一去掉计划的每条命令，看什么会失效',
  },
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
  'cni log': {
    en: "what engines asked for, command by command; an id's beginning will do",
    zh: '逐条列出引擎要求执行的命令；可写 id 的开头',
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
  goto: {
    en: 'move a run to a stage of its plan, forward or back',
    zh: '把运行实例移到计划的某个阶段，可前进、后退',
  },
} satisfies Record<string, Text>;
