import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { allProcesses } from '../exec/processes.ts';
import type { Facts } from '../facts/index.ts';
import type { Text } from '../model/text.ts';
import type { Examination } from './examination.ts';
import type { Finding, Fix } from './finding.ts';

/** Another program that changes the network of a host. */
interface Neighbour {
  readonly name: string;
  /** The program's process, by the name of its file or of its script. */
  readonly process?: RegExp;
  readonly socket?: string;
  readonly chain?: RegExp;
  readonly table?: RegExp;
  readonly link?: RegExp;
  /** What it does to networks of others; absent if it leaves them alone. */
  readonly harm?: { readonly id: string; readonly means: Text; readonly fixes: readonly Fix[] };
}

const notNeeded: Text = {
  en: 'ctr up does this by itself, and takes it back',
  zh: 'ctr up 会自动添加，并在结束时删除',
};

const all: readonly Neighbour[] = [
  {
    name: 'Docker',
    process: /^dockerd$/,
    socket: '/run/docker.sock',
    chain: /^DOCKER/,
    table: /^docker-/,
    link: /^docker0$/,
    harm: {
      id: 'with-docker',
      means: {
        en: 'it drops what others forward, except what DOCKER-USER accepts, and uses subnets from 172.17.0.0/16 on',
        zh: '它丢弃别人转发的数据包，DOCKER-USER 接受的除外；它使用从 172.17.0.0/16 开始的子网',
      },
      fixes: [
        {
          command:
            'sudo iptables -I DOCKER-USER -i ctr0 -j ACCEPT && sudo iptables -I DOCKER-USER -o ctr0 -j ACCEPT',
          costs: notNeeded,
        },
      ],
    },
  },
  {
    name: 'firewalld',
    process: /^firewalld$/,
    table: /^firewalld/,
    harm: {
      id: 'with-firewalld',
      means: {
        en: 'it rejects what comes from an interface that is in no zone of its own: if it uses nftables, rules in other tables cannot prevent that. A reload deletes every rule of iptables, and ctr repair adds those of ctr again',
        zh: '接口没有分到区域 (zone) 时，它拒绝来自该接口的数据包；如果它用 nftables，其他表里的规则改变不了这一点。它重新加载时会删除 iptables 的所有规则，ctr repair 会把 ctr 的规则加回来',
      },
      fixes: [
        {
          command: 'sudo firewall-cmd --zone=trusted --add-interface=ctr0',
          costs: {
            en: 'until firewalld is reloaded; containers then reach every port of this host. To undo: sudo firewall-cmd --zone=trusted --remove-interface=ctr0',
            zh: 'firewalld 重新加载前有效；容器从此能访问本机的所有端口。撤销：sudo firewall-cmd --zone=trusted --remove-interface=ctr0',
          },
        },
      ],
    },
  },
  {
    name: 'ufw',
    chain: /^ufw-/,
    harm: {
      id: 'with-ufw',
      means: {
        en: 'it drops what is forwarded, and what containers send to this host itself',
        zh: '它丢弃转发的数据包，以及容器发给本机的数据包',
      },
      fixes: [
        { command: 'sudo ufw route allow in on ctr0', costs: notNeeded },
        {
          command: 'sudo ufw allow in on ctr0',
          costs: {
            en: 'lets containers reach this host; to take it back: sudo ufw delete allow in on ctr0',
            zh: '让容器能访问本机；撤销：sudo ufw delete allow in on ctr0',
          },
        },
      ],
    },
  },
  {
    name: 'Kubernetes',
    process: /^(?:kubelet|k3s|k3s-server)$/,
    chain: /^KUBE-/,
    table: /^kube-proxy$/,
    harm: {
      id: 'with-kubernetes',
      means: {
        en: 'its rules drop forwarded packets of connections that conntrack calls invalid',
        zh: '它的规则会丢弃 conntrack 标为 invalid 的转发数据包',
      },
      fixes: [
        {
          command: 'sudo iptables -S KUBE-FORWARD',
          costs: { en: 'shows these rules', zh: '查看这些规则' },
        },
      ],
    },
  },
  { name: 'libvirt', process: /^libvirtd$/, chain: /^LIBVIRT_/, link: /^virbr\d/ },
  { name: 'podman, CNI', chain: /^(?:NETAVARK|CNI-)/, link: /^(?:cni|podman)\d/ },
  {
    name: 'tailscale',
    process: /^tailscaled$/,
    chain: /^ts-/,
    link: /^tailscale/,
  },
  {
    name: 'NetworkManager',
    process: /^NetworkManager$/,
    socket: '/run/NetworkManager',
  },
  {
    name: 'systemd-networkd',
    process: /^systemd-networkd$/,
    socket: '/run/systemd/netif/io.systemd.Network',
  },
];

/** How a neighbour was recognised. */
function signsOf(one: Neighbour, facts: Facts, processes: ReadonlySet<string>): readonly Text[] {
  const { chains } = facts.firewall;
  const chain = chains.find(({ name }) => one.chain?.test(name) === true)?.name;
  const table = chains.find((found) => one.table?.test(found.table) === true);
  const link = facts.links.find(({ name }) => one.link?.test(name) === true)?.name;
  const process = [...processes].find((name) => one.process?.test(name) === true);
  return [
    ...(process === undefined ? [] : [{ en: `process ${process}`, zh: `进程 ${process}` }]),
    ...(one.socket !== undefined && existsSync(one.socket)
      ? [{ en: one.socket, zh: one.socket }]
      : []),
    ...(chain === undefined ? [] : [{ en: `chain ${chain}`, zh: `链 ${chain}` }]),
    ...(table === undefined
      ? []
      : [{ en: `table ${table.family} ${table.table}`, zh: `表 ${table.family} ${table.table}` }]),
    ...(link === undefined ? [] : [{ en: `interface ${link}`, zh: `接口 ${link}` }]),
  ];
}

/** The names of all programs that run, and of scripts that python or a shell runs. */
function running(): ReadonlySet<string> {
  return new Set(
    [...allProcesses()].flatMap(({ argv }) => argv.slice(0, 3).map((word) => basename(word))),
  );
}

/** A pattern of systemd.network(5) as a regular expression. */
function patternOf(glob: string): RegExp {
  const text = glob
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}

/** Whether the section [Match] of a file of systemd.network(5) matches a bridge called ctr0. */
export function matchesBridge(text: string): boolean {
  const [, match = ''] = /^\[Match\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text) ?? [];
  const entries = [...match.matchAll(/^(\w+)=(.*)$/gm)].map(
    ([, key = '', value = '']) => [key, value.trim().split(/\s+/)] as const,
  );
  const values: Readonly<Record<string, readonly string[]>> = {
    Name: ['ctr0'],
    Type: ['bridge', 'ether'],
    Kind: ['bridge'],
    Driver: ['bridge'],
  };
  return (
    entries.length > 0 &&
    entries.every(([key, globs]) =>
      globs.some((glob) => (values[key] ?? []).some((value) => patternOf(glob).test(value))),
    )
  );
}

const networkDirectories = [
  ...['/etc/systemd/network', '/run/systemd/network', '/usr/lib/systemd/network'],
];

/** Files by which systemd-networkd would take a bridge of ctr's for its own. */
function networkFiles(): readonly string[] {
  return networkDirectories.flatMap((directory) => {
    try {
      return readdirSync(directory)
        .filter((name) => name.endsWith('.network'))
        .map((name) => `${directory}/${name}`)
        .filter((path) => matchesBridge(readFileSync(path, 'utf8')));
    } catch {
      return [];
    }
  });
}

function claimedBy(files: readonly string[]): Finding {
  return {
    id: 'networkd-claims',
    severity: 'note',
    says: {
      en: `systemd-networkd would configure the bridge ctr0, by ${files.join(', ')}`,
      zh: `systemd-networkd 会配置网桥 ctr0，依据是 ${files.join('、')}`,
    },
    means: {
      en: 'it then removes addresses that ctr has set',
      zh: '它会删除 ctr 设置的地址',
    },
    fixes: [
      {
        command:
          "printf '[Match]\\nName=ctr* veth*\\n[Link]\\nUnmanaged=yes\\n' | sudo tee /etc/systemd/network/05-ctr.network && sudo networkctl reload",
        costs: { en: 'to take it back, remove that file', zh: '撤销：删除这个文件' },
      },
    ],
  };
}

export const neighbours: Examination = {
  area: 'neighbours',
  title: { en: 'others', zh: '其他程序' },
  async examine(host) {
    const facts = await host.facts;
    const processes = running();
    const found = all.flatMap((one) => {
      const signs = signsOf(one, facts, processes);
      return signs.length === 0 ? [] : [{ one, signs }];
    });
    const quiet = found.filter(({ one }) => one.harm === undefined).map(({ one }) => one);
    const files = quiet.some(({ name }) => name === 'systemd-networkd') ? networkFiles() : [];
    const names = quiet.map(({ name }) => name);
    return [
      ...found.flatMap(({ one, signs }): readonly Finding[] => {
        const { name, harm } = one;
        if (harm === undefined) return [];
        const { id, means, fixes } = harm;
        return [
          {
            id,
            severity: 'note',
            says: {
              en: `${name} is here: ${signs.map(({ en }) => en).join(', ')}`,
              zh: `这台机器上有 ${name}：${signs.map(({ zh }) => zh).join('、')}`,
            },
            means,
            fixes,
          },
        ];
      }),
      ...(files.length === 0 ? [] : [claimedBy(files)]),
      ...(found.length === 0 || names.length > 0
        ? [
            {
              id: 'neighbours',
              severity: 'ok' as const,
              says:
                found.length === 0
                  ? {
                      en: 'no other program that manages networks is in sight',
                      zh: '没有看到其他管理网络的程序',
                    }
                  : {
                      en: `they leave interfaces of ctr alone: ${names.join(', ')}`,
                      zh: `不会动 ctr 的接口：${names.join('、')}`,
                    },
            },
          ]
        : []),
    ];
  },
};
