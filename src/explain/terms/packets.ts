import { type Term, term } from './term.ts';

/** Words of IP packets: addresses, routes, translation. */
export const packets: Readonly<Record<string, Term>> = {
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
  dns: term(
    ['DNS', '域名解析'],
    [
      'Turning names into addresses. A program reads /etc/hosts first, then asks the servers in /etc/resolv.conf. ping of an address works without it.',
      '把域名变成地址。程序先看 /etc/hosts，再问 /etc/resolv.conf 里的服务器。直接 ping 地址不需要它。',
    ],
    'cat /etc/resolv.conf',
    ['name resolution', 'nameserver', 'resolv.conf', 'hosts'],
  ),
  sysctl: term(
    ['sysctl', '内核设置'],
    [
      'A setting of the kernel, as a file below /proc/sys. Those of the network belong to a network namespace.',
      '内核的一项设置，是 /proc/sys 下的文件。网络相关的设置属于各自的网络命名空间。',
    ],
    'sysctl net.ipv4.ip_forward',
  ),
  ttl: term(
    ['TTL', 'TTL'],
    [
      'A number in each packet that every router lowers by one; at 0 it is dropped. From 64 to 63 means: one router was on the way.',
      '每个包里的一个数，每经过一台路由器减一，到 0 就丢弃。从 64 变成 63，说明途中有一台路由器。',
    ],
    'ping -c1 203.0.113.80',
  ),
};
