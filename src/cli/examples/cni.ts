import type { Pair } from './example.ts';

const installCni: Pair = [
  {
    line: 'ctr cni install',
    says: {
      en: 'for containerd and Kubernetes, which look into /opt/cni/bin',
      zh: '供 containerd 和 Kubernetes 使用，它们在 /opt/cni/bin 里找插件',
    },
  },
  {
    line: 'ctr cni install /usr/lib/cni',
    says: { en: "for Debian's podman", zh: '供 Debian 的 podman 使用' },
  },
];

/** The CNI plugin. */
export const cni = {
  cni: installCni,
  'cni install': installCni,
  'cni remove': [
    {
      line: 'ctr cni remove',
      says: { en: 'remove what ctr cni install wrote', zh: '删除 ctr cni install 写入的文件' },
    },
    {
      line: 'ctr cni remove /usr/lib/cni',
      says: { en: 'remove it from another directory', zh: '从另一个目录删除' },
    },
  ],
  'cni example': [
    {
      line: 'ctr cni example --nodes 2',
      says: {
        en: 'two nodes, by routes, BGP and EVPN, in ctr-nodes/routes, bgp and evpn',
        zh: '两个节点，分别用静态路由、BGP、EVPN，写到 ctr-nodes/routes、bgp、evpn',
      },
    },
    {
      line: 'ctr cni example --nodes 2 --addresses 10.0.0.11,10.0.0.12 /tmp/nodes',
      says: {
        en: 'with the addresses that the nodes have, in another directory',
        zh: '写明各节点的地址，写到另一个目录',
      },
    },
  ],
  'cni log': [
    {
      line: 'ctr cni log',
      says: { en: 'every command of the last hour', zh: '最近一小时的每条命令' },
    },
    {
      line: 'ctr cni log 3f2a',
      says: {
        en: 'those for one container, by the beginning of its id',
        zh: '只看一个容器的命令，写 id 的开头即可',
      },
    },
  ],
} satisfies Readonly<Record<string, Pair>>;
