import type { Text } from '../model/text.ts';

/** A word of networking or of containers, for somebody who has never met it. */
export interface Term {
  readonly title: Text;
  readonly text: Text;
  /** A command that shows it, on a host with a container of ctr. */
  readonly see?: string;
  /** Other ways to write it, in small letters. */
  readonly also?: readonly string[];
}

function term(
  title: readonly [en: string, zh: string],
  text: readonly [en: string, zh: string],
  see?: string,
  also: readonly string[] = [],
): Term {
  return {
    title: { en: title[0], zh: title[1] },
    text: { en: text[0], zh: text[1] },
    also: [...also, title[1]],
    ...(see === undefined ? {} : { see }),
  };
}

/** By the word that asks for it, in small letters. */
export const terms: Readonly<Record<string, Term>> = {
  bridge: term(
    ['bridge', '网桥'],
    [
      'A switch inside the kernel. Interfaces are attached to it as ports; it learns which MAC is behind which port, and forwards each frame there only. It can have an IP address of its own, by which the host takes part.',
      '内核里的交换机。接口作为端口接入它；它记住每个 MAC 在哪个端口后面，只把帧转发到那里。它也可以有自己的 IP 地址，宿主机用这个地址参与通信。',
    ],
    'bridge link',
    ['switch', 'port'],
  ),
  'veth pair': term(
    ['veth pair', 'veth 对'],
    [
      'A virtual cable with two ends, each an interface: what is sent into one comes out of the other. One end stays on the host as a port of the bridge, the other moves into the container. Deleting one end deletes both.',
      '有两端的虚拟网线，每一端都是一个接口：从一端进去，从另一端出来。一端留在宿主机上接入网桥，另一端移进容器。删除一端，两端一起消失。',
    ],
    'ip -d link show type veth',
    ['veth'],
  ),
  namespace: term(
    ['namespace', '命名空间'],
    [
      'A view of one part of the kernel that a process shares only with others in the same namespace: network, mounts, process IDs, host name, IPC, users, cgroups, clocks. A container is a process in namespaces of its own; there is nothing else behind the word.',
      '内核某一部分的独立视图，只有同一命名空间里的进程共享：网络、挂载、进程号、主机名、IPC、用户、cgroup、时钟。容器就是处在自己命名空间里的进程，背后没有别的东西。',
    ],
    'lsns',
    ['namespaces'],
  ),
  netns: term(
    ['network namespace', '网络命名空间'],
    [
      'Interfaces, addresses, routes, firewall rules and sockets of its own. A new one has only lo, switched off. It exists as long as a process is in it, or something holds it open.',
      '自己的一套接口、地址、路由、防火墙规则和套接字。新建时只有停用的 lo。只要有进程在里面、或有东西引用它，它就存在。',
    ],
    'nsenter --target PID --net ip addr',
    ['network namespace'],
  ),
  'mount namespace': term(
    ['mount namespace', '挂载命名空间'],
    [
      'A list of mounts of its own: what is mounted inside is not seen outside, and the other way round, unless mounts are propagated.',
      '自己的一份挂载表：里面挂载的外面看不到，反之亦然，除非设置了挂载传播。',
    ],
    'nsenter --target PID --mount findmnt',
    ['mntns'],
  ),
  'pid namespace': term(
    ['PID namespace', 'PID 命名空间'],
    [
      'Process IDs of its own, from 1. When its process 1 ends, the kernel kills all others in it. The host sees the same processes under other numbers.',
      '自己的一套进程号，从 1 开始。1 号进程结束时，内核会结束里面的所有进程。宿主机看到的是同一批进程，编号不同。',
    ],
    'ctr ps',
    ['pidns'],
  ),
  'user namespace': term(
    ['user namespace', '用户命名空间'],
    [
      'User IDs of its own. Root inside can be nobody outside: uid_map says which number stands for which. Capabilities count only for what belongs to the namespace.',
      '自己的一套用户编号。里面的 root 在外面可以是无名用户，对应关系写在 uid_map。能力只对属于该命名空间的东西有效。',
    ],
    'cat /proc/PID/uid_map',
    ['userns', 'uid_map'],
  ),
  'uts namespace': term(
    ['UTS namespace', 'UTS 命名空间'],
    ['A host name of its own.', '自己的主机名。'],
    'nsenter --target PID --uts hostname',
    ['utsns', 'hostname'],
  ),
  'ipc namespace': term(
    ['IPC namespace', 'IPC 命名空间'],
    [
      'Shared memory, semaphores and message queues of its own.',
      '自己的共享内存、信号量和消息队列。',
    ],
    undefined,
    ['ipcns'],
  ),
  container: term(
    ['container', '容器'],
    [
      'A process in namespaces of its own, with a root directory of its own, few capabilities, and limits by a cgroup. The kernel has no object of that name.',
      '处在自己命名空间里的进程，有自己的根目录、较少的能力，并受 cgroup 限制。内核里没有叫“容器”的对象。',
    ],
    'ctr ps',
  ),
  nat: term(
    ['NAT', '地址转换'],
    [
      'Rewriting addresses of packets on their way. The kernel decides for the first packet of a connection and does the same for all others, and the reverse for answers.',
      '在途中改写数据包的地址。内核只对连接的第一个包做决定，之后的包照办，应答则反向改回。',
    ],
    'iptables -t nat -S',
  ),
  masquerade: term(
    ['MASQUERADE', '源地址伪装'],
    [
      'Source NAT that takes the address of the interface by which the packet leaves. Without it, packets of containers reach the internet with a private source address, which nobody can answer.',
      '一种源地址转换，改用出口接口的地址。没有它，容器的包带着私有源地址出去，外面无法应答。',
    ],
    'iptables -t nat -S POSTROUTING',
    ['masquerading'],
  ),
  snat: term(
    ['SNAT', '源地址转换'],
    [
      'Replacing the source address of packets by a fixed one. MASQUERADE is the same with the address of the outgoing interface.',
      '把包的源地址换成固定地址。MASQUERADE 与它相同，只是自动取出口接口的地址。',
    ],
    'iptables -t nat -S POSTROUTING',
    ['source nat'],
  ),
  dnat: term(
    ['DNAT', '目的地址转换'],
    [
      'Replacing the destination address of packets, before the route is chosen. It is how a port of the host is published to a container.',
      '在选路之前改写包的目的地址。把宿主机端口发布给容器就靠它。',
    ],
    'iptables -t nat -S PREROUTING',
    ['destination nat', 'port publishing'],
  ),
  conntrack: term(
    ['conntrack', '连接跟踪'],
    [
      'The kernel’s table of connections. NAT stands on it, and so do rules about ESTABLISHED: the answer to a packet that was let out may come in.',
      '内核的连接表。NAT 依靠它，ESTABLISHED 之类的规则也依靠它：放出去的包，其应答可以进来。',
    ],
    'conntrack -L',
    ['connection tracking', 'established'],
  ),
  netfilter: term(
    ['netfilter', 'netfilter'],
    [
      'The places in the kernel where packets can be looked at and changed: PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING. iptables and nft put rules there.',
      '内核里可以检查和修改数据包的几个位置：PREROUTING、INPUT、FORWARD、OUTPUT、POSTROUTING。iptables 和 nft 在这些位置放规则。',
    ],
    'nft list ruleset',
    ['iptables', 'nftables', 'firewall', 'chain', '防火墙'],
  ),
  forwarding: term(
    ['forwarding', '转发'],
    [
      'Passing on a packet that is for another machine: what makes a host a router. Linux does it only if told to, for all interfaces or for one.',
      '把发给别人的包传下去，这让主机成为路由器。Linux 默认不转发，可以对全部接口或单个接口打开。',
    ],
    'sysctl net.ipv4.ip_forward',
    ['ip_forward', 'router', 'ip forwarding', '路由器'],
  ),
  gateway: term(
    ['gateway', '网关'],
    [
      'The machine to which packets for other networks are handed. It must be directly reachable. For a container it is the host, by the address on its bridge.',
      '发往其他网络的包交给它。它必须能直接到达。对容器来说，网关就是宿主机在网桥上的地址。',
    ],
    'ip route',
    ['next hop', 'nexthop', '下一跳'],
  ),
  route: term(
    ['route', '路由'],
    [
      'A line that says: for these addresses, out of this interface, possibly to this next machine. Of those that fit, the one with the longest prefix is taken.',
      '一条规定：到这些地址，从这个接口出去，必要时交给某台机器。有多条匹配时取前缀最长的。',
    ],
    'ip route get 203.0.113.80',
    ['routing', 'routing table', '路由表'],
  ),
  'default route': term(
    ['default route', '默认路由'],
    [
      'The route for all addresses that no other route is for: 0.0.0.0/0. Without one the answer is: Network is unreachable.',
      '其他路由都不匹配时使用的路由，即 0.0.0.0/0。没有它就会得到 Network is unreachable。',
    ],
    'ip route show default',
  ),
  'connected route': term(
    ['connected route', '直连路由'],
    [
      'The route to its own subnet that the kernel adds when an interface with an address comes up, and deletes when it goes down.',
      '带地址的接口启用时，内核自动添加的到本子网的路由；接口停用时自动删除。',
    ],
    'ip route show proto kernel',
  ),
  subnet: term(
    ['subnet', '子网'],
    [
      'A range of addresses that share their first bits; machines in it reach each other directly, without a gateway.',
      '前若干位相同的一段地址；其中的机器可以直接互通，不经过网关。',
    ],
    'ip route',
    ['network'],
  ),
  cidr: term(
    ['CIDR', 'CIDR'],
    [
      'An address with the number of bits that are the network: 192.168.0.0/16 is 192.168.0.0 to 192.168.255.255. A larger number is a smaller network.',
      '地址后面写上网络号的位数：192.168.0.0/16 即 192.168.0.0 到 192.168.255.255。数字越大，网络越小。',
    ],
    'ip addr',
    ['prefix', 'netmask', 'prefix length', '前缀', '子网掩码'],
  ),
  'ip address': term(
    ['IP address', 'IP 地址'],
    [
      'The address of an interface at layer 3, by which routers find it: 32 bits for IPv4. It may change; the MAC is for the next machine only.',
      '接口在第三层的地址，路由器据此寻找它；IPv4 是 32 位。MAC 只用于相邻的下一台机器。',
    ],
    'ip addr',
    ['ip', 'ipv4', 'address', '地址'],
  ),
  'private address': term(
    ['private address', '私有地址'],
    [
      '10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918): everybody may use them, so the internet routes none of them. To get out, they need NAT.',
      '10.0.0.0/8、172.16.0.0/12 和 192.168.0.0/16 (RFC 1918)：谁都可以用，所以互联网不路由它们，出去必须经过 NAT。',
    ],
    undefined,
    ['rfc 1918', 'rfc1918'],
  ),
  broadcast: term(
    ['broadcast', '广播'],
    [
      'To all machines of the link: the last address of the subnet, and the MAC ff:ff:ff:ff:ff:ff. ARP asks this way.',
      '发给同一链路上的所有机器：子网的最后一个地址，MAC 为 ff:ff:ff:ff:ff:ff。ARP 就是这样询问的。',
    ],
    'ip addr',
  ),
  mtu: term(
    ['MTU', 'MTU'],
    [
      'The largest packet, in bytes, that an interface sends in one frame; 1500 on Ethernet. Where it is smaller further on, and nobody says so, large packets vanish while small ones pass.',
      '接口一帧能发送的最大包，以字节计；以太网是 1500。途中某处更小而又没有通知时，大包会消失，小包却能通过。',
    ],
    'ip link',
  ),
  mac: term(
    ['MAC address', 'MAC 地址'],
    [
      'The address of an interface at layer 2: six bytes, valid on its own link only. The second lowest bit of the first byte says: not from a manufacturer.',
      '接口在第二层的地址：六个字节，只在本链路内有效。首字节次低位为 1 表示不是厂商分配的。',
    ],
    'ip link',
    ['mac address', 'hardware address', 'lladdr'],
  ),
  arp: term(
    ['ARP', 'ARP'],
    [
      'How a machine finds the MAC of an IP address on its own link: it asks all, and the owner answers (RFC 826).',
      '在本链路上由 IP 地址查 MAC 的办法：向所有机器询问，拥有者应答 (RFC 826)。',
    ],
    'ip neigh',
  ),
  neighbour: term(
    ['neighbour', '邻居'],
    [
      'An entry that says which MAC an IP address on the link has, and how sure the kernel is: REACHABLE, STALE, FAILED. FAILED means that nobody answered ARP.',
      '记录链路上某个 IP 地址的 MAC，以及内核有多确定：REACHABLE、STALE、FAILED。FAILED 表示没有人应答 ARP。',
    ],
    'ip neigh',
    ['neighbor', 'neigh'],
  ),
  fdb: term(
    ['forwarding database', '转发表'],
    [
      'What a bridge has learned: which MAC is behind which port. It learns from the source of each frame, and forgets after 300 s.',
      '网桥学到的内容：哪个 MAC 在哪个端口后面。它从每个帧的源地址学习，300 秒后忘掉。',
    ],
    'bridge fdb show br ctr0',
    ['forwarding database'],
  ),
  carrier: term(
    ['carrier', '载波'],
    [
      'Whether something answers at the other end of the cable. Of a veth pair, an end has carrier when the other end is switched on; a bridge has it when one of its ports does.',
      '网线另一头有没有信号。veth 的一端在另一端启用后才有载波；网桥只要有一个端口有载波就有。',
    ],
    'ip link',
    ['no-carrier'],
  ),
  lowerlayerdown: term(
    ['LOWERLAYERDOWN', 'LOWERLAYERDOWN'],
    [
      'The state of an interface that is on, while the thing under it is off: for a veth end, the other end. It becomes UP by itself when that one is switched on.',
      '接口已启用、但它下面的东西没启用时的状态；对 veth 来说就是另一端没启用。另一端启用后自动变为 UP。',
    ],
    'ip link',
  ),
  operstate: term(
    ['operstate', '运行状态'],
    [
      'What an interface can really do (RFC 2863): UP, DOWN, LOWERLAYERDOWN, UNKNOWN. That you switched it on is another thing: the flag UP between < and >.',
      '接口实际能不能用 (RFC 2863)：UP、DOWN、LOWERLAYERDOWN、UNKNOWN。你有没有启用它是另一回事，看 < > 里的 UP 标志。',
    ],
    'ip link',
    ['state'],
  ),
  loopback: term(
    ['loopback', '环回接口'],
    [
      'lo, 127.0.0.1: what is sent to it comes back to the same network namespace. Each has its own, and it is off in a new one.',
      'lo，127.0.0.1：发给它的包回到同一个网络命名空间。每个命名空间都有自己的 lo，新建时是停用的。',
    ],
    'ip addr show dev lo',
    ['lo', 'localhost'],
  ),
  interface: term(
    ['interface', '网络接口'],
    [
      'What packets leave and arrive by: a card, or something virtual such as an end of a veth pair. It belongs to one network namespace at a time.',
      '数据包进出的地方：网卡，或 veth 这样的虚拟设备。同一时刻只属于一个网络命名空间。',
    ],
    'ip link',
    ['link', 'device', '接口'],
  ),
  'link group': term(
    ['link group', '接口组'],
    [
      'A number that several interfaces share, to work on all of them at once. ctr marks what it makes by groups from 0x43540000 on.',
      '若干接口共用的编号，可以一次操作全部。ctr 用 0x43540000 起的组给自己创建的接口做标记。',
    ],
    'ip -d link',
    ['mark', '标记'],
  ),
  netlink: term(
    ['netlink', 'netlink'],
    [
      'How programs talk with the kernel about networks: messages on a socket. Each ip command sends one or more; ctr explain STEP --netlink shows them.',
      '程序和内核谈网络用的方式：在套接字上收发消息。每条 ip 命令都会发送若干条；ctr explain 步骤 --netlink 可以看到。',
    ],
    'strace -e trace=%network ip link',
    ['rtnetlink'],
  ),
  dns: term(
    ['DNS', '域名解析'],
    [
      'Turning names into addresses. A program reads /etc/hosts first, then asks the servers in /etc/resolv.conf. ping of an address works without it.',
      '把域名变成地址。程序先看 /etc/hosts，再问 /etc/resolv.conf 里的服务器。直接 ping 地址不需要它。',
    ],
    'cat /etc/resolv.conf',
    ['name resolution', 'nameserver', 'resolv.conf', 'hosts'],
  ),
  overlay: term(
    ['overlay', 'overlay 文件系统'],
    [
      'A file system of two layers: what is read comes from the lower one, unless the upper one has it; what is written goes to the upper one. The lower one never changes.',
      '分两层的文件系统：读时优先看上层，没有再看下层；写入只进上层，下层永远不变。',
    ],
    'findmnt -t overlay',
    ['overlayfs', 'layer'],
  ),
  tmpfs: term(
    ['tmpfs', 'tmpfs'],
    [
      'A file system in memory; it is gone when it is unmounted.',
      '内存里的文件系统，卸载后内容消失。',
    ],
    'findmnt -t tmpfs',
  ),
  chroot: term(
    ['chroot', 'chroot'],
    [
      'Another root directory for one process. It is no wall: root climbs out.',
      '给一个进程换根目录。它不是隔离墙：root 能爬出去。',
    ],
  ),
  pivot_root: term(
    ['pivot_root', 'pivot_root'],
    [
      'Makes a mount the root of the whole mount namespace, and the old root an ordinary mount that can be taken off. After that nothing of the host is left to climb to; ctr explain chroot shows the difference.',
      '把一个挂载变成整个挂载命名空间的根，旧的根变成普通挂载并可卸下。之后没有宿主机的东西可以爬上去；ctr explain chroot 演示了差别。',
    ],
    'nsenter --target PID --mount findmnt',
    ['pivot-root'],
  ),
  'mount propagation': term(
    ['mount propagation', '挂载传播'],
    [
      'Whether a mount made here also appears in the other copies of the list: shared, slave, or private. A new mount namespace should be private.',
      '这里的挂载是否也出现在其他副本里：shared、slave 或 private。新的挂载命名空间应该用 private。',
    ],
    'findmnt -o TARGET,PROPAGATION',
    ['propagation', 'private', 'shared'],
  ),
  'bind mount': term(
    ['bind mount', '绑定挂载'],
    [
      'Showing a directory or file in a second place. ctr gives the container the device files of the host this way.',
      '把一个目录或文件也显示在另一处。ctr 用它把宿主机的设备文件给容器。',
    ],
    'findmnt',
    ['bind'],
  ),
  capability: term(
    ['capability', '能力'],
    [
      'A part of what root may do: net_admin for networks, sys_admin for mounts, and so on. A program of the container has only those that ctr leaves it.',
      'root 权力的一部分：net_admin 管网络，sys_admin 管挂载，等等。容器里的程序只有 ctr 留给它的那些。',
    ],
    'setpriv --dump',
    ['capabilities', 'bounding set'],
  ),
  cgroup: term(
    ['cgroup', '控制组'],
    [
      'A group of processes that the kernel counts and limits as one: memory, number of processes, CPU. What a member starts is a member.',
      '一组进程，内核把它们作为整体计数和限制：内存、进程数、CPU。成员启动的进程也是成员。',
    ],
    'cat /proc/PID/cgroup',
    ['control group', 'cgroups', 'limits'],
  ),
  no_new_privs: term(
    ['no_new_privs', 'no_new_privs'],
    [
      'A promise of a process that neither it nor its children gain rights by running a program, not even by set-user-ID root.',
      '进程的承诺：自己和子进程都不能靠运行程序获得权限，set-user-ID 的 root 程序也不行。',
    ],
    'setpriv --dump',
    ['no-new-privs'],
  ),
  'session keyring': term(
    ['session keyring', '会话密钥环'],
    [
      'Keys that the kernel holds for a login. A new one keeps a container from the keys of whoever started it.',
      '内核为一次登录保存的密钥。换一个新的，容器就拿不到启动者的密钥。',
    ],
    'keyctl show',
    ['keyring'],
  ),
  'pseudo-terminal': term(
    ['pseudo-terminal', '伪终端'],
    [
      'A terminal without a machine: what one program writes into one side, another reads at the other as if it was typed.',
      '没有实体的终端：一个程序写进一侧，另一个程序在另一侧读到，就像有人敲键盘。',
    ],
    'tty',
    ['pty', 'devpts'],
  ),
  gate: term(
    ['gate', '门'],
    [
      'ctr’s word for the pipe on which the first process of a container waits until its network and its root are ready. In the tutorial, nothing orders parent and child, and sometimes the child is faster.',
      'ctr 的用语：容器的第一个进程在这个管道上等待，直到网络和根都准备好。教程里父子进程没有约定先后，有时子进程跑得更快。',
    ],
    'ctr explain release-child',
  ),
  sysctl: term(
    ['sysctl', '内核设置'],
    [
      'A setting of the kernel, as a file below /proc/sys. Those of the network belong to a network namespace.',
      '内核的一项设置，是 /proc/sys 下的文件。网络相关的设置属于各自的网络命名空间。',
    ],
    'sysctl net.ipv4.ip_forward',
  ),
  hairpin: term(
    ['hairpin', '发夹转发'],
    [
      'A packet that leaves by the interface by which it came: a container that reaches itself by the address of the host. A bridge port does not do it unless told to.',
      '包从进来的接口再出去：容器通过宿主机地址访问自己。网桥端口默认不这样做。',
    ],
    'bridge -d link',
  ),
  ttl: term(
    ['TTL', 'TTL'],
    [
      'A number in each packet that every router lowers by one; at 0 it is dropped. From 64 to 63 means: one router was on the way.',
      '每个包里的一个数，每经过一台路由器减一，到 0 就丢弃。从 64 变成 63，说明途中有一台路由器。',
    ],
    'ping -c1 203.0.113.80',
  ),
  vxlan: term(
    ['VXLAN', 'VXLAN'],
    [
      'A tunnel that carries Ethernet frames in UDP, so that machines on two hosts are on one link. Its headers take 50 bytes of the MTU.',
      '把以太网帧装进 UDP 的隧道，让两台主机上的机器处于同一链路。头部占用 MTU 里的 50 字节。',
    ],
    'ip -d link show type vxlan',
  ),
  'sandbox host': term(
    ['sandbox host', '沙盒主机'],
    [
      'A private machine that ctr makes of namespaces: root inside, nobody outside. Beside it a second network namespace, the world, plays the internet.',
      'ctr 用命名空间搭出来的私有机器：里面是 root，外面什么也不是。旁边另一个网络命名空间扮演互联网。',
    ],
    'ctr sandbox',
    ['sandbox', 'world', '沙盒'],
  ),
};

/** @returns the term that this word asks for, with its name. */
export function termFor(word: string): readonly [name: string, term: Term] | undefined {
  const wanted = word.toLowerCase();
  return Object.entries(terms).find(
    ([name, { also = [], title }]) =>
      [name, title.en.toLowerCase(), ...also].includes(wanted) ||
      also.some((one) => one.toLowerCase() === wanted),
  );
}
