import type { Pair } from './example.ts';

/** Runs: to make them, to end them, to check them. */
export const runs = {
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
} satisfies Readonly<Record<string, Pair>>;
