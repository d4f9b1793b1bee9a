import { type FastId, mergedInto, mergesOf, type StepId } from '../model/step-id.ts';
import { type Text, t } from '../model/text.ts';

/** What the C++ tutorial, and LXC from which it has its functions, call at this step. */
export interface Call {
  readonly name: string;
  readonly sends: Text;
}

const calls: Readonly<Partial<Record<StepId, Call>>> = {
  'ensure-bridge': {
    name: '—',
    sends: t(
      'the tutorial takes docker0, which Docker has made; ctr makes a bridge itself',
      '教程直接用 Docker 创建的 docker0；ctr 自己创建网桥',
    ),
  },
  'create-veth': {
    name: 'lxc_mkifname(), lxc_veth_create()',
    sends: t(
      'one RTM_NEWLINK of kind veth, with the other end nested in it',
      '一条 RTM_NEWLINK，类型 veth，另一端嵌在里面',
    ),
  },
  'set-mac': {
    name: 'setup_private_host_hw_addr()',
    sends: t(
      'reads the MAC, sets its first byte to fe and writes it back: ioctl(2) with SIOCGIFHWADDR and SIOCSIFHWADDR',
      '读出 MAC，把首字节改成 fe 再写回：ioctl(2) SIOCGIFHWADDR 和 SIOCSIFHWADDR',
    ),
  },
  'attach-bridge': {
    name: 'lxc_bridge_attach()',
    sends: t(
      'ioctl(2) with SIOCBRADDIF; ip sends RTM_NEWLINK with IFLA_MASTER instead',
      'ioctl(2) SIOCBRADDIF；ip 用的是带 IFLA_MASTER 的 RTM_NEWLINK',
    ),
  },
  'raise-link': {
    name: 'lxc_netdev_up()',
    sends: t('RTM_NEWLINK with the flag IFF_UP', '带 IFF_UP 标志的 RTM_NEWLINK'),
  },
  'start-child': {
    name: 'clone(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET)',
    sends: t(
      'no message: a system call. In the tutorial parent and child then run at the same time, and nothing orders them; ctr lets the child wait',
      '不发消息，是系统调用。教程里父子进程随后同时运行，没有约定先后；ctr 让子进程先等待',
    ),
  },
  'move-link': {
    name: 'lxc_netdev_move_by_name()',
    sends: t(
      'one RTM_NEWLINK with IFLA_NET_NS_PID and the new name in IFLA_IFNAME',
      '一条 RTM_NEWLINK，带 IFLA_NET_NS_PID 和新名字 IFLA_IFNAME',
    ),
  },
  'configure-address': {
    name: 'lxc_ipv4_addr_add(), lxc_netdev_up()',
    sends: t(
      'RTM_NEWADDR with address and broadcast. The tutorial passes a netmask for the broadcast address, and the kernel takes it without a word',
      '带地址和广播地址的 RTM_NEWADDR。教程把子网掩码当广播地址传入，内核照收不误',
    ),
  },
  'configure-route': {
    name: 'lxc_ipv4_gateway_add()',
    sends: t('RTM_NEWROUTE for 0.0.0.0/0', '目的为 0.0.0.0/0 的 RTM_NEWROUTE'),
  },
  'stage-root': {
    name: 'set_rootdir()',
    sends: t(
      'the tutorial needs no stage: it calls chdir(2) and chroot(2)',
      '教程不需要这一步：直接 chdir(2) 和 chroot(2)',
    ),
  },
  'write-names': {
    name: 'set_hostname()',
    sends: t(
      'sethostname(2); name servers are written by hand there',
      'sethostname(2)；教程里域名服务器要手工写',
    ),
  },
  'mount-root': {
    name: 'set_procsys()',
    sends: t('mount(2) of /proc and /sys', '用 mount(2) 挂载 /proc 和 /sys'),
  },
  'pivot-root': {
    name: 'set_rootdir()',
    sends: t(
      'chroot(2), from which root escapes: ctr explain chroot',
      'chroot(2)，root 能从中逃出：见 ctr explain chroot',
    ),
  },
  'enable-forwarding': {
    name: '—',
    sends: t(
      'the tutorial relies on Docker, which has switched forwarding on',
      '教程依赖 Docker，它已经打开了转发',
    ),
  },
  'allow-forwarding': {
    name: '—',
    sends: t('the tutorial relies on the rules of Docker', '教程依赖 Docker 的规则'),
  },
  masquerade: {
    name: 'iptables -t nat -A POSTROUTING -s 192.168.0.1/16 ! -o docker0 -j MASQUERADE',
    sends: t(
      'typed by hand in the tutorial; iptables sends it to nf_tables over netlink',
      '教程里手工输入；iptables 通过 netlink 交给 nf_tables',
    ),
  },
  'publish-port': {
    name: '—',
    sends: t('the tutorial publishes no ports', '教程没有发布端口'),
  },
  'release-child': {
    name: 'start_bash()',
    sends: t('execv(3) of a shell', '用 execv(3) 启动 shell'),
  },
  'end-containers': {
    name: 'waitpid(2)',
    sends: t('the tutorial waits until the shell ends', '教程等待 shell 结束'),
  },
  'delete-links': {
    name: 'lxc_netdev_delete_by_name()',
    sends: t(
      'RTM_DELLINK. The tutorial deletes both ends; the second always fails, since they go together',
      'RTM_DELLINK。教程两端都删，第二次必然失败，因为两端一起消失',
    ),
  },
  'delete-rules': {
    name: 'iptables -t nat -D …',
    sends: t('typed by hand in the tutorial', '教程里手工输入'),
  },
};

/** The calls of a step; a fast step has those of the steps whose work it does. */
export function callsOf(id: StepId): readonly Call[] {
  const own = calls[id];
  if (own !== undefined) return [own];
  const isFast = Object.values(mergedInto).some((into) => (into as readonly string[]).includes(id));
  return isFast
    ? mergesOf(id as FastId)
        .flatMap((one) => calls[one] ?? [])
        .filter(({ name }) => name !== '—')
    : [];
}
