import type { FilterFacts } from '../../filter/chain.ts';
import { type Ending, Filter, loses } from '../../filter/walk.ts';
import { words } from '../../filter/words.ts';
import { walkStops } from '../../losses/stops.ts';
import type { Text } from '../../model/text.ts';
import { isError } from '../../trace/end.ts';
import type { Hook, MatchedRule } from '../../trace/walk.ts';
import type { Found, Hint } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Point, Position } from '../position.ts';
import type { Passage } from './passages.ts';
import { stopsOf } from './stops.ts';
import { nameOf, packetOf, same, t } from './words.ts';

/** A rule or policy at which the packet ends. */
export interface Loss {
  readonly passage: Passage;
  readonly hook: Hook;
  /** The program that lists the chain. */
  readonly tool: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As its tool prints it; undefined for the chain's policy. */
  readonly rule: string | undefined;
  readonly rejects: boolean;
  readonly certain: boolean;
  /** The trace saw the packet end here. */
  readonly seen: boolean;
  /** Its text is as its tool takes it in a command. */
  readonly listed: boolean;
  /** nft's number of the rule (nft(8), handle), where the trace saw it. */
  readonly handle?: number;
}

const filters = new WeakMap<FilterFacts, Filter>();

/** The packet filters of a namespace, each read once. */
export function filterOf(facts: FilterFacts): Filter {
  const known = filters.get(facts) ?? new Filter(facts);
  filters.set(facts, known);
  return known;
}

/** Tables that iptables(8) makes, whichever variant it is. */
const builtIn = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

function isIptables({ family, table }: Pick<Loss, 'family' | 'table'>): boolean {
  return family === 'ip' && builtIn.has(table);
}

/** Whether a chain is somebody's own nft table, none that iptables made. */
export function isForeignTable({ tool, ...place }: Loss): boolean {
  return tool === 'nft' && !isIptables(place);
}

function judged(passage: Passage, evidence: Evidence): readonly Loss[] {
  const filter = filterOf(passage.reading.firewall);
  const found: Loss[] = [];
  for (const { stop, base, walked } of walkStops(filter, stopsOf(passage, evidence))) {
    // The kernel asks a nat chain only about the first packet of a connection.
    if (base.base?.type === 'nat' && passage.direction === 'back') continue;
    const lost = walked.endings.filter(loses);
    const ending = lost.find(({ certain }) => certain) ?? lost[0];
    if (ending !== undefined) found.push(lossOf(passage, stop.hook as Hook, ending));
  }
  return found;
}

function lossOf(passage: Passage, hook: Hook, { chain, rule, verdict, certain }: Ending): Loss {
  const { tool, family, table, name } = chain;
  return {
    ...{ passage, hook, tool, family, table, rule },
    chain: name,
    rejects: verdict.does === 'reject',
    certain: certain && verdict.does !== 'hand-over',
    seen: false,
    listed: true,
  };
}

/** The loss that the trace saw, with the rule's text as its tool prints it where the reading has it. */
function seenLoss(passage: Passage, hook: Hook, dropped: MatchedRule, all: readonly Loss[]): Loss {
  const { family, table, chain, text, verdict, line, handle } = dropped;
  const policy = text.startsWith('policy');
  const numbered = handle === undefined || policy ? {} : { handle };
  const rule = line?.replace(/^-A \S+ /, '');
  const known = all.find(
    (one) =>
      one.table === table &&
      one.chain === chain &&
      (one.rule === undefined) === policy &&
      (rule === undefined || one.rule === rule),
  );
  if (known !== undefined) return { ...known, ...numbered, certain: true, seen: true };
  return {
    ...{ passage, hook, family, table, chain },
    tool: isIptables(dropped) ? 'iptables' : 'nft',
    rule: policy ? undefined : (rule ?? text),
    rejects: /reject/i.test(`${verdict} ${text}`),
    certain: true,
    seen: true,
    listed: policy || rule !== undefined,
    ...numbered,
  };
}

/**
 * The rules and policies at which a packet ends in one namespace. Where a trace saw it end there, only the rule that
 * took it.
 */
export function lossesIn(passage: Passage, evidence: Evidence): readonly Loss[] {
  const all = judged(passage, evidence);
  const { leg, direction } = passage;
  const hops = evidence.walk?.hops ?? [];
  const seen = hops.flatMap((hop) => {
    const here = hop.place === leg.place && hop.direction === direction && !isError(hop);
    return here && hop.dropped !== undefined ? [seenLoss(passage, hop.hook, hop.dropped, all)] : [];
  });
  if (seen.length > 0) return seen;
  // It went into a hook and did not come out: where only one rule there could keep it, that rule did.
  const lost = hops.find(
    (hop) =>
      hop.lost === true && hop.place === leg.place && hop.direction === direction && !isError(hop),
  );
  const [only, ...others] = all.filter(({ hook }) => hook === lost?.hook);
  return only !== undefined && others.length === 0 ? [{ ...only, certain: true, seen: true }] : all;
}

/** Where a policy drops this packet, which no rule accepts. */
export function policyEnds(passage: Passage, evidence: Evidence): readonly Position[] {
  return lossesIn(passage, evidence)
    .filter(({ rule }) => rule === undefined)
    .map(positionOf);
}

/** Of losses by the same rule or policy of a namespace, the first. */
export function firstOfEach(losses: readonly Loss[]): readonly Loss[] {
  const keyOf = ({ passage, family, table, chain, rule }: Loss) =>
    [passage.leg.place, family, table, chain, rule].join('|');
  const keys = losses.map(keyOf);
  return losses.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** Where a chain is, in words. */
function chainOf({ passage, tool, family, table, chain }: Loss): Text {
  const { en, zh } = nameOf(passage.leg.place);
  const iptables = isIptables({ family, table });
  const program = tool === 'nft' ? 'iptables' : tool;
  return iptables
    ? t(
        `chain ${chain} of ${en} (${program}, table ${table})`,
        `${zh}的 ${chain} 链（${program} 的 ${table} 表）`,
      )
    : t(
        `chain ${chain} of ${en} (nft table ${family} ${table})`,
        `${zh}的 ${chain} 链（nft 表 ${family} ${table}）`,
      );
}

/** What a rule or policy does with the packet, as one sentence. */
function sentenceOf(loss: Loss, { question }: Evidence): Text {
  const { rule, rejects, certain, passage } = loss;
  const [chain, what] = [chainOf(loss), packetOf(question)];
  const { leg, leaves, direction } = passage;
  const early = loss.hook === 'ingress' || loss.hook === 'prerouting' || leg.does === 'send';
  const from = `${leg.source} → ${early ? leg.destination : leaves.destination}`;
  const answer = direction === 'back';
  const it = answer
    ? t(`the answer (${from})`, `应答（${from}）`)
    : t(`${what.en} (${from})`, `${what.zh}（${from}）`);
  if (rule === undefined && !certain) {
    return t(
      `The policy of ${chain.en} is DROP, so it may drop ${it.en}.`,
      `${chain.zh}的默认策略是 DROP，可能丢弃${it.zh}。`,
    );
  }
  if (rule === undefined) {
    return t(
      `The policy of ${chain.en} is DROP, and no rule accepts ${it.en}.`,
      `${chain.zh}的默认策略是 DROP，没有规则放行${gap(it.zh)}。`,
    );
  }
  const en = certain ? (rejects ? 'rejects' : 'drops') : rejects ? 'may reject' : 'may drop';
  const zh = `${certain ? '' : '可能'}${rejects ? '拒绝' : '丢弃'}`;
  return t(
    `A rule in ${chain.en} ${en} ${it.en}: ${rule}`,
    `${chain.zh}中的一条规则${zh}${gap(it.zh)}：${rule}`,
  );
}

/** Chinese text with a space before a Latin letter. */
function gap(text: string): string {
  return /^[\x21-\x7e]/.test(text) ? ` ${text}` : text;
}

function listing({ tool, family, table, chain, passage }: Loss): Hint {
  const { place } = passage.leg;
  return tool === 'nft'
    ? { place, argv: ['nft', '-a', 'list', 'chain', family, table, chain] }
    : { place, argv: [tool, '-t', table, '-S', chain] };
}

/** The command that takes the rule away, or lets the policy accept. To delete a rule of nft needs its handle. */
function mending(loss: Loss): Hint | undefined {
  const { tool, family, table, chain, rule, passage, listed, handle } = loss;
  const { place } = passage.leg;
  if (tool === 'nft') {
    const open = ['nft', 'add', 'chain', family, table, chain, '{ policy accept; }'];
    if (rule === undefined) return { place, argv: open };
    const number = handle === undefined ? [] : ['handle', String(handle)];
    const argv = ['nft', 'delete', 'rule', family, table, chain, ...number];
    return number.length === 0 ? undefined : { place, argv };
  }
  if (!listed) return undefined;
  return rule === undefined
    ? { place, argv: [tool, '-t', table, '-P', chain, 'ACCEPT'] }
    : { place, argv: [tool, '-t', table, '-D', chain, ...words(rule)] };
}

/** With br_netfilter, a bridge calls the hooks of IP for a frame that it only passes on. */
function positionOf({ passage, hook, family, table }: Loss): Position {
  const { leg, direction } = passage;
  const point: Point = leg.does === 'bridged' ? 'bridge' : hook;
  return { direction, place: leg.place, point, table: { family, table } };
}

/** A finding about a rule or policy. @param more further evidence. */
export function lossFinding(loss: Loss, evidence: Evidence, more: readonly Text[] = []): Found {
  const { passage, tool, table, chain, rule, seen, certain } = loss;
  const fix = mending(loss);
  const policy = tool === 'nft' ? `policy drop` : `-P ${chain} DROP`;
  return {
    direction: passage.direction,
    place: passage.leg.place,
    at: [positionOf(loss)],
    says: sentenceOf(loss, evidence),
    evidence: [
      same(rule === undefined ? `${table} ${chain}: ${policy}` : `${table} ${chain}: ${rule}`),
      ...(seen ? [t('the trace saw the packet end here', '追踪看到数据包在此终止')] : []),
      ...more,
    ],
    check: [listing(loss)],
    ...(fix === undefined ? {} : { fix }),
    certain,
  };
}
