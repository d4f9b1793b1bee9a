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
    says: { en: 'a small one, from this machine’s busybox', zh: '用本机的 busybox 制作一个小的' },
  },
  {
    line: 'ctr rootfs create --from debian:trixie trixie',
    says: { en: 'a small Debian', zh: '一个精简的 Debian' },
  },
];

/** Two examples per verb: the usual call, and one that shows another ability. */
export const examples: Readonly<
  Record<(typeof verbs)[number] | 'rootfs create', readonly [Example, Example]>
> = {
  up: [
    {
      line: 'ctr up config.json',
      says: {
        en: 'a shell in the container; leaving it takes everything back',
        zh: '在容器里打开 shell；退出后全部撤销',
      },
    },
    {
      line: 'ctr up --fast -d config.json -- sleep 1h',
      says: {
        en: 'another command, in the background, with the network ready as soon as can be',
        zh: '在后台运行另一个命令，并尽快备好网络',
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
      says: { en: 'read what ctr up would do to this host', zh: '看看 ctr up 会对本机做什么' },
    },
    {
      line: 'ctr plan --format sh config.json > network.sh',
      says: {
        en: 'the same as a script that needs no ctr',
        zh: '把同样的计划存成脚本，运行它不需要 ctr',
      },
    },
  ],
  down: [
    { line: 'ctr down lab', says: { en: 'end the run lab', zh: '结束名为 lab 的运行' } },
    { line: 'ctr down --all', says: { en: 'end every run', zh: '结束所有运行' } },
  ],
  gc: [
    {
      line: 'ctr gc --dry-run',
      says: { en: 'see what dead runs have left', zh: '看看已死的运行留下了什么' },
    },
    { line: 'ctr gc', says: { en: 'take it back', zh: '撤销这些残留' } },
  ],
  ps: [
    {
      line: 'ctr ps -a',
      says: { en: 'also the runs that have ended by themselves', zh: '也列出自行结束的运行' },
    },
    {
      line: 'ctr ps -q',
      says: { en: 'names alone, for a script', zh: '只列名字，供脚本使用' },
    },
  ],
  logs: [
    {
      line: 'ctr logs -f lab',
      says: { en: 'follow what the run lab writes', zh: '持续查看运行 lab 的输出' },
    },
    {
      line: 'ctr logs lab/web',
      says: {
        en: 'the container web of a run with several',
        zh: '一个运行有多个容器时，只看容器 web',
      },
    },
  ],
  inspect: [
    {
      line: 'ctr inspect lab',
      says: { en: 'what was asked for beside what is there', zh: '对照要求与现状' },
    },
    {
      line: 'ctr --json inspect lab | jq .containers',
      says: { en: 'the same for a program', zh: '同样的内容，供程序读取' },
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
        en: 'find out why the run lab has no network any more',
        zh: '查明运行 lab 为什么断网',
      },
    },
    {
      line: 'ctr check lab || ctr repair lab',
      says: { en: 'and mend it', zh: '有不符就修复' },
    },
  ],
  repair: [
    {
      line: 'ctr repair lab',
      says: {
        en: 'put back what somebody has taken away from the run lab',
        zh: '补回运行 lab 被别人删掉的部分',
      },
    },
    {
      line: 'ctr -v repair lab',
      says: { en: 'and see each command', zh: '同时显示每条命令' },
    },
  ],
  exec: [
    {
      line: 'ctr exec lab ip addr',
      says: { en: 'the addresses inside', zh: '看容器里的地址' },
    },
    {
      line: 'ctr exec lab/web -- sh -c "ping -c 1 10.0.0.1"',
      says: {
        en: 'in the container web of a run with several',
        zh: '一个运行有多个容器时，在容器 web 里运行',
      },
    },
  ],
  sandbox: [
    {
      line: 'ctr sandbox',
      says: {
        en: 'a shell where nothing you do to the network harms this machine',
        zh: '打开一个 shell，在里面怎么改网络都不会影响本机',
      },
    },
    {
      line: 'ctr sandbox ip route',
      says: { en: 'one command instead', zh: '只运行一个命令' },
    },
  ],
  rootfs: makeRootfs,
  'rootfs create': makeRootfs,
  validate: [
    {
      line: 'ctr validate config.json',
      says: { en: 'every problem, with its line', zh: '列出所有问题和所在的行' },
    },
    {
      line: 'ctr validate --expand config.json',
      says: {
        en: 'the long form of a short config, to go on from',
        zh: '把简写的配置展开，作为继续修改的起点',
      },
    },
  ],
  schema: [
    {
      line: 'ctr schema > config.schema.json',
      says: { en: 'for an editor that completes configs', zh: '供编辑器补全配置' },
    },
    {
      line: 'ctr schema | jq .properties',
      says: { en: 'which keys there are', zh: '看看有哪些键' },
    },
  ],
  init: [
    {
      line: 'ctr init',
      says: { en: 'write ctr.json into this directory', zh: '在当前目录写出 ctr.json' },
    },
    {
      line: 'ctr init --force lab.json',
      says: { en: 'over the file lab.json', zh: '写到 lab.json，覆盖原有内容' },
    },
  ],
  demo: [
    { line: 'ctr demo', says: { en: 'watch the tutorial', zh: '观看整个教程' } },
    { line: 'ctr --lang zh demo', says: { en: 'in Chinese', zh: '用中文观看' } },
  ],
  explain: [
    { line: 'ctr explain', says: { en: 'what there is to read', zh: '列出有哪些讲解' } },
    {
      line: 'ctr explain H003',
      says: { en: 'what this code means and what to do', zh: '这个代码的含义和处理方法' },
    },
  ],
  completion: [
    {
      line: 'ctr completion bash',
      says: { en: 'look at the script first', zh: '先看看这个脚本' },
    },
    {
      line: 'ctr completion fish | source',
      says: { en: 'complete in this fish from now on', zh: '在当前的 fish 里立即启用' },
    },
  ],
  version: [
    { line: 'ctr version', says: { en: 'for a person', zh: '给人看' } },
    { line: 'ctr --json version', says: { en: 'for a program', zh: '给程序读' } },
  ],
  help: [
    { line: 'ctr help', says: { en: 'every verb', zh: '列出所有命令' } },
    { line: 'ctr help up', says: { en: 'one of them', zh: '其中一个命令的用法' } },
  ],
};
