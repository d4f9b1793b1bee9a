import type { Text } from '../../../src/model/text.ts';

/** The section headings (man-pages(7)). */
export const headings = {
  name: { en: 'NAME', zh: '名称' },
  synopsis: { en: 'SYNOPSIS', zh: '概要' },
  description: { en: 'DESCRIPTION', zh: '描述' },
  options: { en: 'OPTIONS', zh: '选项' },
  verbs: { en: 'VERBS', zh: '命令' },
  exits: { en: 'EXIT STATUS', zh: '退出状态' },
  environment: { en: 'ENVIRONMENT', zh: '环境变量' },
  files: { en: 'FILES', zh: '文件' },
  examples: { en: 'EXAMPLES', zh: '示例' },
  also: { en: 'SEE ALSO', zh: '另请参阅' },
} satisfies Record<string, Text>;

export const optionsWord: Text = { en: 'options', zh: '选项' };
export const verbWord: Text = { en: 'verb', zh: '命令' };
export const argumentsWord: Text = { en: 'arguments', zh: '参数' };

export const everyVerb: Text = {
  en: 'Every verb takes these options but --version. They may stand before the verb or after it, but not after the words of a command.',
  zh: '除 --version 以外，每个命令都接受这些选项，写在命令之前或之后都可以，但不能写在要运行的命令之后。',
};

export const description: readonly Text[] = [
  {
    en: 'ctr connects containers to the network with the commands that a person would type: ip(8), unshare(1), nsenter(1) and iptables(8). It prints each command and its reason, knows how to undo it, and undoes everything when the first command of a container ends. It needs no daemon and no image.',
    zh: 'ctr 用人会手工输入的命令把容器接入网络：ip(8)、unshare(1)、nsenter(1) 和 iptables(8)。它会显示每条命令和原因，知道怎样撤销，并在容器的第一个命令结束时全部撤销。它不需要守护进程，也不需要镜像。',
  },
  {
    en: 'Root changes this host. Anybody else gets a sandbox host: a private machine with a small internet of its own.',
    zh: 'root 运行时改动的是本机；其他用户会得到一台沙盒主机：自带小型互联网的私有机器。',
  },
  {
    en: 'ctrnet is the same program under another name. containerd has a program called ctr too; where it is installed, type ctrnet.',
    zh: 'ctrnet 是同一个程序的另一个名字。containerd 也有一个叫 ctr 的程序；装有 containerd 的机器上请输入 ctrnet。',
  },
];

export interface Entry {
  readonly term: string;
  readonly means: Text;
}

export const environment: readonly Entry[] = [
  {
    term: 'CTR_LANG, LC_ALL, LC_MESSAGES, LANG',
    means: {
      en: 'The language, where --lang does not say it. The first that is set decides: Chinese when it begins with zh, else English.',
      zh: '没有 --lang 时决定语言，以第一个已设置的变量为准：以 zh 开头则用中文，否则用英文。',
    },
  },
  {
    term: 'CTR_STATE_DIR',
    means: {
      en: 'Where runs are recorded, where --state-dir does not say it.',
      zh: '没有 --state-dir 时，记录运行的目录。',
    },
  },
  {
    term: 'XDG_RUNTIME_DIR',
    means: {
      en: 'Where the runs of an ordinary user are recorded, in ctr below it.',
      zh: '普通用户的运行记录在它下面的 ctr 目录里。',
    },
  },
  {
    term: 'NO_COLOR',
    means: { en: 'When it is set and not empty, no colours.', zh: '设置为非空值时不用颜色。' },
  },
  {
    term: 'SHELL',
    means: {
      en: 'What ctr sandbox runs when no command is given.',
      zh: '没有给出命令时，ctr sandbox 运行它。',
    },
  },
  {
    term: 'TERM',
    means: {
      en: 'Handed on to a container that has the terminal.',
      zh: '传给使用终端的容器。',
    },
  },
];

export const files: readonly Entry[] = [
  {
    term: '/run/ctr',
    means: { en: 'The records of root’s runs.', zh: 'root 的运行记录。' },
  },
  {
    term: '$XDG_RUNTIME_DIR/ctr, /run/user/UID/ctr, /tmp/ctr-UID',
    means: {
      en: 'The records of an ordinary user’s runs: the first of these that can be.',
      zh: '普通用户的运行记录：使用其中第一个可用的目录。',
    },
  },
  {
    term: 'ctr.json',
    means: {
      en: 'The config that ctr init writes. ctr schema prints what may stand in one.',
      zh: 'ctr init 写出的配置。ctr schema 打印配置的格式。',
    },
  },
];

/** The verbs whose first examples form the section EXAMPLES, in this order. */
export const story = ['plan', 'up', 'ps', 'exec', 'check', 'down'] as const;

export const seeAlso = [
  ['ip', 8],
  ['iptables', 8],
  ['nsenter', 1],
  ['unshare', 1],
  ['veth', 4],
  ['network_namespaces', 7],
  ['user_namespaces', 7],
] as const;
