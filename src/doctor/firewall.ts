import type { Facts } from '../facts/index.ts';
import type { ChainFact } from '../filter/chain.ts';
import type { Problem } from '../model/errors.ts';
import type { Examination } from './examination.ts';
import type { Finding, Fix } from './finding.ts';

function isUsed({ base, rules }: ChainFact): boolean {
  return rules.length > 0 || base?.policy === 'drop';
}

/** Whether both variants of iptables(8) hold rules or drop by policy. */
function bothHold(chains: readonly ChainFact[]): boolean {
  const used = new Set(chains.filter(isUsed).map(({ tool }) => tool));
  return used.has('iptables') && (used.has('iptables-legacy') || used.has('iptables-nft'));
}

const both: Finding = {
  id: 'iptables-both',
  severity: 'note',
  says: {
    en: 'both variants of iptables hold rules: iptables-legacy and iptables-nft',
    zh: '两种 iptables 都有规则：iptables-legacy 和 iptables-nft',
  },
  means: {
    en: 'a packet has to pass both, and each lists only its own',
    zh: '数据包两边都要通过，而每一种只列出自己的规则',
  },
  fixes: [
    {
      command: 'sudo iptables-legacy-save; sudo iptables-nft-save',
      costs: { en: 'shows who uses which', zh: '查看谁在用哪一种' },
    },
    {
      command: 'sudo update-alternatives --config iptables',
      costs: {
        en: 'everybody then adds rules to one variant; rules in the other stay until a reboot',
        zh: '之后的规则都加到同一种里；另一种里已有的规则重启后才消失',
      },
    },
  ],
};

/** Who sets the policy of FORWARD to DROP, by the chains that it also makes. */
function whoDrops(chains: readonly ChainFact[]): string {
  const names = chains.map(({ name }) => name);
  if (names.some((name) => name.startsWith('DOCKER'))) return 'Docker';
  return names.some((name) => name.startsWith('ufw-')) ? 'ufw' : '';
}

function dropping(chain: ChainFact, facts: Facts): Finding {
  const { tool, family, table, name } = chain;
  if (tool === 'nft') {
    const insert = `sudo nft insert rule ${family} ${table} ${name}`;
    return {
      id: 'forward-policy',
      severity: 'note',
      says: {
        en: `forwarded packets are dropped unless a rule accepts them: policy drop of nft chain ${family} ${table} ${name}`,
        zh: `没有规则接受的转发数据包会被丢弃：nft 链 ${family} ${table} ${name} 的策略为 drop`,
      },
      fixes: [
        {
          command: `${insert} iifname ctr0 accept && ${insert} oifname ctr0 accept`,
          costs: { en: 'until that firewall is loaded again', zh: '那个防火墙重新加载前有效' },
        },
      ],
    };
  }
  const who = whoDrops(facts.firewall.chains);
  return {
    id: 'forward-policy',
    severity: 'note',
    says: {
      en: `the policy of ${name} is DROP (${tool})${who === '' ? '' : `: ${who} sets it`}`,
      zh: `${name} 的策略为 DROP (${tool})${who === '' ? '' : `，由 ${who} 设置`}`,
    },
    means: {
      en: 'containers would reach this host and nothing else; ctr up adds marked ACCEPT rules, and removes them again',
      zh: '容器只能访问本机；ctr up 会添加带标记的 ACCEPT 规则，结束时删除',
    },
    fixes: [
      {
        command: `sudo ${tool} -P FORWARD ACCEPT`,
        costs: {
          en: 'not needed for ctr; this machine then forwards for everybody',
          zh: 'ctr 并不需要；这台机器从此会为所有人转发',
        },
      },
    ],
  };
}

/** Losses on the way of packets (docs/errors.md): through the firewall, by routes, by bridges. */
const losing = /^W1(?:05|1[0-3]|2[0-2]|3[0-24-9]|4[0-2])$/;

const asRoot = (line: string) =>
  line
    .split('; ')
    .map((one) => `sudo ${one}`)
    .join('; ');

function lost({ code, message, fix }: Problem): Finding {
  // A command may say in a comment how to undo it.
  const [command = '', undo] = (fix?.en ?? '').split('  # to undo: ');
  const isCommand = fix !== undefined && fix.zh.split('  # ')[0] === command;
  const [en, zh] =
    undo === undefined ? ['', ''] : [`; to undo: ${asRoot(undo)}`, `；撤销：${asRoot(undo)}`];
  const fixes: readonly Fix[] = isCommand
    ? [
        {
          command: asRoot(command),
          costs: { en: `until that is set up again${en}`, zh: `对方重新设置前有效${zh}` },
        },
      ]
    : [];
  return {
    id: 'packets-lost',
    severity: 'problem',
    says: {
      en: `a container of the tutorial would lose packets here (${code}): ${message.en}`,
      zh: `教程里的容器在这里会丢包 (${code})：${message.zh}`,
    },
    ...(fix === undefined || isCommand ? {} : { means: fix }),
    fixes: [
      ...fixes,
      {
        command: 'ctr up --sandbox FILE',
        costs: {
          en: 'in a sandbox host, which has no such rules',
          zh: '在沙盒主机里运行，那里没有这些规则',
        },
      },
    ],
  };
}

const unread: Finding = {
  id: 'firewall-unread',
  severity: 'note',
  says: {
    en: 'only root may read the firewall of this machine',
    zh: '只有 root 能读取这台机器的防火墙',
  },
  fixes: [{ command: 'sudo ctr doctor' }],
};

function unreadable({ firewall }: Facts): Finding {
  const command = firewall.unread[0] ?? 'iptables-save';
  return {
    id: 'firewall-unreadable',
    severity: 'problem',
    says: {
      en: `the firewall cannot be read: ${command} does not work`,
      zh: `无法读取防火墙：${command} 不能用`,
    },
    fixes: [{ command: `sudo ${command}`, costs: { en: 'shows why', zh: '查看原因' } }],
    blocks: ['root'],
  };
}

/** The sentence for a firewall that is read, with the policy of every chain through which forwarded packets go. */
function policies({ firewall }: Facts): Finding {
  const seen = firewall.chains.filter(({ base }) => base?.hook === 'forward');
  const list = seen.map(({ tool, family, table, name, base }) => ({
    chain: tool === 'nft' ? `nft ${family} ${table} ${name}` : `${tool} ${table} ${name}`,
    policy: base?.policy,
  }));
  const en = list.map(({ chain, policy }) => `${chain} (policy ${policy})`).join(', ');
  const zh = list.map(({ chain, policy }) => `${chain}（策略 ${policy}）`).join('、');
  return {
    id: 'firewall',
    severity: 'ok',
    says:
      list.length === 0
        ? { en: 'nobody filters forwarded packets', zh: '没有人过滤转发的数据包' }
        : {
            en: `forwarded packets go through: ${en}`,
            zh: `转发的数据包要经过：${zh}`,
          },
  };
}

export const firewall: Examination = {
  area: 'firewall',
  title: { en: 'firewall', zh: '防火墙' },
  async examine(host) {
    const { facts, found } = await host.tutorial;
    const losses = found.filter(({ code }) => losing.test(code)).map(lost);
    if (!host.asRoot) return [unread, ...losses];
    if (!facts.firewall.readable || facts.firewall.unread.length > 0) {
      // Root without capabilities is told so in a part of its own.
      return host.mayChange ? [unreadable(facts)] : losses;
    }
    const { chains } = facts.firewall;
    const drops = chains.filter(({ base }) => base?.hook === 'forward' && base.policy === 'drop');
    // A loss names its chain with the policy.
    const told = drops.filter(({ tool }) => tool !== 'nft' || losses.length === 0);
    return [
      policies(facts),
      ...(bothHold(chains) ? [both] : []),
      ...told.map((chain) => dropping(chain, facts)),
      ...losses,
    ];
  },
};
