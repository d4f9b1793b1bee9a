import { words } from '../../filter/words.ts';
import type { LabNetwork } from '../../model/lab.ts';
import { networkTable, nftSpec } from '../../model/nft.ts';
import { ruleSpec } from '../../model/rule.ts';
import type { Text } from '../../model/text.ts';
import { masqueradeRule } from '../../resolve/network-rules.ts';
import type { Cause, Found } from '../cause.ts';
import { grewBy } from '../clues/counters.ts';
import { endBack, unanswered } from '../clues/ends.ts';
import { isForeignTable } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { areFlushed } from '../clues/our-rules.ts';
import { type Untranslated, untranslated } from '../clues/untranslated.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import { diverted, redirected } from './diversion.ts';
import { forwardLosses } from './forward.ts';
import { conntrackFull, conntrackStale, notTracked } from './tracking.ts';

/** How the target sees such a packet. */
function arrival({ passage }: Untranslated, evidence: Evidence, path: Path): readonly Text[] {
  const target = path.arrives ? path.there.at(-1) : undefined;
  if (target === undefined) return [];
  const { source } = passage.leaves;
  const [came, went] = ['IcmpInEchos', 'IcmpOutEchoReps'].map((name) =>
    grewBy(evidence, target.place, name),
  );
  const where = nameOf(target.place);
  return [
    t(`${where.en} has no route back to ${source}`, `${where.zh}没有回到 ${source} 的路由`),
    ...(came !== undefined && came > 0
      ? [
          t(
            `IcmpInEchos on ${where.en} grew by ${came}, IcmpOutEchoReps by ${went}`,
            `${where.zh}的计数器 IcmpInEchos 增加了 ${came}，IcmpOutEchoReps 增加了 ${went}`,
          ),
        ]
      : []),
  ];
}

const natRules = ['iptables', '-t', 'nat', '-S', 'POSTROUTING'];

/** The command that adds the rule of a network again, to the chain in which it belongs. */
function addsMasquerade(network: LabNetwork): readonly string[] {
  const rule = masqueradeRule(network);
  if (network.firewall === 'nftables') {
    const { chain, words } = nftSpec(rule);
    return ['nft', 'add', 'rule', 'ip', networkTable(network), chain, ...words.map(String)];
  }
  return ['iptables', '-t', 'nat', '-A', 'POSTROUTING', ...ruleSpec(rule).spec.map(String)];
}

/** The command that shows where the rule of a network belongs. */
function rulesWith(network: LabNetwork): readonly string[] {
  return network.firewall === 'nftables'
    ? ['nft', 'list', 'table', 'ip', networkTable(network)]
    : natRules;
}

function lacksMasquerade(network: LabNetwork | undefined, source: string): Text {
  const subnet = network?.subnet ?? source;
  if (network?.firewall === 'nftables') {
    const table = networkTable(network);
    return t(
      `the table ip ${table} of nftables has no masquerade for ${subnet}`,
      `nftables 的表 ip ${table} 里没有针对 ${subnet} 的 masquerade`,
    );
  }
  return t(
    `nat POSTROUTING has no MASQUERADE for ${subnet}`,
    `nat 表 POSTROUTING 链里没有针对 ${subnet} 的 MASQUERADE`,
  );
}

const masqueradeMissing: Cause = {
  id: 'masquerade-missing',
  stage: 'translation',
  title: t('Nothing masquerades the packet', '没有规则为数据包做源地址转换'),
  judge: (evidence, path) =>
    untranslated(evidence, path)
      .filter(({ by, passage }) => by === undefined && !areFlushed(passage, evidence))
      .map((one): Found => {
        const { passage, network, certain } = one;
        const { leg } = passage;
        const { place } = leg;
        const [where, what] = [nameOf(place), flow(passage, passage.leaves.destination, evidence)];
        const argv = network === undefined ? undefined : addsMasquerade(network);
        return {
          direction: 'there',
          place,
          at: endBack(path),
          says: t(
            `No rule of ${where.en} masquerades ${what.en}: it leaves by ${leg.out} with its original source ${leg.source}, and answers to that address do not come back.`,
            `${where.zh}没有规则为${what.zh}做源地址转换：它以原来的源地址 ${leg.source} 从 ${leg.out} 发出，应答无法返回。`,
          ),
          evidence: [lacksMasquerade(network, leg.source), ...arrival(one, evidence, path)],
          check: [{ place, argv: network === undefined ? natRules : rulesWith(network) }],
          ...(argv === undefined ? {} : { fix: { place, argv } }),
          certain,
        };
      }),
};

const masqueradeElsewhere: Cause = {
  id: 'masquerade-elsewhere',
  stage: 'translation',
  title: t('Another rule takes the place of the masquerading', '另一条规则抢在源地址转换之前生效'),
  judge: (evidence, path) =>
    untranslated(evidence, path).flatMap((one): readonly Found[] => {
      const { passage, by, certain } = one;
      if (by === undefined) return [];
      const { leg, leaves } = passage;
      const { place } = leg;
      const { chain, rule = '' } = by;
      const [where, what] = [nameOf(place), flow(passage, leaves.destination, evidence)];
      const pool = by.verdict.does === 'snat' ? by.verdict.to : undefined;
      const kept = leaves.source === leg.source && pool === undefined;
      const given = leaves.source === leg.source ? (pool ?? '') : leaves.source;
      const says = kept
        ? t(
            `A rule before MASQUERADE on ${where.en} matches first, so ${what.en} leaves without source NAT, with the source ${leg.source}: ${rule}`,
            `${where.zh}上有一条规则排在 MASQUERADE 之前，使${what.zh}不做源地址转换，仍以源地址 ${leg.source} 发出：${rule}`,
          )
        : t(
            `A rule on ${where.en} gives ${what.en} the source ${given}, which is not an address of ${leg.out}, so the answers do not come back: ${rule}`,
            `${where.zh}上的一条规则把${what.zh}的源地址改成 ${given}，这不是 ${leg.out} 的地址，应答因此回不来：${rule}`,
          );
      const iptables = chain.tool !== 'nft';
      return [
        {
          direction: 'there',
          place,
          at: pool === undefined ? endBack(path) : unanswered(path),
          says,
          evidence: [
            same(`${chain.table} ${chain.name}: ${rule}`),
            ...(pool === undefined ? arrival(one, evidence, path) : []),
          ],
          check: [
            {
              place,
              argv: iptables
                ? [chain.tool, '-t', chain.table, '-S', chain.name]
                : ['nft', '-a', 'list', 'chain', chain.family, chain.table, chain.name],
            },
          ],
          ...(iptables
            ? {
                fix: {
                  place,
                  argv: [chain.tool, '-t', chain.table, '-D', chain.name, ...words(rule)],
                },
              }
            : {}),
          certain,
        },
      ];
    }),
};

const flushed: Cause = {
  id: 'chain-flushed',
  stage: 'translation',
  title: t("A firewall reload has removed ctr's rules", '防火墙重新加载时清掉了 ctr 的规则'),
  judge: (evidence, path) => {
    const policies = forwardLosses(evidence, path).filter(
      (loss) =>
        loss.rule === undefined && !isForeignTable(loss) && areFlushed(loss.passage, evidence),
    );
    const bare = untranslated(evidence, path).filter(({ passage }) =>
      areFlushed(passage, evidence),
    );
    const { lab } = evidence;
    if (lab === undefined || policies.length + bare.length === 0) return [];
    const [policy] = policies;
    const place = 'host';
    const why =
      policy === undefined
        ? t('packets leave untranslated', '数据包不经源地址转换就发出')
        : t('the policy DROP of FORWARD applies', 'FORWARD 的默认策略 DROP 生效');
    return [
      {
        direction: 'there',
        place,
        at:
          policy === undefined
            ? endBack(path)
            : [
                {
                  direction: 'there',
                  place,
                  point: 'forward',
                  table: { family: policy.family, table: policy.table },
                },
              ],
        says: t(
          `All of ctr's rules are gone from the firewall of the host, probably after a reload or a flush: ${why.en}.`,
          `宿主机防火墙里 ctr 的规则全都没有了，可能是防火墙被重新加载或清空过：${why.zh}。`,
        ),
        evidence: [
          t(
            'no rule in any table has the mark of ctr (a comment that begins with "ctr:")',
            '任何表里都没有带 ctr 标记（以“ctr:”开头的注释）的规则',
          ),
          ...(policy === undefined ? [] : [same(`filter FORWARD: -P FORWARD DROP`)]),
        ],
        check: [{ place, argv: ['iptables-save'] }],
        fix: { place, argv: ['ctr', 'repair', lab.name] },
        certain: policy?.certain === true || bare.some(({ certain }) => certain),
      },
    ];
  },
};

/** What happens to addresses on the way. */
export const translation: readonly Cause[] = [
  flushed,
  diverted,
  redirected,
  masqueradeElsewhere,
  masqueradeMissing,
  notTracked,
  conntrackFull,
  conntrackStale,
];
