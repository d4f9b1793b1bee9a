import type { Cause } from '../cause.ts';
import { isForeignTable, type Loss, lossesIn, lossFinding } from '../clues/filters.ts';
import { areFlushed } from '../clues/our-rules.ts';
import { passages } from '../clues/passages.ts';
import { publishedFor } from '../clues/published.ts';
import { isSentToNobody } from '../clues/translation.ts';
import { same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';

const late: readonly string[] = ['forward', 'postrouting', 'egress'];

/** What takes a packet on its way there where it is forwarded. */
export function forwardLosses(evidence: Evidence, path: Path): readonly Loss[] {
  return passages(evidence, path)
    .filter(({ leg, direction }) => direction === 'there' && leg.does === 'forward')
    .flatMap((passage) => lossesIn(passage, evidence))
    .filter(({ hook }) => late.includes(hook));
}

/**
 * A policy that drops because ctr's own rules are gone is the story of those rules. One that drops what a DNAT rule
 * sends to nobody is the story of that rule: what is meant may well be accepted.
 */
function isPlain(loss: Loss, evidence: Evidence): boolean {
  const policy = loss.rule === undefined;
  if (policy && !isForeignTable(loss) && areFlushed(loss.passage, evidence)) return false;
  if (policy && isSentToNobody(loss.passage, evidence)) return false;
  return publishedFor(loss.passage, evidence) === undefined;
}

type Kind = 'table' | 'policy' | 'reject' | 'rule';

function kindOf(loss: Loss): Kind {
  if (isForeignTable(loss)) return 'table';
  if (loss.rule === undefined) return 'policy';
  return loss.rejects ? 'reject' : 'rule';
}

function judgeOf(kind: Kind): Cause['judge'] {
  return (evidence, path) =>
    forwardLosses(evidence, path)
      .filter((loss) => kindOf(loss) === kind && isPlain(loss, evidence))
      .map((loss) => lossFinding(loss, evidence));
}

const publishedPort: Cause = {
  id: 'published-port-filter',
  stage: 'target',
  title: t('The rules for a published port are in INPUT', '发布端口的规则写在了 INPUT 链'),
  judge: (evidence, path) =>
    forwardLosses(evidence, path).flatMap((loss) => {
      const published = publishedFor(loss.passage, evidence);
      if (published === undefined) return [];
      const { says, ...finding } = lossFinding(loss, evidence);
      const { to, accepts } = published;
      const { destination } = loss.passage.leg;
      return [
        {
          ...finding,
          says: t(
            `The rule "${accepts}" in INPUT has no effect: DNAT changes the destination ${destination} to ${to}, so these packets traverse FORWARD, not INPUT. ${says.en}`,
            `INPUT 中的规则“${accepts}”不起作用：发往 ${destination} 的包经 DNAT 转给 ${to}，走的是 FORWARD，不经过 INPUT。${says.zh}`,
          ),
          evidence: [...finding.evidence, same(`INPUT: ${accepts}`)],
        },
      ];
    }),
};

/** Filters on forwarded packets. */
export const forward: readonly Cause[] = [
  {
    id: 'forward-table',
    stage: 'forward',
    title: t("Another program's nft table drops the packet", '其他程序的 nft 表丢弃了数据包'),
    judge: judgeOf('table'),
  },
  {
    id: 'forward-policy',
    stage: 'forward',
    title: t('The policy of FORWARD drops the packet', 'FORWARD 的默认策略丢弃了数据包'),
    judge: judgeOf('policy'),
  },
  {
    id: 'forward-reject',
    stage: 'forward',
    title: t('A rule on forwarded packets rejects it', '有转发规则拒绝了数据包'),
    judge: judgeOf('reject'),
  },
  {
    id: 'forward-rule',
    stage: 'forward',
    title: t('A rule on forwarded packets drops it', '有转发规则丢弃了数据包'),
    judge: judgeOf('rule'),
  },
  publishedPort,
];
