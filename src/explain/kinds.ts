import type { Kind as ResourceKind } from '../model/resource.ts';
import type { Text } from '../model/text.ts';

/** A kind of resource: what there is once a command has run. */
export interface KindNote {
  readonly text: Text;
  /** How to see it. */
  readonly see: string;
  /** How it goes. */
  readonly gone: Text;
}

function note(
  [en, zh]: readonly [string, string],
  see: string,
  [goneEn, goneZh]: readonly [string, string],
): KindNote {
  return { text: { en, zh }, see, gone: { en: goneEn, zh: goneZh } };
}

/** src/model/resource.ts; the type makes the table complete. */
export const kinds: Readonly<Record<ResourceKind, KindNote>> = {
  link: note(
    [
      'A network interface that ctr made on the host: a bridge, or the host’s end of a veth pair. Its link group is the mark that tells it is ctr’s.',
      'ctr 在宿主机上创建的网络接口：网桥，或 veth 对在宿主机上的一端。接口组就是 ctr 的标记。',
    ],
    'ip -d link show dev NAME',
    [
      'ip link del dev NAME; a bridge only when nobody else uses it',
      'ip link del dev 名字；网桥要等没人使用时才删除',
    ],
  ),
  peer: note(
    [
      'The other end of a veth pair: first on the host, then in the container as eth0.',
      'veth 对的另一端：先在宿主机上，之后进入容器成为 eth0。',
    ],
    'nsenter --target PID --net ip link',
    ['with the host’s end: a pair lives and dies together', '随宿主机一端消失：两端同生共死'],
  ),
  'link-setting': note(
    [
      'A property of an interface: that it is up, its MAC, its bridge, its second name.',
      '接口的一项属性：是否启用、MAC、所属网桥、别名。',
    ],
    'ip -d link show dev NAME',
    ['with the interface', '随接口一起消失'],
  ),
  'bridge-settings': note(
    [
      'What a bridge that was there before ctr had for MAC, MTU and state. The kernel changes them when ports come and go, so ctr keeps them and puts them back.',
      '在 ctr 之前就有的网桥，它原来的 MAC、MTU 和状态。端口增减时内核会改动它们，所以 ctr 记下来，之后恢复。',
    ],
    'ip -d link show dev BRIDGE',
    ['ip link set dev BRIDGE address OLD mtu OLD', 'ip link set dev 网桥 address 原值 mtu 原值'],
  ),
  address: note(
    [
      'An IPv4 address of an interface, with the length of its network.',
      '接口的 IPv4 地址及其前缀长度。',
    ],
    'ip addr show dev NAME',
    ['with the interface', '随接口一起消失'],
  ),
  route: note(
    [
      'A route of the main table: for these addresses, hand the packet to that machine.',
      '主路由表里的一条路由：到这些地址的包交给那台机器。',
    ],
    'ip route',
    ['with the interface, or as soon as it goes down', '随接口消失，接口一停用也会消失'],
  ),
  sysctl: note(
    [
      'A setting of the kernel that ctr changed, with the value of before.',
      'ctr 改过的内核设置，以及原来的值。',
    ],
    'sysctl KEY',
    [
      'sysctl -qw KEY=OLD, unless somebody has set it since',
      'sysctl -qw 键=原值，除非之后有人改过',
    ],
  ),
  'firewall-rule': note(
    [
      'A rule of iptables whose comment says that it is ctr’s, and for which bridge.',
      'iptables 的一条规则，备注写明它属于 ctr 的哪个网桥。',
    ],
    'iptables -S; iptables -t nat -S',
    ['the same line with -D', '同一条命令，换成 -D'],
  ),
  'nft-table': note(
    [
      'A table of nftables that holds only rules of ctr: of one network, or of the ports of one container.',
      'nftables 的一张表，里面只有 ctr 的规则：属于一个网络，或者属于一个容器发布的端口。',
    ],
    'nft list table ip ctr/BRIDGE',
    ['nft delete table ip ctr/BRIDGE', 'nft delete table ip ctr/网桥'],
  ),
  'nft-rule': note(
    [
      'A rule in such a table, whose comment says that it is ctr’s, and for which bridge.',
      '这种表里的一条规则，备注写明它属于 ctr 的哪个网桥。',
    ],
    'nft list table ip ctr/BRIDGE',
    ['with the table', '随表一起消失'],
  ),
  connections: note(
    [
      'What connection tracking remembers of connections to a published address. It goes on translating their packets after the rules are gone.',
      '连接跟踪所记住的、到已发布地址的连接。规则删除之后，它仍会继续改写这些连接的数据包。',
    ],
    'conntrack -L --dst-nat ADDRESS',
    ['conntrack -D --dst-nat ADDRESS', 'conntrack -D --dst-nat 地址'],
  ),
  cgroup: note(
    [
      'A control group of one container: what it limits, and what makes it findable.',
      '一个容器的控制组：用来限制它，也用来找到它的进程。',
    ],
    'cat /sys/fs/cgroup/ctr.*/cgroup.procs',
    ['rmdir, once it has no process left', '没有进程之后用 rmdir 删除'],
  ),
  process: note(
    [
      'A container’s first process. Its namespaces exist because it is in them, and end with it; so it is the container.',
      '容器的第一个进程。它的命名空间因它而在，随它而去；可以说它就是容器。',
    ],
    'ctr ps',
    ['kill -s KILL PID', 'kill -s KILL 进程号'],
  ),
  mount: note(
    ['A mount in the container’s own list of mounts.', '容器自己的挂载表里的一项挂载。'],
    'nsenter --target PID --mount findmnt',
    ['with the mount namespace', '随挂载命名空间消失'],
  ),
  file: note(
    [
      'A file that ctr writes: in the container’s new root, or a setting of its cgroup or its user namespace.',
      'ctr 写的文件：在容器的新根里，或是它的 cgroup、用户命名空间的设置。',
    ],
    'ctr exec NAME -- cat /etc/resolv.conf',
    ['with the container', '随容器消失'],
  ),
  hostname: note(
    ['The host name in the container’s UTS namespace.', '容器 UTS 命名空间里的主机名。'],
    'nsenter --target PID --uts hostname',
    ['with the namespace', '随命名空间消失'],
  ),
  program: note(
    [
      'The command of the config, which takes the place of the shell that waited. Nothing is undone for it.',
      '配置里的命令，它取代等待中的 shell。不需要为它撤销什么。',
    ],
    'ctr ps',
    ['with the first process, which it is', '它就是第一个进程，随之结束'],
  ),
};

/** @returns the kind of this name. */
export function kindFor(word: string): readonly [ResourceKind, KindNote] | undefined {
  const found = (Object.keys(kinds) as ResourceKind[]).find((kind) => kind === word.toLowerCase());
  return found === undefined ? undefined : [found, kinds[found]];
}
