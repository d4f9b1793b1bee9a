import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, misspelt, notRoot } from './answer.ts';

/** What the kernel answers to ip(8) over netlink, and what ip itself says. */
export const ip = {
  'address-taken': answer(
    /ipv4: Address already assigned/,
    t('The interface has this address already.', '这个接口已经有这个地址了。'),
    [
      t('the command ran twice', '命令执行了两次'),
      t(
        'another tool has set the address, such as NetworkManager',
        '别的工具（如 NetworkManager）已经设置了',
      ),
    ],
    t(
      'Look with: ip addr show dev IFACE. If it is there, all is well.',
      '用 ip addr show dev 接口 查看；已经有了就不用再设。',
    ),
  ),
  'file-exists': answer(
    /RTNETLINK answers: File exists/,
    t(
      'What you want to make is there already: an interface of that name, or that route. It has nothing to do with files.',
      '要创建的东西已经存在：同名的接口，或同样的路由。与文件无关。',
    ),
    [
      t('the command ran twice', '命令执行了两次'),
      t('an earlier attempt left it behind', '上一次尝试留下的'),
      t(
        'a route: the kernel has made it itself when the interface came up',
        '路由：接口启用时内核已自动添加',
      ),
    ],
    t(
      'Look with ip link or ip route. Delete the old one, choose another name, or write replace instead of add.',
      '用 ip link 或 ip route 查看；删除旧的，或换个名字，或把 add 写成 replace。',
    ),
  ),
  'no-device': answer(
    /Cannot find device "/,
    t(
      'There is no interface of that name in this network namespace.',
      '这个网络命名空间里没有叫这个名字的接口。',
    ),
    [
      misspelt,
      t('it has moved to a container, where it has another name', '它已移进容器，并改了名字'),
      t(
        'the other end of its veth pair was deleted, and both ends went',
        'veth 对的另一端被删除，两端一起消失了',
      ),
    ],
    t(
      'List them with ip link; inside a container: nsenter --target PID --net ip link.',
      '用 ip link 列出；容器里：nsenter --target 进程号 --net ip link。',
    ),
  ),
  'device-unknown': answer(
    /Device "[^"]*" does not exist/,
    t('There is no interface of that name to show.', '没有叫这个名字的接口可显示。'),
    [misspelt, t('it is in another network namespace', '它在另一个网络命名空间里')],
    t('List them with ip link, without a name.', '用 ip link 列出全部。'),
  ),
  'invalid-gateway': answer(
    /Nexthop has invalid gateway/,
    t(
      'The gateway of the route is not directly reachable: no address of an interface that is up has it in its subnet.',
      '路由的网关不能直接到达：没有任何已启用的接口地址与它在同一子网。',
    ),
    [
      t('the address was not set yet, or the interface is down', '还没设地址，或接口没启用'),
      t(
        'the gateway is outside of the subnet; the prefix may be too long',
        '网关不在子网内，可能前缀写得太长',
      ),
    ],
    t(
      'First ip addr add, then ip link set dev IFACE up, then the route. Compare with ip route.',
      '先 ip addr add，再 ip link set dev 接口 up，最后加路由；用 ip route 对照。',
    ),
  ),
  'nexthop-down': answer(
    /Device for nexthop is not up|RTNETLINK answers: Network is down/,
    t('The route leads out of an interface that is switched off.', '路由的出口接口没有启用。'),
    [
      t(
        'a new interface is off, also after it moved to a container',
        '新接口默认是停用的，移进容器后也是',
      ),
    ],
    t('ip link set dev IFACE up, then the route again.', '先 ip link set dev 接口 up，再加路由。'),
  ),
  unreachable: answer(
    /Network is unreachable/,
    t(
      'The kernel has no route for this address. Nothing was sent.',
      '内核没有到这个地址的路由，什么都没有发出去。',
    ),
    [
      t('there is no default route', '没有默认路由'),
      t('the interface went down, which deletes its routes', '接口停用过，它的路由随之消失'),
    ],
    t(
      'ip route; if default is missing: ip route add default via GATEWAY.',
      '用 ip route 查看；缺少 default 就执行 ip route add default via 网关。',
    ),
  ),
  'no-route-to-host': answer(
    /No route to host|Destination Host Unreachable/,
    t(
      'There is a route, but the next machine does not answer ARP: nobody said that it has this address.',
      '有路由，但下一台机器不应答 ARP：没有人说自己拥有这个地址。',
    ),
    [
      t('no machine has that address', '没有机器使用这个地址'),
      t(
        'the other end of the cable is down, or is not attached to the bridge',
        '网线另一端没启用，或没接入网桥',
      ),
      t('a firewall rejects with icmp-host-unreachable', '防火墙用 icmp-host-unreachable 拒绝'),
    ],
    t(
      'ip neigh shows FAILED for it. Check the address, and that both ends of the veth pair are up.',
      'ip neigh 里会显示 FAILED；检查地址，以及 veth 对两端是否都已启用。',
    ),
  ),
  'not-permitted': answer(
    /RTNETLINK answers: Operation not permitted/,
    t(
      'The kernel refuses: changing the network needs the capability net_admin in this network namespace.',
      '内核拒绝：更改网络需要在这个网络命名空间里拥有 net_admin 能力。',
    ),
    [notRoot, t('you are root, but inside a container', '你是 root，但在容器里')],
    asRoot,
  ),
  'bridge-in-bridge': answer(
    /Can not enslave a bridge to a bridge/,
    t('A bridge cannot be a port of another bridge.', '网桥不能成为另一个网桥的端口。'),
    [t('two names were exchanged', '两个名字写反了')],
    t(
      'To connect two bridges, make a veth pair and attach one end to each.',
      '要连接两个网桥，建一个 veth 对，两端各接一个网桥。',
    ),
  ),
  'mtu-too-small': answer(
    /mtu less than device minimum/,
    t(
      'The MTU is smaller than this kind of interface can have (68 bytes for IPv4).',
      'MTU 比这种接口允许的最小值还小（IPv4 至少 68 字节）。',
    ),
    [t('a digit is missing', '少写了一位数字')],
    t(
      '1500 is usual; ip -d link show says minmtu and maxmtu.',
      '通常是 1500；ip -d link show 会显示 minmtu 和 maxmtu。',
    ),
  ),
  'mtu-too-large': answer(
    /mtu greater than device maximum/,
    t(
      'The MTU is larger than this kind of interface can have.',
      'MTU 超过了这种接口允许的最大值。',
    ),
    [t('a digit too many', '多写了一位数字')],
    t(
      '1500 is usual; ip -d link show says minmtu and maxmtu.',
      '通常是 1500；ip -d link show 会显示 minmtu 和 maxmtu。',
    ),
  ),
  'name-too-long': answer(
    /not a valid ifname/,
    t(
      'An interface name has at most 15 bytes, without blanks and slashes.',
      '接口名最多 15 个字节，不能含空格和斜杠。',
    ),
    [t('the name is too long; a Chinese character takes 3 bytes', '名字太长；一个汉字占 3 个字节')],
    t(
      'Choose a shorter name. A long one can be an altname: ip link property add.',
      '换一个短名字；长名字可以作为 altname：ip link property add。',
    ),
  ),
  'wrong-argument': answer(
    /Error: argument "[^"]*" is wrong/,
    t('ip read a value that does not fit the word before it.', 'ip 读到的值与它前面的词不符。'),
    [
      t('it is misspelt, or a word before it is missing', '写错了，或者前面漏了一个词'),
      t('for netns: no such name below /run/netns', '对 netns：/run/netns 下没有这个名字'),
    ],
    t(
      'The answer names word and value. ip link help lists what can follow.',
      '消息里写明了是哪个词、哪个值；ip link help 列出可用的写法。',
    ),
  ),
  'ip-command': answer(
    /^Command "[^"]*" is unknown, try "ip/m,
    t('This object of ip has no such command.', 'ip 的这个对象没有这个命令。'),
    [misspelt],
    t('The usual ones are add, set, del and show.', '常用的是 add、set、del、show。'),
  ),
  'ip-object': answer(
    /^Object "[^"]*" is unknown, try "ip help"/m,
    t('ip has no such object.', 'ip 没有这个对象。'),
    [misspelt],
    t(
      'The usual ones are link, addr, route, neigh, rule and netns.',
      '常用的是 link、addr、route、neigh、rule、netns。',
    ),
  ),
  'not-a-prefix': answer(
    /any valid (?:prefix|address) is expected|inet (?:address|prefix) is expected/,
    t(
      'An address was expected here, such as 192.168.0.2/24.',
      '这里应该是一个地址，例如 192.168.0.2/24。',
    ),
    [
      t('a number is above 255, or a prefix above 32', '某个数大于 255，或前缀大于 32'),
      t('a host name was written; ip takes addresses only', '写了主机名；ip 只接受地址'),
    ],
    t(
      'Write four numbers from 0 to 255, and a prefix from 0 to 32.',
      '写成四个 0 到 255 的数，前缀 0 到 32。',
    ),
  ),
  'host-bits': answer(
    /Invalid prefix for given prefix length/,
    t(
      'The address of the route has bits after its prefix: 192.168.7.1/24 is one machine, 192.168.7.0/24 is the subnet.',
      '路由的地址在前缀之后还有非零位：192.168.7.1/24 是一台机器，192.168.7.0/24 才是子网。',
    ),
    [t('the address of an interface was copied into a route', '把接口地址抄进了路由')],
    t('Set the bits after the prefix to 0.', '把前缀之后的位改成 0。'),
  ),
  'address-not-found': answer(
    /ipv4: Address not found/,
    t(
      'The interface does not have this address, so it cannot be removed.',
      '接口没有这个地址，无法删除。',
    ),
    [
      t('another prefix: it must be the same as when it was added', '前缀不同：必须和添加时一致'),
      t('another interface', '在另一个接口上'),
    ],
    t('ip addr show dev IFACE shows what it has.', '用 ip addr show dev 接口 查看现有地址。'),
  ),
  'cannot-assign': answer(
    /Cannot assign requested address/,
    t(
      'The address cannot be used for this. For ip link: it is a multicast MAC, which no interface can have.',
      '这个地址不能用在这里。对 ip link 来说：它是组播 MAC，接口不能使用。',
    ),
    [
      t('the first byte of the MAC is odd', 'MAC 首字节是奇数'),
      t('ip addr del: the interface does not have this address', 'ip addr del：接口没有这个地址'),
      t(
        'a program listens on an address that the machine does not have',
        '程序监听的地址不属于本机',
      ),
    ],
    t('Choose a MAC whose first byte is even, such as 02:…', 'MAC 首字节用偶数，例如 02:…'),
  ),
  'no-process': answer(
    /RTNETLINK answers: No such process/,
    t(
      'What is to be removed is not there: for a route, no route fits. For netns, there is no process of that pid.',
      '要删除的东西不存在：对路由来说没有匹配的路由；对 netns 来说没有这个进程号。',
    ),
    [
      t('the container has ended', '容器已经结束'),
      t('the route went when its interface went down', '接口停用时路由已经消失'),
    ],
    t('ip route, or ps -p PID.', '用 ip route 或 ps -p 进程号 查看。'),
  ),
  'unknown-type': answer(
    /Unknown device type/,
    t('The kernel cannot make this kind of interface.', '内核无法创建这种类型的接口。'),
    [
      misspelt,
      t(
        'its module is not there: a small kernel, such as in WSL2 or a virtual machine',
        '内核没有对应模块，例如 WSL2 或精简的虚拟机内核',
      ),
    ],
    t(
      'modprobe TYPE as root; ctr needs only bridge and veth.',
      '以 root 执行 modprobe 类型；ctr 只需要 bridge 和 veth。',
    ),
  ),
  'bad-mac': answer(
    /is invalid lladdr/,
    t('This is no MAC address.', '这不是 MAC 地址。'),
    [t('a MAC is six numbers of two hexadecimal digits', 'MAC 由六个两位十六进制数组成')],
    t('Write it like 02:42:ac:11:00:02.', '写成 02:42:ac:11:00:02 这样。'),
  ),
  'namespace-name': answer(
    /Cannot open network namespace "/,
    t(
      'There is no network namespace of that name below /run/netns.',
      '/run/netns 下没有这个名字的网络命名空间。',
    ),
    [
      t('the namespaces of containers have no name there', '容器的命名空间在那里没有名字'),
      misspelt,
    ],
    t(
      'ip netns list. For a container: nsenter --target PID --net.',
      '用 ip netns list 查看；容器用 nsenter --target 进程号 --net。',
    ),
  ),
  garbage: answer(
    /is a garbage/,
    t('ip did not expect this word here.', 'ip 没想到这里会有这个词。'),
    [
      t('a word before it is missing or misspelt', '前面漏了或写错了一个词'),
      t('words of ip addr were written after ip link', '把 ip addr 的词写在了 ip link 后面'),
    ],
    t(
      'ctr explain with the whole line shows where it stops being understood.',
      '用 ctr explain 解释整行，可以看到从哪里开始不认识。',
    ),
  ),
  'dev-required': answer(
    /"dev" argument is required/,
    t('ip must know for which interface.', 'ip 需要知道是哪个接口。'),
    [t('dev IFACE is missing at the end', '末尾漏了 dev 接口')],
    t('Add dev and the name of the interface.', '加上 dev 和接口名。'),
  ),
  'link-unsupported': answer(
    /RTNETLINK answers: Operation not supported/,
    t('The kernel cannot do this with this interface.', '内核不支持对这个接口做这件事。'),
    [
      t('lo cannot be deleted', 'lo 不能删除'),
      t('the kernel lacks a module for it', '内核缺少对应模块'),
    ],
    t(
      'Nothing is to be done about lo. Otherwise look into dmesg.',
      'lo 就是如此；其他情况看 dmesg。',
    ),
  ),
  'link-invalid': answer(
    /RTNETLINK answers: Invalid argument/,
    t(
      'The kernel refuses this combination, and does not say why.',
      '内核拒绝这种组合，但没有说明原因。',
    ),
    [
      t('lo cannot be a port of a bridge', 'lo 不能成为网桥的端口'),
      t('the interface cannot leave its namespace', '该接口不能离开它的命名空间'),
    ],
    t('Try the words one at a time; dmesg may say more.', '逐个词试；dmesg 里可能有更多信息。'),
  ),
} satisfies Readonly<Record<string, Answer>>;
