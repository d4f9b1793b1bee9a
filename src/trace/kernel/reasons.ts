import { t } from '../../model/text.ts';
import { filters, type Meaning, means, wrongWay } from './meaning.ts';

/** By name; the rest of the kernel's names is about protocols that a lab does not have. */
export const reasons: Readonly<Record<string, Meaning>> = {
  NO_SOCKET: means(
    t('no program listens at this port', '没有程序监听这个端口'),
    'target-closed',
    'target-loopback-only',
    'diverted',
    'redirected',
    // The packet or its answer reached a machine that has the address but not the connection.
    ...['duplicate-address', 'reply-hairpin'],
  ),
  SOCKET_CLOSE: means(t('its socket was being closed', '套接字正在关闭')),
  SOCKET_FILTER: means(
    t('a filter that the program put on its socket refused it', '程序给套接字设置的过滤器拒收了它'),
    'target-silent',
  ),
  SOCKET_RCVBUFF: means(
    t(
      'the receive buffer of the socket is full: its program does not read',
      '套接字的接收缓冲区已满：程序没有读取',
    ),
    'target-silent',
  ),
  SOCKET_BACKLOG: means(
    t('the backlog of the socket is full', '套接字的后备队列已满'),
    'target-silent',
  ),
  PROTO_MEM: means(t('the memory limit of the protocol is reached', '协议的内存限额已用完')),
  PKT_TOO_SMALL: means(t('it is shorter than its headers say', '数据包比头部声明的短')),
  TCP_CSUM: means(t('its TCP checksum is wrong', 'TCP 校验和错误')),
  UDP_CSUM: means(t('its UDP checksum is wrong', 'UDP 校验和错误')),
  IP_CSUM: means(t('the checksum of its IP header is wrong', 'IP 头部校验和错误')),
  ICMP_CSUM: means(t('its ICMP checksum is wrong', 'ICMP 校验和错误')),
  SKB_CSUM: means(t('its checksum could not be computed', '无法计算校验和')),
  NETFILTER_DROP: means(
    t('a firewall rule or policy dropped it', '防火墙的规则或策略丢弃了它'),
    ...filters,
  ),
  OTHERHOST: means(
    t(
      'its destination MAC is that of another machine: it was not for this interface',
      '目的 MAC 属于别的机器：它不是发给这个接口的',
    ),
    ...['neighbour-wrong', 'duplicate-address', 'duplicate-mac', 'bridge-own-entry'],
    ...['link-unattached', 'link-wrong-bridge', 'bridge-address', 'subnet-taken'],
    // The bridge flooded it, but not to the port it was for.
    'link-port-blind',
  ),
  IP_INHDR: means(
    t('its IP header is not valid, or its TTL has run out', 'IP 头部无效，或 TTL 已耗尽'),
    ...['route-elsewhere', 'host-route-elsewhere'],
  ),
  IP_RPFILTER: means(
    t(
      'reverse path filter: the route back to its source goes out of another interface (rp_filter)',
      '反向路径过滤：去往其源地址的路由走另一个接口（rp_filter）',
    ),
    ...['reverse-path', 'subnet-taken', 'host-route-elsewhere', 'host-policy'],
  ),
  UNICAST_IN_L2_MULTICAST: means(
    t('it came as a broadcast frame but is for one address', '帧是广播，IP 目的却是单播'),
    'neighbour-wrong',
  ),
  XFRM_POLICY: means(t('an IPsec policy refused it', 'IPsec 策略拒绝了它')),
  IP_NOPROTO: means(
    t('the target does not speak this IP protocol', '目标不支持这个 IP 协议'),
    'target-closed',
  ),
  IP_OUTNOROUTES: means(
    t('there is no route for sending it', '没有可用来发送它的路由'),
    ...wrongWay,
    'host-policy',
    'route-policy',
  ),
  IP_INNOROUTES: means(
    t('it came in, but there is no route for forwarding it', '它已到达，但没有可用来转发它的路由'),
    ...wrongWay,
    ...['host-policy', 'route-elsewhere', 'host-route-elsewhere', 'subnet-taken'],
    'uplink-down',
  ),
  IP_INADDRERRORS: means(
    t(
      'it is for another machine, and forwarding is off here, or its target is unreachable',
      '它是发给别的机器的，而这里没有开启转发，或者目标不可达',
    ),
    ...['forwarding-off', 'forwarding-off-interface', 'host-route-blocked', 'bridge-address'],
    ...['target-absent', 'duplicate-mac', 'link-wrong-bridge'],
    // The host end itself took it in, and only the bridge may forward.
    'link-unattached',
  ),
  IP_LOCAL_SOURCE: means(
    t('its source is an address of this host itself', '它的源地址就是本机的地址'),
    ...['martian-source', 'duplicate-address', 'subnet-taken', 'reply-hairpin'],
  ),
  IP_INVALID_SOURCE: means(
    t(
      'its source address may not appear there (RFC 1812)',
      '它的源地址不允许出现在这里（RFC 1812）',
    ),
    ...['martian-source', 'source-no-address', 'masquerade-elsewhere'],
  ),
  IP_LOCALNET: means(
    t(
      'it has an address of 127.0.0.0/8 outside lo (sysctl route_localnet)',
      '它在 lo 之外使用了 127.0.0.0/8 的地址（sysctl route_localnet）',
    ),
    ...['target-loopback-only', 'name-loopback-stub', 'diverted'],
  ),
  IP_INVALID_DEST: means(t('its destination address is not valid', '目的地址无效')),
  NEIGH_CREATEFAIL: means(
    t('no neighbour entry could be made: the table is full', '无法创建邻居表项：邻居表已满'),
    ...['neighbour-unowned', 'uplink-neighbour'],
  ),
  NEIGH_FAILED: means(
    t('nobody answered the ARP requests for its next hop', '下一跳的 ARP 请求没有应答'),
    ...['neighbour-unowned', 'neighbour-arp-off', 'neighbour-arp-filter', 'uplink-neighbour'],
    ...['target-absent', 'link-end-down', 'link-unattached', 'link-wrong-bridge'],
    ...['link-bridge-down', 'link-port-blocking', 'link-port-isolated', 'link-port-vlan'],
    ...['bridge-address', 'bridge-filter', 'route-prefix', 'uplink-down', 'subnet-taken'],
    ...['link-same-namespace', 'source-down', 'bridge-own-entry', 'duplicate-mac', 'reply-hairpin'],
    ...['reverse-path', 'route-elsewhere', 'host-route-elsewhere', 'route-policy', 'host-policy'],
    ...['diverted', 'masquerade-elsewhere'],
  ),
  NEIGH_QUEUEFULL: means(
    t('too many packets wait for this neighbour', '等待这个邻居的数据包太多'),
    ...['neighbour-unowned', 'uplink-neighbour', 'target-absent'],
  ),
  NEIGH_DEAD: means(t('the neighbour entry was being removed', '邻居表项正在被删除')),
  NEIGH_HH_FILLFAIL: means(
    t('no Ethernet header could be written for the next hop', '无法为下一跳写以太网头部'),
    'neighbour-wrong',
  ),
  TC_EGRESS: means(
    t('a tc filter dropped it on its way out', 'tc 过滤器在出口丢弃了它'),
    'link-queue',
  ),
  TC_INGRESS: means(
    t('a tc filter dropped it on its way in', 'tc 过滤器在入口丢弃了它'),
    'ingress-filter',
  ),
  BPF_CGROUP_EGRESS: means(
    t('an eBPF program of its cgroup refused to send it', 'cgroup 的 eBPF 程序拒绝发送它'),
    'output-filter',
  ),
  XDP: means(t('an XDP program dropped it', 'XDP 程序丢弃了它'), 'link-xdp', 'ingress-filter'),
  SECURITY_HOOK: means(
    t('a security module refused it (SELinux, AppArmor)', '安全模块拒绝了它（SELinux、AppArmor）'),
  ),
  QDISC_DROP: means(
    t(
      'the queue of the interface dropped it, as it does when the interface has no carrier',
      '接口的队列丢弃了它；接口没有载波时就会这样',
    ),
    ...['link-end-down', 'source-down', 'uplink-down', 'link-bridge-down', 'link-queue'],
    ...['source-loopback-down', 'subnet-taken', 'link-same-namespace'],
  ),
  QDISC_OVERLIMIT: means(t('the queue of the interface is full', '接口的队列已满'), 'link-queue'),
  QDISC_CONGESTED: means(
    t('the queue of the interface is congested', '接口的队列拥塞'),
    'link-queue',
  ),
  CPU_BACKLOG: means(
    t('this CPU has more packets than it can take in', 'CPU 来不及接收这么多数据包'),
  ),
  FULL_RING: means(t('the ring of the device is full', '设备的环形缓冲区已满')),
  UNHANDLED_PROTO: means(
    t('no protocol handler of this host accepts it', '本机没有协议处理它'),
    ...['ipv6-disabled', 'link-port-vlan'],
  ),
  INVALID_PROTO: means(t('its protocol number is not valid', '协议号无效')),
  IPV6DISABLED: means(t('IPv6 is off on this interface', '这个接口关闭了 IPv6'), 'ipv6-disabled'),
  DEV_READY: means(
    t('the device is not ready: it is down', '设备没有就绪：它处于关闭状态'),
    ...['link-end-down', 'uplink-down', 'source-down', 'link-bridge-down'],
  ),
  DEV_HDR: means(t('the device refused its header', '设备拒绝了它的头部')),
  NOMEM: means(t('there was no memory for it', '内存不足')),
  PKT_TOO_BIG: means(
    t(
      'it is larger than the MTU of the next interface and may not be cut (DF)',
      '它大于下一个接口的 MTU，又不允许分片（DF）',
    ),
    'mtu-exceeded',
    'mtu-black-hole',
    ...[],
  ),
  FRAG_REASM_TIMEOUT: means(
    t('not all of its fragments came in time', '分片没有及时到齐'),
    'mtu-black-hole',
  ),
  TCP_LISTEN_OVERFLOW: means(
    t(
      'the queue of the listening socket is full: its program does not accept',
      '监听队列已满：程序没有接受连接',
    ),
    'target-silent',
  ),
  TCP_MINTTL: means(
    t(
      'its TTL is below what the program asks for (IP_MINTTL)',
      'TTL 低于程序要求的下限（IP_MINTTL）',
    ),
  ),
  TCP_RESET: means(t('the connection was reset', '连接被重置')),
  TCP_FLAGS: means(t('its TCP flags make no sense here', 'TCP 标志在此处无效')),
  TCP_CLOSE: means(t('the connection is closed', '连接已关闭')),
  MAC_INVALID_SOURCE: means(t('its source MAC is not valid', '源 MAC 无效'), 'duplicate-mac'),
  LOCAL_MAC: means(
    t('its source MAC is one of the bridge itself', '源 MAC 是网桥自己的'),
    ...['duplicate-mac', 'link-same-namespace'],
  ),
  BRIDGE_INGRESS_STP_STATE: means(
    t(
      'the bridge port is blocking, listening or learning (STP)',
      '网桥端口处于阻塞、侦听或学习状态（STP）',
    ),
    'link-port-blocking',
    'link-bridge-down',
    ...[],
  ),
  NO_TX_TARGET: means(
    t('the bridge has no port to send it to', '网桥没有可以发送它的端口'),
    ...['link-port-isolated', 'link-port-blocking', 'link-port-vlan', 'bridge-own-entry'],
    ...['link-unattached', 'link-end-down', 'reply-hairpin'],
    'subnet-taken',
    // The MAC that it is sent to is behind the port that it came from.
    'neighbour-wrong',
  ),
  VLAN_FILTER: means(
    t('the VLAN filter of the bridge port refused it', '网桥端口的 VLAN 过滤拒绝了它'),
    'link-port-vlan',
  ),
  ARP_PVLAN_DISABLE: means(
    t(
      'an ARP request that this interface is told not to answer',
      '这个接口被设置为不应答的 ARP 请求',
    ),
    'neighbour-arp-filter',
  ),
  RECURSION_LIMIT: means(t('it went through too many devices', '它经过的设备太多')),
};
