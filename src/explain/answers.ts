import type { Text } from '../model/text.ts';

/** What the kernel or a tool answers, and what to make of it. */
export interface Answer {
  /** A line of the answer; tools of other versions word it differently. */
  readonly shape: RegExp;
  readonly means: Text;
  /** The likely causes, the likeliest first. */
  readonly causes: readonly Text[];
  readonly cure: Text;
}

const t = (en: string, zh: string): Text => ({ en, zh });

function answer(shape: RegExp, means: Text, causes: readonly Text[], cure: Text): Answer {
  return { shape, means, causes, cure };
}

const notRoot = t('the command was run without root', '没有用 root 运行');
const asRoot = t(
  'Run it with sudo, or in a sandbox: ctr sandbox -- COMMAND',
  '用 sudo 运行，或在沙盒里运行：ctr sandbox -- 命令',
);
const misspelt = t('it is misspelt', '名字写错了');

/** The first that fits is the answer's; special ones stand before general ones. Names are used by tests only. */
export const answers = {
  // ip: the kernel answers over netlink.
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
  // iptables.
  'rule-missing': answer(
    /does a matching rule exist in that chain/,
    t(
      'No rule is exactly like this one, so there is none to delete.',
      '没有与此完全相同的规则，无法删除。',
    ),
    [
      t(
        'one word differs: -D compares every word, the comment too',
        '有一个词不同：-D 逐项比较，包括备注',
      ),
      t('it is in another table: nat needs -t nat', '它在另一张表里：nat 要写 -t nat'),
    ],
    t(
      'iptables -t TABLE -S CHAIN prints the rules as commands; copy the line and write -D for -A.',
      '用 iptables -t 表 -S 链 打印规则，复制那一行并把 -A 换成 -D。',
    ),
  ),
  'no-chain': answer(
    /No chain\/target\/match by that name|Chain '[^']*' does not exist/,
    t('The chain or the target of the rule is not there.', '规则里的链或目标不存在。'),
    [
      t('misspelt: names are in capital letters', '写错了：名字要大写'),
      t('another table: POSTROUTING needs -t nat', '在另一张表里：POSTROUTING 要写 -t nat'),
      t('Docker has not made its chains (yet)', 'Docker 还没有创建它的链'),
    ],
    t('iptables -t TABLE -S lists all chains.', '用 iptables -t 表 -S 列出所有链。'),
  ),
  'no-match': answer(
    /Couldn't load match/,
    t('iptables has no extension of the name after -m.', 'iptables 没有 -m 后面写的这个扩展。'),
    [misspelt],
    t('man iptables-extensions lists them.', 'man iptables-extensions 里有全部扩展。'),
  ),
  'iptables-host': answer(
    /host\/network `[^']*' not found/,
    t(
      '-s or -d is neither an address nor a name that can be looked up.',
      '-s 或 -d 后面既不是地址，也不是能查到的名字。',
    ),
    [misspelt, t('name resolution does not work', '域名解析不可用')],
    t('Write an address such as 192.168.0.0/24.', '写成地址，例如 192.168.0.0/24。'),
  ),
  'iptables-root': answer(
    /you must be root\)/,
    t('The firewall belongs to root, even for looking.', '防火墙属于 root，连查看也需要 root。'),
    [notRoot],
    asRoot,
  ),
  'iptables-option': answer(
    /unknown option "/,
    t('iptables does not know this option here.', 'iptables 在这里不认识这个选项。'),
    [
      t('--dport needs -p tcp or -p udp before it', '--dport 前面要有 -p tcp 或 -p udp'),
      t('--ctstate needs -m conntrack before it', '--ctstate 前面要有 -m conntrack'),
      misspelt,
    ],
    t('Put the -p or -m to which it belongs before it.', '把它所属的 -p 或 -m 写在前面。'),
  ),
  'chain-exists': answer(
    /Chain already exists/,
    t('There is a chain of that name already.', '同名的链已经存在。'),
    [t('the command ran twice', '命令执行了两次')],
    t(
      'Use it, or remove it: iptables -F CHAIN, then iptables -X CHAIN.',
      '直接使用，或删除：iptables -F 链，再 iptables -X 链。',
    ),
  ),
  'no-table': answer(
    /table '[^']*' does not exist/,
    t('There is no such table.', '没有这张表。'),
    [
      t(
        'misspelt: the tables are filter, nat, mangle, raw and security',
        '写错了：表有 filter、nat、mangle、raw、security',
      ),
      t('the kernel lacks a module', '内核缺少模块'),
    ],
    t(
      'Without -t it is filter; MASQUERADE needs -t nat.',
      '不写 -t 就是 filter；MASQUERADE 要用 -t nat。',
    ),
  ),
  'rule-refused': answer(
    /RULE_(?:APPEND|INSERT) failed \(Invalid argument\)/,
    t('The kernel refuses this rule in this place.', '内核不允许在这个位置使用这条规则。'),
    [
      t(
        'MASQUERADE and SNAT work only in -t nat, in POSTROUTING',
        'MASQUERADE 和 SNAT 只能用在 -t nat 的 POSTROUTING',
      ),
      t(
        'DNAT works only in -t nat, in PREROUTING and OUTPUT',
        'DNAT 只能用在 -t nat 的 PREROUTING 和 OUTPUT',
      ),
    ],
    t('Check -t and the chain; dmesg may say more.', '检查 -t 和链；dmesg 里可能有更多信息。'),
  ),
  'in-postrouting': answer(
    /Can't use -[io] with/,
    t(
      'In POSTROUTING a packet has no interface to arrive at, and in PREROUTING none to leave by.',
      'POSTROUTING 里看不到进来的接口，PREROUTING 里还没有出去的接口。',
    ),
    [t('-i and -o were exchanged', '-i 和 -o 写反了')],
    t('POSTROUTING: -o, and -s for where it comes from.', 'POSTROUTING 里用 -o，来源用 -s 表示。'),
  ),
  'bad-mask': answer(
    /invalid mask `/,
    t('The prefix after the slash is above 32.', '斜杠后面的前缀大于 32。'),
    [t('a digit too many', '多写了一位数字')],
    t('Write a prefix from 0 to 32.', '前缀写 0 到 32。'),
  ),
  'commit-expected': answer(
    /COMMIT expected at line/,
    t(
      'The rules for iptables-restore must end with COMMIT. Nothing was changed.',
      '给 iptables-restore 的规则必须以 COMMIT 结尾；什么都没有改。',
    ),
    [t('the file was cut off', '文件被截断了')],
    t('Write COMMIT at the end of each table.', '每张表末尾写上 COMMIT。'),
  ),
  'nft-missing': answer(
    /Could not process rule: No such file or directory/,
    t(
      'The table or chain that nft should change is not there; the line of ^ points to it.',
      'nft 要修改的表或链不存在；^ 指着它。',
    ),
    [misspelt, t('family: ip and inet are different tables', '地址族不同：ip 和 inet 是不同的表')],
    t('nft list ruleset shows what there is.', '用 nft list ruleset 查看。'),
  ),
  'nft-syntax': answer(
    /Error: syntax error, unexpected/,
    t(
      'nft did not expect this word; the line of ^ points to it.',
      'nft 没想到这里会有这个词；^ 指着它。',
    ),
    [t('the shell has taken { } or ; for itself', 'shell 自己处理了 { } 或 ;')],
    t("Put the whole text into ' ': nft '…'", "把整段文字放进 ' '：nft '…'"),
  ),
  // Namespaces and mounts.
  'no-target': answer(
    /nsenter: cannot open \/proc\/\d+\/ns\/\w+: No such file or directory/,
    t(
      'There is no process of that pid; so there are no namespaces to enter.',
      '没有这个进程号，也就没有可进入的命名空间。',
    ),
    [
      t('the container has ended', '容器已经结束'),
      t('the pid is that of another PID namespace', '这是另一个 PID 命名空间里的进程号'),
    ],
    t('ctr ps shows the pids of containers that run.', '用 ctr ps 查看正在运行的容器的进程号。'),
  ),
  'target-denied': answer(
    /nsenter: (?:cannot open .*: Permission denied|reassociate .*: Operation not permitted)/,
    t(
      'The process belongs to somebody else, so its namespaces cannot be entered.',
      '该进程属于别人，不能进入它的命名空间。',
    ),
    [notRoot],
    asRoot,
  ),
  'no-program': answer(
    /failed to execute \S+: No such file or directory/,
    t(
      'The namespaces are fine; the command to run in them was not found.',
      '命名空间没问题，但要运行的命令找不到。',
    ),
    [
      misspelt,
      t(
        'with --mount, the root is that of the container, which has other programs',
        '带 --mount 时看到的是容器的根，里面的程序不同',
      ),
    ],
    t(
      'Write the whole path, or look into the directories of PATH there.',
      '写完整路径，或检查那里的 PATH。',
    ),
  ),
  'unshare-denied': answer(
    /unshare: unshare failed: Operation not permitted/,
    t(
      'New namespaces need root, or a user namespace of your own; the system may forbid that one.',
      '新建命名空间需要 root，或先有自己的用户命名空间；系统可能禁止后者。',
    ),
    [
      notRoot,
      t(
        'Ubuntu 23.10 and later restrict user namespaces (AppArmor)',
        'Ubuntu 23.10 起限制用户命名空间 (AppArmor)',
      ),
    ],
    t(
      'sudo, or unshare --user --map-root-user with it.',
      '用 sudo，或加上 unshare --user --map-root-user。',
    ),
  ),
  'namespace-limit': answer(
    /unshare failed: No space left on device/,
    t(
      'No more namespaces of this kind may be made. It has nothing to do with disks.',
      '这种命名空间的数量达到上限，与磁盘空间无关。',
    ),
    [
      t(
        'a limit in /proc/sys/user/max_*_namespaces; in a container of ctr with user_namespace it is 0',
        '/proc/sys/user/max_*_namespaces 的限制；ctr 带 user_namespace 的容器里是 0',
      ),
    ],
    t('cat /proc/sys/user/max_user_namespaces', 'cat /proc/sys/user/max_user_namespaces'),
  ),
  'no-mount-point': answer(
    /mount point does not exist/,
    t('The directory on which to mount is not there.', '要挂载到的目录不存在。'),
    [t('it was not made yet', '还没有创建')],
    t(
      'mkdir -p DIRECTORY first, or the option x-mount.mkdir.',
      '先 mkdir -p 目录，或加选项 x-mount.mkdir。',
    ),
  ),
  'no-mount-source': answer(
    /special device \S+ does not exist/,
    t('What should be mounted is not there.', '要挂载的东西不存在。'),
    [
      t(
        '-t is misspelt or missing: then mount takes the word for a disk',
        '-t 写错或漏写：mount 会把这个词当成磁盘',
      ),
      t('--bind: the source is not there', '--bind：源目录不存在'),
    ],
    t(
      'Write -t tmpfs, -t proc, … or check the source.',
      '写上 -t tmpfs、-t proc 等，或检查源路径。',
    ),
  ),
  'mount-root': answer(
    /must be superuser to (?:use )?(?:u?mount)/,
    t(
      'Mounting needs the capability sys_admin in this mount namespace.',
      '挂载需要在这个挂载命名空间里拥有 sys_admin 能力。',
    ),
    [notRoot],
    asRoot,
  ),
  'not-mounted': answer(
    /umount: .*: not mounted/,
    t(
      'Nothing is mounted on this directory, in this mount namespace.',
      '在这个挂载命名空间里，该目录上没有挂载。',
    ),
    [
      t('it was mounted in the namespace of a container', '它是在容器的命名空间里挂载的'),
      t('it is unmounted already', '已经卸载了'),
    ],
    t(
      'findmnt lists the mounts; nsenter --target PID --mount findmnt those of a container.',
      '用 findmnt 列出挂载；容器的用 nsenter --target 进程号 --mount findmnt。',
    ),
  ),
  'target-busy': answer(
    /target is busy/,
    t(
      'Somebody uses the mount: a process is in it, or has a file of it open.',
      '挂载正被使用：有进程在里面，或打开着其中的文件。',
    ),
    [
      t('your own shell is in it', '你自己的 shell 就在里面'),
      t('something else is mounted below', '下面还有别的挂载'),
    ],
    t(
      'cd /; fuser -vm DIRECTORY shows who. umount --lazy takes it off at once.',
      '先 cd /；fuser -vm 目录 看谁在用；umount --lazy 可立即卸下。',
    ),
  ),
  'pivot-busy': answer(
    /pivot_root: .*(?:Device or resource busy|Invalid argument)/,
    t(
      'The new root must be a mount of its own, other than the present root, and must not be shared.',
      '新的根必须是单独的挂载，不能就是当前的根，也不能是共享挂载。',
    ),
    [
      t('the directory is not a mount', '该目录不是挂载点'),
      t(
        'mounts are shared: unshare --propagation private is missing',
        '挂载是共享的：漏了 unshare --propagation private',
      ),
    ],
    t('mount --bind DIRECTORY DIRECTORY first.', '先执行 mount --bind 目录 目录。'),
  ),
  'chroot-program': answer(
    /chroot: failed to run command .*: No such file or directory/,
    t(
      'The program is not in the new root, or the loader that it needs is not.',
      '新的根里没有这个程序，或没有它需要的动态加载器。',
    ),
    [
      t('the root file system is empty or not unpacked', '根文件系统是空的或没有解开'),
      t('a dynamic program without its libraries', '动态链接的程序缺少库'),
    ],
    t(
      'ls ROOT/bin; ctr rootfs create DIRECTORY makes one that works.',
      'ls 根/bin 看看；ctr rootfs create 目录 可以创建能用的根文件系统。',
    ),
  ),
  'setpriv-user': answer(
    /setpriv: set(?:res)?[ug]id failed: Operation not permitted/,
    t(
      'Becoming another user needs the capability setuid or setgid.',
      '切换用户需要 setuid 或 setgid 能力。',
    ),
    [notRoot],
    asRoot,
  ),
  'unknown-capability': answer(
    /unknown capability "/,
    t('There is no such capability.', '没有这个能力。'),
    [t('setpriv writes them without CAP_, in small letters', 'setpriv 里不写 CAP_ 前缀，用小写')],
    t('man 7 capabilities lists them.', 'man 7 capabilities 里有全部能力。'),
  ),
  'hostname-root': answer(
    /you must be root to change the host name/,
    t(
      'The host name belongs to root of this UTS namespace.',
      '主机名属于这个 UTS 命名空间的 root。',
    ),
    [notRoot],
    asRoot,
  ),
  // Settings.
  'no-setting': answer(
    /cannot stat \/proc\/sys\//,
    t('The kernel has no such setting.', '内核没有这项设置。'),
    [
      misspelt,
      t('the interface in the middle of it is not there (yet)', '名字中间的接口不存在'),
      t(
        'net.bridge.*: the module br_netfilter is not loaded',
        'net.bridge.*：没有加载 br_netfilter 模块',
      ),
    ],
    t('ls the directory below /proc/sys.', '在 /proc/sys 下用 ls 查看。'),
  ),
  'setting-denied': answer(
    /permission denied on key/,
    t(
      'Only root of this namespace may change this setting.',
      '只有该命名空间的 root 能改这项设置。',
    ),
    [notRoot, t('/proc/sys is read-only in a container', '容器里的 /proc/sys 是只读的')],
    asRoot,
  ),
  'setting-value': answer(
    /setting key "[^"]*".*: Invalid argument/,
    t('The setting does not take this value.', '这项设置不接受这个值。'),
    [t('a number was expected, mostly 0 or 1', '应该是数字，多半是 0 或 1')],
    t('sysctl KEY shows what it is now.', '用 sysctl 键 查看当前的值。'),
  ),
  // Names, packets, programs.
  'unknown-name': answer(
    /Name or service not known|Temporary failure in name resolution|bad address '/,
    t(
      'The name could not be turned into an address. The network itself may work.',
      '域名没能解析成地址；网络本身可能是通的。',
    ),
    [
      misspelt,
      t(
        '/etc/resolv.conf names no server, or one that is out of reach',
        '/etc/resolv.conf 没有写服务器，或服务器到不了',
      ),
      t('nothing gets out: ping an address to find out', '根本出不去：ping 一个地址试试'),
    ],
    t(
      'cat /etc/resolv.conf, then ping the address of the server in it.',
      '先 cat /etc/resolv.conf，再 ping 里面的服务器地址。',
    ),
  ),
  'too-long': answer(
    /[Mm]essage too long/,
    t(
      'The packet is larger than the MTU of the way, and may not be cut.',
      '包比路径的 MTU 大，又不允许分片。',
    ),
    [t('a tunnel or a container with a smaller MTU', '经过隧道，或容器的 MTU 较小')],
    t('Send less, or look at the MTUs: ip link.', '发小一点的包，或用 ip link 看各接口的 MTU。'),
  ),
  'ttl-exceeded': answer(
    /Time to live exceeded/,
    t(
      'The packet passed more routers than its TTL allows; the router that dropped it says so.',
      '包经过的路由器数超过了 TTL；丢弃它的路由器发回了这个消息。',
    ),
    [
      t('the TTL was set low, as traceroute does', 'TTL 设得很小，traceroute 就是这样做的'),
      t('two routers send it to each other: a loop', '两台路由器互相转发，形成环路'),
    ],
    t('ip route on both machines.', '在两边的机器上看 ip route。'),
  ),
  'no-answer': answer(
    /100% packet loss/,
    t(
      'Packets were sent, and no answer came back. Where they were lost, ping cannot say.',
      '包发出去了，但没有任何应答；在哪里丢的，ping 说不出来。',
    ),
    [
      t('the host does not forward: net.ipv4.ip_forward', '宿主机没有转发：net.ipv4.ip_forward'),
      t(
        'no MASQUERADE: nobody outside can answer a private address',
        '没有 MASQUERADE：外面无法应答私有地址',
      ),
      t('a firewall drops them: the policy of FORWARD', '防火墙丢弃：FORWARD 的默认策略'),
      t('no machine has that address', '没有机器使用这个地址'),
    ],
    t('ctr check NAME looks for the reason, hop by hop.', 'ctr check 名字 会逐跳查找原因。'),
  ),
  'connection-refused': answer(
    /Connection refused/,
    t(
      'The machine answered: nothing listens on this port. The way there and back works.',
      '对方机器有应答：这个端口没有程序监听。来回的路是通的。',
    ),
    [
      t('the server is not running, or listens on another port', '服务没有运行，或在别的端口'),
      t('it listens on 127.0.0.1 only', '只监听 127.0.0.1'),
      t('a firewall rejects with tcp-reset', '防火墙用 tcp-reset 拒绝'),
    ],
    t('ss -ltn on that machine.', '在那台机器上执行 ss -ltn。'),
  ),
  'not-found': answer(
    /: (?:\d+: )?\S+: not found|command not found/,
    t(
      'The shell found no program of that name in the directories of PATH (exit code 127).',
      'shell 在 PATH 的目录里找不到这个程序（退出码 127）。',
    ),
    [
      misspelt,
      t('it is not installed, or not in the container', '没有安装，或容器里没有'),
      t('/sbin is not in PATH', 'PATH 里没有 /sbin'),
    ],
    t('echo $PATH; install the package that has it.', 'echo $PATH 看看；必要时安装相应软件包。'),
  ),
  'shell-denied': answer(
    /^(?:\S+: )?(?:\d+: )?\/\S+: Permission denied/m,
    t(
      'The file is there, but may not be run (exit code 126).',
      '文件在，但不能运行（退出码 126）。',
    ),
    [
      t('it has no x permission: chmod +x', '没有执行权限：chmod +x'),
      t('its file system is mounted noexec', '所在文件系统以 noexec 挂载'),
    ],
    t('ls -l FILE; findmnt -T FILE', '用 ls -l 文件 和 findmnt -T 文件 查看。'),
  ),
} satisfies Readonly<Record<string, Answer>>;

/** @returns the entry that explains this text, with its name. */
export function answerFor(text: string): readonly [name: string, answer: Answer] | undefined {
  return Object.entries<Answer>(answers).find(([, { shape }]) => shape.test(text));
}
