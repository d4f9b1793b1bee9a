import { own } from '../model/own.ts';
import { type Text, t } from '../model/text.ts';
import type { Statement, Token } from './grammar.ts';
import { describeValue, host } from './values/index.ts';
import { bytes } from './values/numbers.ts';

const about = { before: [] };

type Reader = (words: readonly string[]) => readonly (Text | Token | undefined)[];

const fstab: Reader = ([source = '', place = '', type = '', options = '', ...rest]) => {
  const list = describeValue('mount-options', options, about);
  return [
    describeValue('mount-source', source, about)?.means,
    { text: place, means: where(place) },
    describeValue('file-system', type, about)?.means,
    { text: options, means: list?.means, parts: list?.parts ?? [] },
    ...rest.map((one, index) =>
      one === '0'
        ? index === 0
          ? t('0: dump(8) leaves it out', '0：dump(8) 不备份它')
          : t('0: fsck(8) does not check it', '0：fsck(8) 不检查它')
        : undefined,
    ),
  ];
};

function where(place: string): Text | undefined {
  const means = describeValue('file', place, about)?.means;
  return means === undefined
    ? undefined
    : t(`where it appears: ${means.en}`, `挂载到哪里：${means.zh}`);
}

const hosts: Reader = ([address = '', ...names]) => [
  host(address, about)?.means,
  ...names.map((name) => t(`${name} is a name of that address`, `${name} 是该地址的名字`)),
];

const resolverWords: Readonly<Record<string, Text>> = {
  nameserver: t('ask this server for addresses', '向这台服务器查询域名'),
  search: t('try names with these endings as well', '查询时也试试这些后缀'),
  options: t('how to ask', '查询方式'),
};

const resolvers: Reader = ([word = '', ...rest]) => [
  own(resolverWords, word),
  ...rest.map((one) => {
    if (word === 'nameserver') return host(one, about)?.means;
    if (word === 'search') return t(`the ending ${one}`, `后缀 ${one}`);
    const [name = '', value = ''] = one.split(':');
    const options: Readonly<Record<string, Text>> = {
      ndots: t(
        `a name with ${value} dots or more is first tried as it is`,
        `名字里有 ${value} 个点以上时先按原样查询`,
      ),
      timeout: t(`wait ${value} seconds for an answer`, `等待应答 ${value} 秒`),
      attempts: t(`ask ${value} times`, `最多问 ${value} 次`),
      rotate: t('take the servers in turn', '轮流使用各服务器'),
      'use-vc': t('ask over TCP', '用 TCP 查询'),
      edns0: t('allow longer answers', '允许更长的应答'),
      'trust-ad': t('believe the server that an answer was verified', '相信服务器说应答已验证'),
    };
    return own(options, name) ?? t(`the option ${one}`, `选项 ${one}`);
  }),
];

const idMap: Reader = ([inside = '', outside = '', count = '']) => [
  t(
    `the first ID inside: ${inside}${inside === '0' ? ', root' : ''}`,
    `里面的第一个编号：${inside}${inside === '0' ? '，即 root' : ''}`,
  ),
  t(
    `its number on the host: ${outside}, which is nobody there`,
    `它在宿主机上的编号：${outside}，不属于宿主机上的任何人`,
  ),
  t(`so many IDs in a row: ${count}`, `连续的编号个数：${count}`),
];

const count: Reader = ([value = '']) => [
  value === 'max' ? t('no limit', '没有上限') : t(`at most ${value}`, `最多 ${value}`),
];

/** What the lines of a file are, by the end of its path. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [/\/fstab$/, fstab],
  [/\/hosts$/, hosts],
  [/\/hostname$/, (words) => words.map((one) => t(`the host name ${one}`, `主机名 ${one}`))],
  [/\/resolv\.conf$/, resolvers],
  [/\/[ug]id_map$/, idMap],
  [/\/memory\.max$/, ([value = '']) => [bytes(value, about)?.means]],
  [/\/pids\.max$/, count],
  [
    /\/max_user_namespaces$/,
    ([value = '']) => [
      value === '0' ? t('0: none', '0：一个也不能') : t(`at most ${value}`, `最多 ${value}`),
    ],
  ],
  [/\/cgroup\.procs$/, ([value = '']) => [describeValue('pid', value, about)?.means]],
];

export function knowsContents(path: string): boolean {
  return readers.some(([shape]) => shape.test(path));
}

/** A line of a file that ctr writes; undefined for a file of which ctr does not know the format. */
export function contentLine(path: string, line: string): Statement | undefined {
  const reader = readers.find(([shape]) => shape.test(path))?.[1];
  if (reader === undefined) return undefined;
  const words = line.split(/\s+/).filter((one) => one !== '');
  const told = reader(words);
  const tokens = words.map((text, index): Token => {
    const one = told[index];
    if (one !== undefined && 'text' in one) return one;
    return { text, means: one };
  });
  return { line, tokens, commands: [] };
}
