import { type Program, type Scope, word } from '../grammar.ts';
import { dev, link, show } from './ip-link.ts';

const forAddress = {
  dev,
  broadcast: word("the subnet's broadcast address", '子网的广播地址', { takes: ['broadcast'] }),
  brd: word("the subnet's broadcast address", '子网的广播地址', { takes: ['broadcast'] }),
  local: word('the own address', '自己的地址', { takes: ['address'] }),
  peer: word('the address of the other end', '对端的地址', { takes: ['address'] }),
  label: word('a label of the address', '地址的标签', { takes: ['word'] }),
  scope: word('where the address is valid', '地址的有效范围', { takes: ['scope'] }),
  noprefixroute: word('without the route that the kernel would add', '不要内核自动添加的路由'),
  valid_lft: word('how long it is valid', '有效时间', { takes: ['word'] }),
  preferred_lft: word('how long it is used for new connections', '优先使用时间', {
    takes: ['word'],
  }),
  nodad: word('without asking first whether somebody has it', '不先检查是否有人在用'),
} as const;

/** ip-address(8). */
const addresses: Scope = {
  words: {
    add: word('give one', '添加', { next: { words: forAddress, operands: ['address'] } }),
    replace: word('give one, whether or not it is there', '添加或替换', {
      next: { words: forAddress, operands: ['address'] },
    }),
    change: word('change one', '修改', { next: { words: forAddress, operands: ['address'] } }),
    delete: word('remove one', '删除', { next: { words: forAddress, operands: ['address'] } }),
    flush: word('remove all of them', '全部删除', { next: show }),
    show: word('list them', '列出', { next: show }),
    list: word('list them', '列出', { next: show }),
  },
  operands: ['interface'],
};

const metric = word(
  'which of several routes goes first; the lowest does',
  '多条路由时的优先级，数字小的优先',
  { takes: ['number'] },
);

const forRoute: Scope = {
  words: {
    default: word('for all addresses that no other route is for', '其他路由都不匹配的所有地址'),
    via: word('hand the packet to this machine (the next hop)', '把包交给这台机器（下一跳）', {
      takes: ['gateway'],
    }),
    dev: word('out of this interface', '从这个接口出去', { takes: ['interface'] }),
    src: word('send from this address', '发送时使用的源地址', { takes: ['prefix'] }),
    metric,
    preference: metric,
    table: word('in this routing table', '在这张路由表里', { takes: ['choice'] }),
    proto: word('who made the route', '路由由谁创建', { takes: ['choice'] }),
    scope: word('how far its addresses are away', '目的地址的范围', { takes: ['scope'] }),
    onlink: word('believe that the next hop is on this link', '认定下一跳就在这条链路上'),
    mtu: word('packets up to this size', '包的最大长度', { takes: ['mtu'] }),
    blackhole: word('throw such packets away, silently', '悄悄丢弃这些包'),
    unreachable: word('refuse such packets', '拒绝这些包，并回复不可达'),
    prohibit: word('refuse such packets, and say it is forbidden', '拒绝这些包，并回复禁止'),
    throw: word('go on with the next table', '转到下一张表'),
    from: word('as if it came from this address', '假设源地址是', { takes: ['prefix'] }),
    to: word('the destination', '目的地址', { takes: ['prefix'] }),
    iif: word('as if it arrived here', '假设从这个接口进来', { takes: ['interface'] }),
    oif: word('out of this interface', '从这个接口出去', { takes: ['interface'] }),
    mark: word('as if it had this mark', '假设带有这个标记', { takes: ['number'] }),
  },
  operands: ['prefix'],
};

/** ip-route(8). */
const route: Scope = {
  words: {
    add: word('add one', '添加', { next: forRoute }),
    append: word('add one, even if there is another', '追加', { next: forRoute }),
    replace: word('add one, in the place of the old one', '添加或替换', { next: forRoute }),
    change: word('change one', '修改', { next: forRoute }),
    delete: word('remove one', '删除', { next: forRoute }),
    get: word('ask the kernel which one it would take', '问内核会选哪一条', { next: forRoute }),
    show: word('list them', '列出', { next: forRoute }),
    list: word('list them', '列出', { next: forRoute }),
    flush: word('remove many', '批量删除', { next: forRoute }),
  },
  operands: ['prefix'],
};

const forRule: Scope = {
  words: {
    from: word('for packets from here', '来自这里的包', { takes: ['prefix'] }),
    to: word('for packets to here', '发往这里的包', { takes: ['prefix'] }),
    iif: word('for packets that arrive here', '从这个接口进来的包', { takes: ['interface'] }),
    oif: word('for packets that leave here', '从这个接口出去的包', { takes: ['interface'] }),
    fwmark: word('for packets with this mark', '带有这个标记的包', { takes: ['number'] }),
    lookup: word('look in this table', '查这张表', { takes: ['word'] }),
    table: word('look in this table', '查这张表', { takes: ['choice'] }),
    priority: word('the order among rules; the lowest goes first', '规则的顺序，小的在前', {
      takes: ['number'],
    }),
    pref: word('the order among rules; the lowest goes first', '规则的顺序，小的在前', {
      takes: ['number'],
    }),
    all: word('every address', '所有地址'),
  },
};

const neighbour: Scope = {
  words: {
    add: word('add one by hand', '手工添加'),
    replace: word('add or change one', '添加或修改'),
    delete: word('remove one', '删除'),
    flush: word('forget them', '全部忘掉'),
    show: word('list them', '列出'),
    list: word('list them', '列出'),
    dev,
    lladdr: word('its MAC', '它的 MAC', { takes: ['mac'] }),
    nud: word('its state', '它的状态', { takes: ['choice'] }),
    permanent: word('for ever', '永久有效'),
    all: word('all of them', '全部'),
  },
  operands: ['prefix'],
};

const namespaces: Scope = {
  words: {
    add: word('make one, and give it a name below /run/netns', '新建，并在 /run/netns 下起名'),
    delete: word('remove the name', '删除名字'),
    exec: word('run a command in it', '在里面运行命令'),
    list: word('list the names', '列出名字'),
    attach: word('give the namespace of a process a name', '给某个进程的命名空间起名'),
    identify: word('which name a process is in', '某个进程在哪个命名空间'),
    pids: word('which processes are in it', '里面有哪些进程'),
    set: word('give it a number', '给它编号'),
  },
  operands: ['netns', 'word'],
};

const show2: Scope['words'] = {
  link: word('interfaces', '接口'),
  address: word('addresses', '地址'),
  route: word('routes', '路由'),
  neighbour: word('neighbours', '邻居'),
  rule: word('rules', '规则'),
  all: word('everything', '全部'),
  label: word('with the name of the object before each line', '每行前面加上对象名'),
};

export const ip: Program = {
  means: {
    en: 'iproute2, the tool that talks to the kernel about networks (over netlink)',
    zh: 'iproute2，用 netlink 和内核打交道的网络工具',
  },
  style: 'words',
  abbreviates: true,
  reads: 'ip',
  scope: {
    words: {
      link: word('object: network interfaces (layer 2)', '对象：网络接口（二层）', { next: link }),
      address: word(
        'object: IP addresses of interfaces (layer 3)',
        '对象：接口的 IP 地址（三层）',
        { next: addresses },
      ),
      addr: word('object: IP addresses of interfaces (layer 3)', '对象：接口的 IP 地址（三层）', {
        next: addresses,
      }),
      route: word('object: the routing table', '对象：路由表', { next: route }),
      rule: word('object: which routing table is for which packet', '对象：哪些包查哪张路由表', {
        next: {
          words: {
            add: word('add one', '添加', { next: forRule }),
            delete: word('remove one', '删除', { next: forRule }),
            show: word('list them', '列出', { next: forRule }),
            list: word('list them', '列出', { next: forRule }),
          },
        },
      }),
      neighbour: word(
        'object: neighbours, that is, which MAC has which address (ARP)',
        '对象：邻居表，即哪个地址对应哪个 MAC (ARP)',
        { next: neighbour },
      ),
      neighbor: word(
        'object: neighbours, that is, which MAC has which address (ARP)',
        '对象：邻居表，即哪个地址对应哪个 MAC (ARP)',
        { next: neighbour },
      ),
      netns: word('object: network namespaces with a name', '对象：有名字的网络命名空间', {
        next: namespaces,
      }),
      monitor: word('print what changes, as it happens', '实时打印变化', {
        next: { words: show2 },
      }),
      tunnel: word('object: tunnels', '对象：隧道'),
      '-batch': word(
        'read commands from a file, one a line, without the word ip; stop at the first that fails',
        '从文件读命令，每行一条，省略 ip；遇到失败就停',
        { takes: ['file'] },
      ),
      '-b': word('read commands from a file', '从文件读命令', { takes: ['file'] }),
      '-force': word('go on after an error', '出错后继续'),
      '-details': word('with details', '显示细节'),
      '-d': word('with details', '显示细节'),
      '-oneline': word('one line for each', '每项一行'),
      '-o': word('one line for each', '每项一行'),
      '-brief': word('short', '简短输出'),
      '-br': word('short', '简短输出'),
      '-json': word('as JSON', '以 JSON 输出'),
      '-j': word('as JSON', '以 JSON 输出'),
      '-pretty': word('readable', '便于阅读的格式'),
      '-p': word('readable', '便于阅读的格式'),
      '-statistics': word('with counters', '显示计数'),
      '-s': word('with counters', '显示计数'),
      '-color': word('in colour', '彩色输出'),
      '-c': word('in colour', '彩色输出'),
      '-4': word('only IPv4', '只看 IPv4'),
      '-6': word('only IPv6', '只看 IPv6'),
      '-netns': word('in this network namespace', '在这个网络命名空间里', { takes: ['netns'] }),
      '-n': word('in this network namespace', '在这个网络命名空间里', { takes: ['netns'] }),
      '-all': word('in all network namespaces', '在所有网络命名空间里'),
      '-V': word('print the version', '打印版本'),
      '-Version': word('print the version', '打印版本'),
    },
  },
};
