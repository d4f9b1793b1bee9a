import type { Program } from '../grammar.ts';

/** Programs that ctr never runs, and whose words it does not know; so far as to say what they are for. */
function foreign(en: string, zh: string): Program {
  return { means: { en, zh }, style: 'options', mixes: true, scope: { words: {} } };
}

export const foreignPrograms: Readonly<Record<string, Program>> = {
  arp: foreign('the older ip neigh', 'ip neigh 的旧工具'),
  brctl: foreign(
    'the older bridge: ip link and bridge have replaced it',
    '管理网桥的旧工具，已被 ip link 和 bridge 取代',
  ),
  capsh: foreign('prints and changes capabilities', '查看和更改能力'),
  curl: foreign('fetches from the web', '从网上获取内容'),
  dig: foreign('asks a name server', '向域名服务器查询'),
  docker: foreign('runs containers, through a server', '通过后台服务运行容器'),
  ethtool: foreign('settings of network cards', '网卡的设置'),
  findmnt: foreign('lists mounts', '列出挂载'),
  'firewall-cmd': foreign(
    'talks to firewalld, which writes rules of nftables',
    '操作 firewalld，由它写 nftables 规则',
  ),
  ifconfig: foreign('the older ip addr and ip link', 'ip addr 和 ip link 的旧工具'),
  lsns: foreign('lists namespaces', '列出命名空间'),
  nc: foreign('a connection from the command line', '在命令行里建立连接'),
  nslookup: foreign('asks a name server', '向域名服务器查询'),
  podman: foreign('runs containers, without a server', '运行容器，没有后台服务'),
  ps: foreign('lists processes', '列出进程'),
  route: foreign('the older ip route', 'ip route 的旧工具'),
  runc: foreign(
    'starts one container from a bundle; docker and podman use it',
    '按 bundle 启动一个容器，docker 和 podman 用它',
  ),
  ss: foreign('lists sockets', '列出套接字'),
  strace: foreign('shows the system calls of a program', '显示程序的系统调用'),
  tc: foreign('traffic control: queues and filters of interfaces', '流量控制：接口的队列和过滤器'),
  tcpdump: foreign('shows packets as they pass an interface', '显示经过接口的数据包'),
  traceroute: foreign('shows the routers on the way', '显示途中的路由器'),
  ufw: foreign('writes rules of iptables for you', '替你写 iptables 规则'),
  wget: foreign('fetches from the web', '从网上获取内容'),
};
