import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, misspelt, notRoot } from './answer.ts';

/** What iptables(8) and nft(8) answer. */
export const firewall = {
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
} satisfies Readonly<Record<string, Answer>>;
