import type { SideEffect } from './surprise.ts';

/** Of sysctls, and of tables of the packet filter. */
export const settings: readonly SideEffect[] = [
  {
    id: 'table-made',
    matches: ({ change }) => change.object === 'firewall' && change.kind === 'table',
    minor: true,
    says: {
      en: 'iptables creates a table with its built-in chains when it is first used. Their policy ACCEPT lets everything through, and an empty table stays.',
      zh: 'iptables 第一次使用某个表时，会创建这个表和它的内建链。策略 ACCEPT 放行所有包；清空之后表仍然留着。',
    },
  },
  {
    id: 'forwarding-of-all',
    matches: ({ change, changes }) =>
      change.object === 'sysctl' &&
      change.op === 'changed' &&
      /\/forwarding$|ip_forward$/.test(change.of) &&
      changes.some(
        ({ object, of }) =>
          object === 'sysctl' && of !== change.of && /ip_forward$|conf\/all\/forwarding$/.test(of),
      ),
    says: {
      en: 'Writing ip_forward or conf/all/forwarding sets forwarding of every interface, and of those to come.',
      zh: '写入 ip_forward 或 conf/all/forwarding 会同时改变所有接口（包括以后新建的接口）的转发设置。',
    },
  },
  {
    id: 'module-loaded',
    matches: ({ change }) =>
      change.object === 'sysctl' && change.op === 'added' && change.of.startsWith('net/bridge/'),
    says: {
      en: 'The kernel has loaded the module br_netfilter, which brings this setting: whether frames of a bridge pass iptables.',
      zh: '内核加载了 br_netfilter 模块，这个设置随之出现：它决定网桥上的帧是否经过 iptables。',
    },
  },
  {
    id: 'settings-of-new-interface',
    matches: ({ change }) => change.object === 'sysctl' && change.op !== 'changed',
    minor: true,
    says: {
      en: 'Each interface has settings of its own below /proc/sys/net, which come and go with it.',
      zh: '每个接口在 /proc/sys/net 下都有自己的设置，随接口出现和消失。',
    },
  },
];
