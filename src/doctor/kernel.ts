import { existsSync, readdirSync } from 'node:fs';
import { readUserIds } from '../facts/privilege.ts';
import { own } from '../model/own.ts';
import type { Text } from '../model/text.ts';
import type { Examination } from './examination.ts';
import type { Finding, Fix, Mode } from './finding.ts';
import type { Host } from './host.ts';
import { type FeatureName, features, type Tried } from './trial.ts';

/** What each feature is needed for. */
const uses: Readonly<Record<FeatureName, Text>> = {
  veth: { en: 'the cables of containers', zh: '容器的网线' },
  bridge: { en: 'the networks of containers', zh: '容器所在的网络' },
  netns: { en: 'the world of a sandbox host', zh: '沙盒主机的模拟外部网络' },
  MASQUERADE: { en: 'the way to the internet', zh: '访问互联网' },
  conntrack: { en: 'letting replies through', zh: '放行应答' },
  overlay: { en: 'a root file system that is never written', zh: '从不被写入的根文件系统' },
  nf_tables: { en: 'ctr trace', zh: 'ctr trace' },
  'netdev ingress': {
    en: 'ctr trace, to see a packet arrive at an interface',
    zh: 'ctr trace，用来看到数据包到达接口',
  },
  'netdev egress': {
    en: 'ctr trace, to see a packet leave an interface (Linux 5.16)',
    zh: 'ctr trace，用来看到数据包离开接口 (Linux 5.16)',
  },
  'owner tables': {
    en: 'ctr trace, so that its tables go with it even when it is killed (Linux 5.12)',
    zh: 'ctr trace，即使被强行终止，它的表也会一起消失 (Linux 5.12)',
  },
  vlan: { en: 'labs with VLANs', zh: '使用 VLAN 的实验' },
  vxlan: { en: 'labs with tunnels', zh: '使用隧道的实验' },
};

/** The option of the kernel's configuration that builds a feature; absent where only its release decides. */
const options: Readonly<Partial<Record<FeatureName, string>>> = {
  veth: 'CONFIG_VETH',
  bridge: 'CONFIG_BRIDGE',
  netns: 'CONFIG_NET_NS',
  MASQUERADE: 'CONFIG_NETFILTER_XT_TARGET_MASQUERADE',
  conntrack: 'CONFIG_NETFILTER_XT_MATCH_CONNTRACK',
  overlay: 'CONFIG_OVERLAY_FS',
  nf_tables: 'CONFIG_NF_TABLES',
  'netdev ingress': 'CONFIG_NETFILTER_INGRESS',
  'netdev egress': 'CONFIG_NETFILTER_EGRESS',
  vlan: 'CONFIG_VLAN_8021Q',
  vxlan: 'CONFIG_VXLAN',
};

/** How to find out why a feature fails. There is no command that adds it to a kernel. */
function lookAt(name: FeatureName): Fix {
  const option = own(options, name);
  return option === undefined
    ? {
        command: 'uname -r; nft --version',
        costs: {
          en: 'shows the releases; one of them is too old for it',
          zh: '查看版本；其中一个太旧',
        },
      }
    : {
        command: `grep ${option}= /boot/config-$(uname -r)`,
        costs: {
          en: 'prints nothing if the kernel was built without it: only another kernel has it',
          zh: '没有输出说明内核编译时没有它：只能换内核',
        },
      };
}

function failing({ name, said }: Tried): Finding {
  const neededBy: readonly Mode[] = features.find((one) => one.name === name)?.neededBy ?? [];
  const { en, zh } = own(uses, name) ?? { en: '', zh: '' };
  return {
    id: 'kernel-feature',
    severity: neededBy.length > 0 ? 'problem' : 'note',
    says: {
      en: `this kernel lacks ${name}, which is for ${en}`,
      zh: `内核没有 ${name}；它用于：${zh}`,
    },
    said,
    fixes: [lookAt(name)],
    blocks: neededBy,
  };
}

function named(tried: readonly Tried[], result: Tried['result']): readonly string[] {
  return tried.filter((one) => one.result === result).map(({ name }) => name);
}

/** Whether the kernel can say why it drops a packet (kernel: trace/events, skb:kfree_skb). */
function dropReasons(host: Host): readonly Finding[] {
  const events = '/sys/kernel/tracing/events/skb/kfree_skb';
  // Only the root of the machine may read it, not that of a user namespace.
  if (!host.mayChange || readUserIds() === 1 || existsSync(events)) return [];
  let mounted = true;
  try {
    mounted = readdirSync('/sys/kernel/tracing').length > 0;
  } catch {
    mounted = false;
  }
  return [
    {
      id: 'tracefs',
      severity: 'note',
      says: mounted
        ? {
            en: 'the kernel has no event for dropped packets (skb:kfree_skb): ctr trace --kernel cannot work',
            zh: '内核没有丢包事件 (skb:kfree_skb)：ctr trace --kernel 无法使用',
          }
        : {
            en: 'tracefs is not mounted here: ctr trace --kernel cannot read why the kernel drops packets',
            zh: '这里没有挂载 tracefs：ctr trace --kernel 无法读取内核丢包的原因',
          },
      ...(mounted
        ? {}
        : { fixes: [{ command: 'sudo mount -t tracefs tracefs /sys/kernel/tracing' }] }),
    },
  ];
}

export const kernel: Examination = {
  area: 'kernel',
  title: { en: 'kernel', zh: '内核' },
  async examine(host) {
    const trial = await host.trial;
    if (!trial.made) {
      return [
        {
          id: 'kernel-untried',
          severity: 'note',
          says: {
            en: 'what the kernel can do was not tried: that needs a sandbox host',
            zh: '没有试验内核的功能：这需要沙盒主机',
          },
          ...(host.asRoot ? {} : { fixes: [{ command: 'sudo ctr doctor' }] }),
        },
      ];
    }
    const { tried } = trial;
    const works = named(tried, 'works');
    const loadable = named(tried, 'loadable');
    const bridgeFilter = existsSync('/proc/sys/net/bridge') ? ['br_netfilter'] : [];
    const ok: Finding = {
      id: 'kernel',
      severity: 'ok',
      says: {
        en: `works, tried in a throw-away namespace: ${[...works, ...bridgeFilter].join(', ')}`,
        zh: `在临时的命名空间里试过，可用：${[...works, ...bridgeFilter].join('、')}`,
      },
      ...(loadable.length === 0
        ? {}
        : {
            means: {
              en: `loaded on first use, so not tried: ${loadable.join(', ')}`,
              zh: `首次使用时才加载，因此没有试：${loadable.join('、')}`,
            },
          }),
    };
    return [
      ok,
      ...tried.filter(({ result }) => result === 'fails').map(failing),
      ...dropReasons(host),
    ];
  },
};
