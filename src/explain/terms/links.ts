import { type Term, term } from './term.ts';

/** Words of links and frames: bridges, interfaces, neighbours. */
export const links: Readonly<Record<string, Term>> = {
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
  hairpin: term(
    ['hairpin', '发夹转发'],
    [
      'A packet that leaves by the interface by which it came: a container that reaches itself by the address of the host. A bridge port does not do it unless told to.',
      '包从进来的接口再出去：容器通过宿主机地址访问自己。网桥端口默认不这样做。',
    ],
    'bridge -d link',
  ),
  vxlan: term(
    ['VXLAN', 'VXLAN'],
    [
      'A tunnel that carries Ethernet frames in UDP, so that machines on two hosts are on one link. Its headers take 50 bytes of the MTU.',
      '把以太网帧装进 UDP 的隧道，让两台主机上的机器处于同一链路。头部占用 MTU 里的 50 字节。',
    ],
    'ip -d link show type vxlan',
  ),
};
