import { type Command, madeBy, type Step } from '../model/step.ts';
import type { Text } from '../model/text.ts';

/** The last part of a path. */
function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function detailOf(command: Command): string {
  const [made] = madeBy(command);
  if (made === undefined) return String(command.argv[0]);
  switch (made.kind) {
    case 'link-setting':
      return made.link === 'lo' ? 'up-lo' : made.setting;
    case 'firewall-rule':
      return made.rule.rule;
    case 'nft-table':
      return made.family === undefined ? made.kind : `${made.kind}-${made.family}`;
    case 'file':
      return `file-${last(made.path)}`;
    default:
      return made.kind;
  }
}

/** What a command is for, as a key: its step, and the first thing that it makes. */
export function purposeOf({ id }: Pick<Step, 'id'>, command: Command): string {
  return `${id}/${detailOf(command)}`;
}

const accepts = (what: Text): Text => ({
  en: `${what.en} A host needs it whose FORWARD chain drops what no rule accepts, as Docker leaves it (try --drop). Here FORWARD accepts everything.`,
  zh: `${what.zh}FORWARD 链默认丢弃的宿主机才离不开它，Docker 就会这样设置（可加 --drop 试试）。这里的 FORWARD 默认放行。`,
});

/**
 * What commands are for that the promises of a lab do not show, by their purpose. A command without a sentence must
 * break a promise when it is left out; tests keep that.
 */
export const sentences: Readonly<Record<string, Text>> = {
  'ensure-bridge/bridge-settings': {
    en: 'The bridge was there before. This keeps its MAC and MTU when the last port leaves; without it they change, which no packet of this lab notices.',
    zh: '这个网桥原本就存在。这条命令让它在最后一个端口离开时保持原来的 MAC 和 MTU；不执行的话，两者会变，但这里的数据包看不出差别。',
  },
  'ensure-bridge/file-disable_ipv6': {
    en: 'It keeps the host from taking an address or a route from a router advertisement of a container, and the bridge from a second of duplicate address detection. No container of this lab sends advertisements.',
    zh: '宿主机不会从容器发来的路由通告取得地址和路由，网桥也不必花一秒做重复地址检测。这里的容器不发路由通告。',
  },
  'configure-address/file-disable_ipv6': {
    en: 'It keeps the interface from taking addresses and routes from router advertisements, and from a second of duplicate address detection. Nobody in this lab sends advertisements.',
    zh: '接口不会从路由通告取得地址和路由，也不必花一秒做重复地址检测。这里没有路由器发路由通告。',
  },
  'create-veth/altname': {
    en: 'A name for people: `ip link` shows which run, container and interface this end belongs to. Packets need no names.',
    zh: '给人看的名字：ip link 会显示这一端属于哪个运行实例、容器和接口。数据包用不到名字。',
  },
  'set-mac/mac': {
    en: 'A bridge without a MAC of its own takes the lowest one of its ports; fe keeps this port from being the lowest. The bridge that ctr creates has a fixed MAC, so nothing depends on it here.',
    zh: '没有固定 MAC 的网桥会取各端口中最小的一个；fe 开头使这个端口不会是最小的。ctr 创建的网桥有固定的 MAC，所以这里用不到。',
  },
  'write-names/file-hostname': {
    en: 'Programs that set the host name at boot read /etc/hostname. The name that the kernel has, and that `uname -n` prints, was set by hostname(1).',
    zh: '开机时设置主机名的程序会读 /etc/hostname。内核里的主机名，也就是 uname -n 显示的名字，由 hostname 命令设置。',
  },
  'pivot-root/test': {
    en: "It changes nothing: it checks that the host's root is really detached, and would stop the run if it were not.",
    zh: '它什么也不改变，只检查宿主机的根确实已经卸载；如果没有，就停止启动。',
  },
  'map-users/file-max_user_namespaces': {
    en: 'It keeps the container from creating further user namespaces, in which a process has every capability and reaches more code of the kernel. No promise tries that.',
    zh: '禁止容器再创建用户命名空间：进程在新的用户命名空间里拥有全部能力 (capability)，能接触到更多内核代码。这里没有检查这一点。',
  },
  'make-cgroup/file-memory.max': {
    en: 'It limits the memory of the container. No promise uses that much.',
    zh: '限制容器能用的内存。这里的检查用不了那么多内存。',
  },
  'make-cgroup/file-pids.max': {
    en: 'It limits the number of processes of the container. No promise starts that many.',
    zh: '限制容器的进程数。这里的检查不会启动那么多进程。',
  },
  'configure-route/route': {
    en: 'It is the way to everything outside the subnet. This container gets no answer from there, with or without it.',
    zh: '这是通往子网之外的路。这个容器有没有它，都得不到外部的应答。',
  },
  'write-names/file-resolv.conf': {
    en: 'It says which server to ask for names. This container gets no answer from it, with or without the file.',
    zh: '说明向哪台服务器查询域名。这个容器有没有这个文件，都得不到它的应答。',
  },
  'masquerade/masquerade': {
    en: 'What leaves this network gets the address of the host. No container of this lab gets an answer that way, with or without it.',
    zh: '从这个网络出去的数据包改用宿主机的地址。有没有它，这里的容器都不能从这条路得到应答。',
  },
  'enable-forwarding/sysctl': {
    en: 'It lets the host pass on packets that arrive at this interface. None of the promises that this lab keeps takes that way.',
    zh: '让宿主机转发从这个接口到达的数据包。这个实验保证的各项都不经过这条路。',
  },
  'allow-forwarding/between': {
    en: 'It accepts packets from one port of the bridge to another one. They pass the firewall only where br_netfilter is on, and are dropped there only if FORWARD drops what no rule accepts (try --drop). Both must be so, and the lab must have a neighbour to reach.',
    zh: '放行网桥各端口之间的数据包。只有启用了 br_netfilter，这些数据包才经过防火墙；而且只有 FORWARD 链默认丢弃时才会被丢（可加 --drop 试试）。两个条件都满足，并且有同一网络的容器可以访问，才离不开它。',
  },
  'allow-forwarding/outward': accepts({
    en: 'It accepts packets from the containers to the outside.',
    zh: '放行容器发往外部的数据包。',
  }),
  'allow-forwarding/answers': accepts({
    en: 'It accepts the answers to what the containers have sent.',
    zh: '放行外部返回的应答。',
  }),
  'publish-port/publish': {
    en: 'It sends what arrives at a published port of the host on to the container. The promises reach the container at its own address, so none of them uses the port.',
    zh: '把到达宿主机所发布端口的数据包转给容器。这里的检查直接访问容器自己的地址，用不到这个端口。',
  },
  'add-table/nft-table-ip6': {
    en: 'It does for IPv6 what the table of the family ip does for IPv4. The promises reach the outside by IPv4 alone.',
    zh: '它对 IPv6 的作用，与 ip 族的那张表对 IPv4 的作用相同。这里的检查只用 IPv4 访问外部。',
  },
  'publish-port/nft-table-ip6': {
    en: 'It sends what arrives by IPv6 at a published port of the host on to the container. The promises reach the container at its own address, so none of them uses the port.',
    zh: '把经 IPv6 到达宿主机所发布端口的数据包转给容器。这里的检查直接访问容器自己的地址，用不到这个端口。',
  },
  'publish-port/nft-table': {
    en: 'It sends what arrives at a published port of the host on to the container, and accepts and masquerades such connections where needed. The promises reach the container at its own address, so none of them uses the port.',
    zh: '把到达宿主机所发布端口的数据包转给容器，并在需要时放行、改写源地址。这里的检查直接访问容器自己的地址，用不到这个端口。',
  },
  'publish-port/admit': accepts({
    en: 'It accepts new connections that a published port leads to the container.',
    zh: '放行经所发布端口进入容器的新连接。',
  }),
  'publish-port/hairpin': {
    en: 'A container that connects to a published port of its own network gets the answer through the host, which this makes sure of. No promise does that.',
    zh: '容器访问本网络发布的端口时，应答必须经宿主机返回，这条命令保证这一点。这里没有检查这种访问。',
  },
  'publish-port/guard-loopback': {
    en: 'route_localnet would let containers reach servers that listen only on 127.0.0.1 of the host. This rule drops such packets, and no promise tries to send one.',
    zh: '打开 route_localnet 后，容器就能访问只监听宿主机 127.0.0.1 的服务。这条规则丢弃这样的数据包，这里没有检查会发送它们。',
  },
  'publish-port/sysctl': {
    en: 'It lets the host itself use the published port by 127.0.0.1. No promise does that.',
    zh: '让宿主机自己能通过 127.0.0.1 使用所发布的端口。这里没有检查这一点。',
  },
  'publish-port/connections': {
    en: 'It only marks the connections that the way back deletes, so that none of them outlives its port. Promises end before that.',
    zh: '它只标明撤销时要删除的连接，免得它们比端口存在得更久。检查在那之前就结束了。',
  },
};

/** What is said of a command that the plan has twice, as for each interface of a container. */
export function sameAs(row: number): Text {
  return {
    en: `Row ${row} runs the same command: one of the two is enough.`,
    zh: `第 ${row} 条是同样的命令，有一条就够了。`,
  };
}
