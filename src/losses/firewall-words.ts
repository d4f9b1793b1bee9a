import type { ChainFact } from '../filter/chain.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab, LabNetwork } from '../model/lab.ts';
import type { Text } from '../model/text.ts';
import type { Taken } from './taken.ts';

type Way = Taken['journeys'][number]['way'];

/** The arguments with which the tool lists the chain. */
function nameOf({ tool, family, table, name }: ChainFact): string {
  return tool === 'nft' ? `nft chain ${family} ${table} ${name}` : `${tool} -t ${table} ${name}`;
}

/** Joins Chinese texts, with a space before a Latin letter. */
function spaced(before: string, after: string): string {
  return /^[\x21-\x7e]/.test(after) ? `${before} ${after}` : `${before}${after}`;
}

/** The rule as its tool prints it, or the policy. */
function ruleOf({ ending: { chain, rule } }: Taken): Text {
  if (rule !== undefined) return { en: `“${rule}”`, zh: `“${rule}”` };
  const policy = chain.tool === 'nft' ? 'policy drop' : 'policy DROP';
  return { en: policy, zh: policy };
}

function unique<Thing>(things: readonly Thing[], key: (thing: Thing) => string): readonly Thing[] {
  return [...new Map(things.map((thing) => [key(thing), thing])).values()];
}

function networksOf({ journeys }: Taken): readonly LabNetwork[] {
  const networks = journeys.map(({ network }) => network);
  return unique(networks, ({ bridge }) => bridge);
}

/** Commands are the same in both languages. */
function commands(...lines: readonly string[]): Text {
  const text = lines.join('; ');
  return { en: text, zh: text };
}

function whatOf({ journeys }: Taken): Text {
  const texts = unique(
    journeys.map(({ text }) => text),
    ({ en }) => en,
  );
  return {
    en: texts.map(({ en }) => en).join(', and '),
    zh: texts.map(({ zh }) => zh).join('，以及'),
  };
}

/** The commands of nft(8) or iptables(8) that let these packets pass this chain. */
function letThrough(taken: Taken): readonly string[] {
  const { tool, family, table, name, base } = taken.base;
  const hook = base?.hook;
  const ways = new Set(taken.journeys.map(({ way }) => way));
  return networksOf(taken).flatMap(({ bridge, subnet }) => {
    if (family === 'bridge' || family === 'netdev' || hook === 'ingress') {
      return ['ip saddr', 'ip daddr', 'arp saddr ip'].map(
        (field) => `nft insert rule ${family} ${table} ${name} ${field} ${subnet} accept`,
      );
    }
    if (family === 'arp') {
      const way = hook === 'input' ? 'iifname' : 'oifname';
      return [`nft insert rule arp ${table} ${name} ${way} ${bridge} accept`];
    }
    const comesIn = hook !== 'output' && hook !== 'postrouting';
    const goesOut = ['answers', 'between', 'from-host', 'published'].some((way) =>
      ways.has(way as Way),
    );
    const incoming = ['outward', 'between', 'to-host', 'served'].some((way) =>
      ways.has(way as Way),
    );
    const sides = [
      ...(comesIn && incoming ? [tool === 'nft' ? 'iifname' : '-i'] : []),
      ...(goesOut && hook !== 'prerouting' && hook !== 'input'
        ? [tool === 'nft' ? 'oifname' : '-o']
        : []),
    ];
    const source = tool === 'nft' ? 'ip saddr' : '-s';
    const destination = tool === 'nft' ? 'ip daddr' : '-d';
    const matches = [
      ...sides.map((side) => `${side} ${bridge}`),
      ...(hook === 'postrouting' && ways.has('outward') ? [`${source} ${subnet}`] : []),
      ...(hook === 'prerouting' && goesOut ? [`${destination} ${subnet}`] : []),
    ];
    return matches.map((match) =>
      tool === 'nft'
        ? `nft insert rule ${family} ${table} ${name} ${match} accept`
        : `${tool} -t ${table} -I ${name} ${match} -j ACCEPT`,
    );
  });
}

/** Whether firewalld decides here: in its table of nft, or in iptables' chains with `FirewallBackend=iptables`. */
function isOfFirewalld({ table, rules }: ChainFact): boolean {
  return table === 'firewalld' || rules.some((rule) => / (?:INPUT|FORWARD)_ZONES$/.test(rule));
}

/**
 * firewall-cmd(1), which puts the bridges into a zone until firewalld is reloaded. A comment of the shell says how to undo
 * that, so the whole line can be typed.
 */
function intoZone(bridges: readonly string[]): Text {
  const lines = (what: string) =>
    bridges.map((one) => `firewall-cmd --zone=trusted --${what}-interface=${one}`).join('; ');
  const [add, remove] = [lines('add'), lines('remove')];
  return { en: `${add}  # to undo: ${remove}`, zh: `${add}  # 撤销：${remove}` };
}

/** firewalld and ufw rewrite their rules, so they need commands of their own. */
function fixOf(taken: Taken): Text {
  const { base, ending } = taken;
  const bridges = networksOf(taken).map(({ bridge }) => bridge);
  if (isOfFirewalld(base)) return intoZone(bridges);
  if (/^ufw-/.test(ending.chain.name)) {
    const lines = (one: string) =>
      base.base?.hook === 'input'
        ? [`ufw allow in on ${one}`]
        : [`ufw route allow in on ${one}`, `ufw route allow out on ${one}`];
    return commands(...bridges.flatMap(lines));
  }
  return commands(...letThrough(taken));
}

/** Whether the chain holds our own rules: those can be moved before all others. */
export function isOurPlace({ tool, family, table, name }: ChainFact): boolean {
  const main = tool === 'iptables' || (tool === 'nft' && family === 'ip');
  return (
    main &&
    ['filter FORWARD', 'nat POSTROUTING', 'nat PREROUTING', 'nat OUTPUT'].includes(
      `${table} ${name}`,
    )
  );
}

export function repairOf({ name }: Lab): Text {
  return {
    en: `ctr repair ${name} puts the rules of ctr first`,
    zh: `ctr repair ${name} 会把 ctr 的规则移到最前面`,
  };
}

/** A drop of iptables is final for nft(8): no accept in another table overrules it. */
export function orIptables(fix: Text): Text {
  const en =
    'or "firewall": "iptables" in the config: an accept in a table of nftables does not overrule this';
  const zh = '或者在配置里写 "firewall": "iptables"：nftables 表里的放行规则不能推翻它';
  return fix.en.includes('  # ')
    ? { en: `${fix.en}; ${en}`, zh: `${fix.zh}；${zh}` }
    : { en: `${fix.en} (${en})`, zh: `${fix.zh}（${zh}）` };
}

/** The fix where no command can be proposed: how to list the rule. */
function takeOut({ tool, family, table, name }: ChainFact): Text {
  const look =
    tool === 'nft'
      ? `nft -a list chain ${family} ${table} ${name}`
      : `${tool} -t ${table} -S ${name}`;
  return { en: `remove that rule; to list it: ${look}`, zh: `删除这条规则；查看它：${look}` };
}

/** W102: iptables beside iptables; W110: another table, chain or rule. */
export function lostInFilter(taken: Taken): Problem {
  const { ending, certain } = taken;
  const { chain, verdict } = ending;
  const [where, rule, what] = [nameOf(chain), ruleOf(taken), whatOf(taken)];
  const beside = chain.tool === 'iptables-legacy' || chain.tool === 'iptables-nft';
  const rejects = verdict.does === 'reject';
  const en = certain ? (rejects ? 'rejects' : 'drops') : rejects ? 'may reject' : 'may drop';
  const zh = `${certain ? '会' : '可能'}${rejects ? '拒绝' : '丢弃'}`;
  return {
    code: beside ? 'W102' : 'W110',
    message: {
      en: `${where} ${en} ${what.en}: ${rule.en}`,
      zh: `${where} ${spaced(zh, what.zh)}：${rule.zh}`,
    },
    fix: fixOf(taken),
  };
}

/** W111: packets leave with a source address that gets no replies. */
export function lostTranslation(taken: Taken): Problem {
  const { ending, certain } = taken;
  const { verdict, chain } = ending;
  const [where, rule] = [nameOf(chain), ruleOf(taken)];
  const [network] = networksOf(taken);
  const [subnet, bridge] = [network?.subnet ?? '', network?.bridge ?? ''];
  const may = certain ? '' : 'may ';
  const s = certain ? 's' : '';
  const en =
    verdict.does === 'divert'
      ? `send${s} packets from ${bridge} to another destination than the containers ask for`
      : verdict.does === 'snat'
        ? `give${s} packets from ${bridge} a source address that this host does not have`
        : `let${s} packets from ${bridge} leave before MASQUERADE, so that they keep their source address in ${subnet}`;
  const zh =
    verdict.does === 'divert'
      ? `把来自 ${bridge} 的数据包改发到另一个目的地址`
      : verdict.does === 'snat'
        ? `把来自 ${bridge} 的数据包的源地址改成本机没有的地址`
        : `在地址伪装之前就放行来自 ${bridge} 的数据包，使源地址仍是 ${subnet} 里的地址`;
  return {
    code: 'W111',
    message: {
      en: `${where} ${may}${en}: ${rule.en}`,
      zh: `${where} ${certain ? '会' : '可能'}${zh}：${rule.zh}`,
    },
    fix: takeOut(chain),
  };
}

/** W143: a rule takes the packets for a published port before ctr's. */
export function lostPublication(taken: Taken): Problem {
  const { ending, certain } = taken;
  const [where, rule, what] = [nameOf(ending.chain), ruleOf(taken), whatOf(taken)];
  return {
    code: 'W143',
    message: {
      en: `${where} ${certain ? 'takes' : 'may take'} ${what.en} before they reach the container: ${rule.en}`,
      zh: `${where} ${spaced(certain ? '会截走' : '可能会截走', what.zh)}，使其到不了容器：${rule.zh}`,
    },
    fix: takeOut(ending.chain),
  };
}

/** W112: a rule exempts packets from connection tracking. */
export function lostTracking(taken: Taken): Problem {
  const { ending, certain } = taken;
  const [where, rule, what] = [nameOf(ending.chain), ruleOf(taken), whatOf(taken)];
  return {
    code: 'W112',
    message: {
      en: `${where} ${certain ? 'exempts' : 'may exempt'} ${what.en} from connection tracking, and MASQUERADE needs connection tracking: ${rule.en}`,
      zh: `${where} ${certain ? '会' : '可能会'}${spaced('使连接跟踪跳过', what.zh)}，而地址伪装离不开连接跟踪：${rule.zh}`,
    },
    fix: takeOut(ending.chain),
  };
}

/** W113: a command failed that could have shown more rules. */
export function unreadFilters(unread: readonly string[]): readonly Problem[] {
  return unread.map((command) => ({
    code: 'W113',
    message: {
      en: `ctr cannot tell whether this host drops the containers' packets: ${command} does not work`,
      zh: `ctr 无法判断本机是否会丢弃容器的数据包：${command} 不能用`,
    },
    fix: { en: `to see why: ${command}`, zh: `查看原因：${command}` },
  }));
}
