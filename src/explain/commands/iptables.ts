import { type Program, type Word, word } from '../grammar.ts';

/** iptables-extensions(8): the matches that -m loads. */
const matches: Readonly<Record<string, Word>> = {
  comment: word('a remark in the rule', '规则里的备注'),
  conntrack: word('the state of the connection that the packet belongs to', '包所属连接的状态'),
  state: word('the older form of conntrack', 'conntrack 的旧写法'),
  tcp: word('fields of TCP', 'TCP 的字段'),
  udp: word('fields of UDP', 'UDP 的字段'),
  sctp: word('fields of SCTP', 'SCTP 的字段'),
  multiport: word('several ports', '多个端口'),
  mark: word('the mark of the packet', '包上的标记'),
  addrtype: word('what kind of address it is', '地址的类型'),
  limit: word('so many at most', '限制速率'),
  physdev: word('the port of the bridge', '网桥的端口'),
  set: word('a list of addresses (ipset)', '地址集合 (ipset)'),
  statistic: word('a part of the packets, by chance', '随机选取一部分包'),
  mac: word('the MAC of the sender', '发送者的 MAC'),
  ttl: word('the time to live', 'TTL'),
  recent: word('who was seen lately', '最近出现过的地址'),
  iprange: word('a range of addresses', '地址区间'),
};

const protocols: Readonly<Record<string, Word>> = {
  tcp: word('TCP: connections', 'TCP：面向连接'),
  udp: word('UDP: single packets', 'UDP：单个数据报'),
  sctp: word('SCTP: streams of messages', 'SCTP：消息流'),
  icmp: word('ICMP: ping and errors', 'ICMP：ping 和错误消息'),
  all: word('all protocols', '所有协议'),
};

/** What becomes of a packet that a rule matches. */
const targets: Readonly<Record<string, Word>> = {
  ACCEPT: word(
    'let the packet pass, and look at no further rule of this chain',
    '放行，不再看这条链的后续规则',
  ),
  DROP: word('throw the packet away, silently', '悄悄丢弃'),
  REJECT: word('refuse the packet, and tell the sender', '拒绝，并通知发送者'),
  RETURN: word('go back to the chain from which this one was called', '回到调用这条链的地方'),
  MASQUERADE: word(
    'replace the source by the address of the interface that the packet leaves by',
    '把源地址换成出口接口的地址',
  ),
  SNAT: word('replace the source address', '改写源地址'),
  DNAT: word('replace the destination address', '改写目的地址'),
  REDIRECT: word('to this machine itself', '改为发给本机'),
  LOG: word('write a line to the kernel log', '写一行内核日志'),
  MARK: word('put a mark on the packet', '给包打标记'),
  TCPMSS: word('change the size that TCP agrees on', '改写 TCP 协商的段长'),
  NOTRACK: word('do not track the connection', '不跟踪这个连接'),
  'DOCKER-USER': word("go to Docker's chain for its users", '跳到 DOCKER-USER 链'),
};

const command = (en: string, zh: string) => word(en, zh, { takes: ['chain'] });

const append = command('append to this chain: its last rule', '追加到这条链的末尾');
const insert = command('insert at the top of this chain: its first rule', '插到这条链的最前面');
const remove = command('delete that rule from this chain', '从这条链里删除这条规则');
const check = command('check whether this chain has that rule', '检查这条链里有没有这条规则');
const listing = command('list the rules', '列出规则');
const table = word('in this table', '在这张表里', { takes: ['table'] });
const from = word('only packets that come from', '只匹配来自这里的包', { takes: ['source'] });
const to = word('only packets that go to', '只匹配发往这里的包', { takes: ['destination'] });
const inInterface = word('that arrive through', '从这个接口进来的', { takes: ['interface'] });
const outInterface = word('that leave through', '从这个接口出去的', { takes: ['interface'] });
const jump = word('what to do with them:', '怎么处理：', {
  next: { words: targets, operands: ['chain'] },
});
const match = word('look also at', '还要看', { next: { words: matches } });
const protocol = word('only this protocol', '只匹配这种协议', {
  next: { words: protocols, operands: ['word'] },
});
const wait = word(
  'if another iptables is at work, wait for so many seconds',
  '如果别的 iptables 正在运行，最多等这么多秒',
  { takes: ['seconds'] },
);

const words: Readonly<Record<string, Word>> = {
  '-t': table,
  '--table': table,
  '-A': append,
  '--append': append,
  '-I': insert,
  '--insert': insert,
  '-D': remove,
  '--delete': remove,
  '-C': check,
  '--check': check,
  '-L': listing,
  '--list': listing,
  '-S': command('print the rules as commands', '以命令的形式打印规则'),
  '-F': command('delete all rules of the chain', '清空这条链'),
  '-Z': command('set the counters to zero', '计数清零'),
  '-N': command('make a chain', '新建链'),
  '-X': command('remove a chain', '删除链'),
  '-P': word('what happens to packets that no rule decides', '没有规则决定时怎么处理', {
    takes: ['chain'],
    next: { words: targets },
  }),
  '-s': from,
  '--source': from,
  '-d': to,
  '--destination': to,
  '-i': inInterface,
  '--in-interface': inInterface,
  '-o': outInterface,
  '--out-interface': outInterface,
  '!': word('not:', '取反：'),
  '-m': match,
  '--match': match,
  '-p': protocol,
  '--protocol': protocol,
  '-j': jump,
  '--jump': jump,
  '-g': word('go to this chain, without coming back', '转到这条链，不再回来', { takes: ['chain'] }),
  '-w': wait,
  '--wait': wait,
  '-n': word('numbers, not names', '显示数字，不查名字'),
  '-v': word('with counters', '显示计数'),
  '-x': word('exact numbers', '显示精确数字'),
  '--line-numbers': word('with the numbers of the rules', '显示规则编号'),
  '--comment': word('the remark', '备注内容', { takes: ['comment'] }),
  '--ctstate': word('in which states', '连接状态', { takes: ['conntrack-states'] }),
  '--state': word('in which states', '连接状态', { takes: ['conntrack-states'] }),
  '--dport': word('to this port', '目的端口', { takes: ['port'] }),
  '--sport': word('from this port', '源端口', { takes: ['port'] }),
  '--dports': word('to these ports', '目的端口', { takes: ['word'] }),
  '--sports': word('from these ports', '源端口', { takes: ['word'] }),
  '--syn': word('that open a connection', '建立连接的包'),
  '--icmp-type': word('of this kind', 'ICMP 类型', { takes: ['word'] }),
  '--to-source': word('the new source', '新的源地址', { takes: ['to-address'] }),
  '--to-destination': word('the new destination', '新的目的地址', { takes: ['to-address'] }),
  '--to-ports': word('the new port', '新的端口', { takes: ['port'] }),
  '--reject-with': word('with this answer', '用这种回复拒绝', { takes: ['word'] }),
  '--mark': word('this mark', '标记', { takes: ['word'] }),
  '--set-mark': word('this mark', '标记', { takes: ['word'] }),
  '--dst-type': word('the kind of the destination', '目的地址的类型', { takes: ['word'] }),
  '--src-type': word('the kind of the source', '源地址的类型', { takes: ['word'] }),
  '--limit': word('so many in so much time', '速率', { takes: ['word'] }),
  '--log-prefix': word('the beginning of the line', '日志前缀', { takes: ['text'] }),
  '--random': word('with a random port', '随机选择端口'),
  '--physdev-is-bridged': word('that stay in the bridge', '只在网桥内部的包'),
  '--clamp-mss-to-pmtu': word('as large as the way allows', '按路径 MTU 调整'),
};

export const iptables: Program = {
  means: {
    en: "edits the kernel's packet rules (on most hosts through nf_tables)",
    zh: '编辑内核的数据包规则（多数主机上经由 nf_tables）',
  },
  style: 'words',
  scope: { words, operands: ['number'] },
};

export const iptablesRestore: Program = {
  means: {
    en: 'edits packet rules, many in one transaction; it reads them from its input',
    zh: '批量编辑数据包规则，一次事务完成；规则从输入读取',
  },
  style: 'words',
  reads: 'iptables',
  scope: {
    words: {
      '--noflush': word('keep all rules that are there', '保留已有的规则'),
      '-n': word('keep all rules that are there', '保留已有的规则'),
      '--wait': wait,
      '-w': wait,
      '--counters': word('restore the counters as well', '同时恢复计数'),
      '-c': word('restore the counters as well', '同时恢复计数'),
      '--test': word('only check', '只检查'),
      '-T': word('only this table', '只处理这张表', { takes: ['table'] }),
    },
  },
};

export const iptablesSave: Program = {
  means: {
    en: 'prints all packet rules, as iptables-restore reads them',
    zh: '打印所有规则，格式供 iptables-restore 读取',
  },
  style: 'words',
  scope: { words: { '-t': table, '-c': word('with counters', '带计数') } },
};
