import { toolPath } from '../exec/tool-path.ts';
import { ownTools, terminalTools, toolPackages } from '../facts/needed-tools.ts';
import { readAll } from '../facts/probe.ts';
import { findTool } from '../facts/tools.ts';
import { own } from '../model/own.ts';
import type { Text } from '../model/text.ts';
import { install } from './distribution.ts';
import type { Examination } from './examination.ts';
import { type Finding, type Mode, modes } from './finding.ts';
import type { Host } from './host.ts';

/** Programs that some verbs use, with their package in Debian and what they are for. */
const optional: Readonly<Record<string, { readonly package: string; readonly use: Text }>> = {
  nft: {
    package: 'nftables',
    use: {
      en: 'without it ctr sees no rules of nft(8), and cannot trace packets',
      zh: '没有它，ctr 看不到 nft(8) 的规则，也无法追踪数据包',
    },
  },
  busybox: {
    package: 'busybox-static',
    use: {
      en: 'ctr demo and ctr rootfs create copy it into the container',
      zh: 'ctr demo 和 ctr rootfs create 会把它复制进容器',
    },
  },
};

/** Programs whose absence needs no word of its own: those verbs say it themselves. */
const rare: Readonly<Record<string, Text>> = {
  debootstrap: { en: 'ctr rootfs create --from debian', zh: 'ctr rootfs create --from debian' },
  skopeo: { en: 'ctr rootfs create --from oci:…', zh: 'ctr rootfs create --from oci:…' },
  strace: { en: 'ctr explain --netlink', zh: 'ctr explain --netlink' },
  ip6tables: { en: 'labs with IPv6', zh: '有 IPv6 的实验环境' },
};

/** Only a config with IPv6 needs these; they come with iptables(8). */
const isForIpv6 = (name: string) => name.startsWith('ip6tables');

/** Programs whose version is worth telling, with the command that prints it. */
const versioned = { ip: 'ip -V', unshare: 'unshare -V', iptables: 'iptables -V', nft: 'nft -V' };

async function readVersions(host: Host): Promise<Readonly<Record<string, string>>> {
  const first = (stdout: string) =>
    /v?\d+\.[\w.]+(?: \((?:legacy|nf_tables)\))?/.exec(stdout)?.[0].replace(/^v/, '') ?? '';
  const probes = Object.fromEntries(
    Object.entries(versioned).map(([name, line]) => {
      const [program = '', ...args] = line.split(' ');
      return [name, { argv: [program, ...args] as const, parse: first, absent: '' }];
    }),
  );
  return await readAll(host.context.runner, probes);
}

/** A program that is on the user's search path, but not where ctr looks for tools. */
function elsewhere(host: Host, name: string): string | null {
  return findTool(name, host.context.environment.PATH ?? '');
}

function blockedBy(names: readonly string[]): readonly Mode[] {
  return names.some((name) => name in toolPackages || ownTools.includes(name)) ? modes : [];
}

/** The programs of one package, none of which is where ctr looks for tools. */
function missing(host: Host, debian: string, names: readonly string[]): Finding {
  const found = names.flatMap((name) => elsewhere(host, name) ?? []);
  const blocks = blockedBy(names);
  const installing = { command: install(host.distribution, [debian]) };
  if (found.length === 0) {
    const [many, list] = [names.length > 1, names.join(', ')];
    return {
      id: 'tool-missing',
      severity: 'problem',
      says: {
        en: many ? `programs are not installed: ${list}` : `the program ${list} is not installed`,
        zh: `没有安装程序 ${names.join('、')}`,
      },
      fixes: [installing],
      blocks,
    };
  }
  return {
    id: 'tool-elsewhere',
    severity: 'problem',
    says: {
      en: `ctr does not look for tools there: ${found.join(', ')}`,
      zh: `ctr 不在这些地方查找工具：${found.join('、')}`,
    },
    means: {
      en: `it runs tools as root, and only those in ${toolPath}`,
      zh: `它以 root 身份运行工具，只使用 ${toolPath} 里的程序`,
    },
    fixes: [
      installing,
      {
        command: `sudo ln -s ${found.join(' ')} /usr/local/sbin/`,
        costs: { en: 'root will run these files', zh: 'root 会运行这些文件' },
      },
    ],
    blocks,
  };
}

/** The missing programs by their package in Debian. */
function byPackage(absent: readonly (readonly [name: string, debian: string])[]) {
  const packages = new Set(absent.map(([, debian]) => debian));
  return [...packages].map(
    (debian) => [debian, absent.flatMap(([name, of]) => (of === debian ? name : []))] as const,
  );
}

/** Directories of networking tools that the user's PATH lacks: what a plan prints cannot be typed then. */
function offPath(host: Host): readonly Finding[] {
  const path = host.context.environment.PATH ?? '';
  const names = ['ip', 'iptables', 'nft', 'sysctl'].filter(
    (name) => findTool(name) !== null && findTool(name, path) === null,
  );
  const [first] = names;
  if (first === undefined) return [];
  const directories = new Set(names.map((name) => findTool(name)?.replace(/\/[^/]*$/, '') ?? ''));
  return [
    {
      id: 'tools-off-path',
      severity: 'note',
      says: {
        en: `your PATH lacks ${[...directories].join(', ')}: ctr finds ${names.join(', ')} there, your shell does not`,
        zh: `你的 PATH 里没有 ${[...directories].join('、')}：ctr 能找到其中的 ${names.join('、')}，你的 shell 找不到`,
      },
      fixes: [
        {
          command: `export PATH="$PATH:${[...directories].join(':')}"`,
          costs: {
            en: 'for this shell; to keep it, put it into ~/.profile',
            zh: '只对当前 shell 有效；要长期有效，写入 ~/.profile',
          },
        },
      ],
    },
  ];
}

export const tools: Examination = {
  area: 'tools',
  title: { en: 'tools', zh: '工具' },
  async examine(host) {
    const packages = { ...toolPackages, ...terminalTools };
    const absent = Object.entries(packages).filter(
      ([name]) => findTool(name) === null && !isForIpv6(name),
    );
    const versions = findTool('sh') === null ? {} : await readVersions(host);
    const told = Object.keys(versioned)
      .filter((name) => findTool(name) !== null)
      .map((name) => `${name} ${own(versions, name) ?? ''}`.trim());
    const unused = Object.entries(rare).filter(([name]) => findTool(name) === null);
    const present: Finding = {
      id: 'tools',
      severity: 'ok',
      says: { en: told.join(', '), zh: told.join('，') },
      ...(unused.length === 0
        ? {}
        : {
            means: {
              en: `not installed: ${unused.map(([name, use]) => `${name} (for ${use.en})`).join(', ')}`,
              zh: `没有安装：${unused.map(([name, use]) => `${name}（用于 ${use.zh}）`).join('，')}`,
            },
          }),
    };
    const lacking = Object.entries(optional).filter(([name]) => findTool(name) === null);
    return [
      ...(told.length === 0 ? [] : [present]),
      ...byPackage(absent).map(([debian, names]) => missing(host, debian, names)),
      ...lacking.map(
        ([name, { package: debian, use }]): Finding => ({
          id: 'tool-useful',
          severity: 'note',
          says: {
            en: `${name} is not installed: ${use.en}`,
            zh: `没有安装 ${name}：${use.zh}`,
          },
          fixes: [{ command: install(host.distribution, [debian]) }],
        }),
      ),
      ...offPath(host),
    ];
  },
};
