import type { Pair } from './example.ts';

/** What is in a network, and what its packets do. */
export const observe = {
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
} satisfies Readonly<Record<string, Pair>>;
