import type { Text } from '../model/text.ts';
import { hopsBack, hopsThere } from '../trace/end.ts';
import type { Hop, Walk } from '../trace/walk.ts';
import type { Diagnosis, Finding } from './cause.ts';
import { stages } from './cause.ts';
import { causes } from './causes/index.ts';
import { growth } from './clues/counters.ts';
import { nameOf, same, t } from './clues/words.ts';
import type { Evidence, Question } from './evidence.ts';
import { type Path, pathOf } from './path.ts';
import { fits, orderOf } from './position.ts';
import { unreadIn } from './unread.ts';

/** Causes by which a name server that can be reached does not help: the way to it comes first. */
const afterTheWay = new Set(['name-refused', 'name-timeout']);

/** The leg of a finding's place: what comes first on the way is broken first. */
function legOf({ cause, direction, place }: Finding, path: Path): number {
  if (afterTheWay.has(cause)) return Number.POSITIVE_INFINITY;
  const at = path[direction].findIndex((leg) => leg.place === place);
  const before = direction === 'back' ? path.there.length : 0;
  return before + (at < 0 ? path[direction].length : at);
}

/** In the order in which a packet depends on them: along the way, and in one namespace by stage. */
function inOrder(findings: readonly Finding[], path: Path): readonly Finding[] {
  const key = (one: Finding): readonly number[] => [
    legOf(one, path),
    stages.indexOf(one.stage),
    Math.min(...one.at.map((position) => orderOf(position, path))),
  ];
  return findings
    .map((finding, index) => ({ finding, key: [...key(finding), index] }))
    .sort((one, other) => {
      const at = one.key.findIndex((value, index) => value !== other.key[index]);
      return at < 0 ? 0 : (one.key[at] ?? 0) - (other.key[at] ?? 0);
    })
    .map(({ finding }) => finding);
}

/** Everything that the table finds, in causal order. A cause that holds for both directions is told once. */
function findingsFor(evidence: Evidence, path: Path): readonly Finding[] {
  const all = causes.flatMap(({ id, stage, judge }) =>
    judge(evidence, path).map((found): Finding => ({ cause: id, stage, ...found })),
  );
  const once = new Map<string, Finding>();
  for (const one of inOrder(all, path)) {
    const key = `${one.cause} ${one.place} ${one.says.en}`;
    const known = once.get(key);
    const at = [...(known?.at ?? []), ...one.at];
    const certain = one.certain || known?.certain === true;
    once.set(key, { ...(known ?? one), at, certain });
  }
  return [...once.values()];
}

/**
 * The walk without ICMP errors about its packet. Of a packet that was refused or could not be delivered, only the way
 * there tells where it ended.
 */
function wayOf(walk: Walk): Walk {
  const { kind } = walk.outcome;
  const isTold = kind === 'refused' || kind === 'unreachable';
  return { ...walk, hops: [...hopsThere(walk), ...(isTold ? [] : hopsBack(walk))] };
}

/** Whether its counters have grown: undefined when they were not read twice. */
function isCounted({ grows = [] }: Finding, evidence: Evidence): boolean | undefined {
  const found = grows.map(({ place, counter }) => growth(evidence, place, counter));
  if (found.some((one) => one !== undefined && one > 0)) return true;
  return found.length === 0 || found.includes(undefined) ? undefined : false;
}

const look: Text = t(
  'send a packet and see where it ends: ctr trace',
  '发送一个数据包，看它在哪里终止：ctr trace',
);

/** What would tell findings apart: how to look at each. */
function tellApart(findings: readonly Finding[], walk: Walk | undefined): readonly Text[] {
  const looked = findings.flatMap(({ check: [first] }) => {
    if (first === undefined) return [];
    const words = first.argv.map((arg) => (typeof arg === 'string' ? arg : arg.pidOf)).join(' ');
    const where = nameOf(first.place);
    return [t(`${words}   (on ${where.en})`, `${words}   （在${where.zh}上）`)];
  });
  return [...(walk === undefined ? [look] : []), ...looked];
}

/** Where a packet was seen last. */
function lastSeen(hop: Hop | undefined, { from }: Question): Text {
  if (hop === undefined) {
    const where = nameOf(from);
    return t(`it never left ${where.en}`, `它没有离开${where.zh}`);
  }
  const where = nameOf(hop.place);
  const dev = hop.in ?? hop.out;
  const at = dev === undefined ? hop.hook : `${hop.hook}, ${dev}`;
  return t(`it was last seen on ${where.en} (${at})`, `最后一次看到它是在${where.zh}（${at}）`);
}

/** What another node did with it: nodes are watched, and only this host and its containers are judged. */
function droppedBy({ place, hook, in: from, out, dropped }: Hop): Text | undefined {
  if (dropped === undefined || !place.startsWith('node ')) return undefined;
  const where = nameOf(place);
  const at = [hook, from ?? out].filter((one) => one !== undefined).join(', ');
  const rule =
    dropped.line ?? `${dropped.family} ${dropped.table} ${dropped.chain}: ${dropped.text}`;
  return t(`${where.en} dropped it (${at}): ${rule}`, `${where.zh}丢弃了它（${at}）：${rule}`);
}

/** Where the predicted way ends, when no packet was sent. */
function lastLeg(path: Path, { from }: Question): Text {
  const legs = path.arrives ? path.back : path.there;
  const place = legs.at(-1)?.place ?? from;
  const where = nameOf(place);
  return path.arrives
    ? t(`the answer gets no farther than ${where.en}`, `应答只能到达${where.zh}`)
    : t(`it gets no farther than ${where.en}`, `它只能到达${where.zh}`);
}

/** Without a probe: what is certain by the state alone, the first of it first. */
function byState(evidence: Evidence, path: Path): Diagnosis {
  const { from } = evidence.question;
  if (evidence.reading[from] === undefined) {
    const where = nameOf(from);
    return {
      kind: 'unknown',
      after: t(`${where.en} could not be read; does it run?`, `无法读取${where.zh}；它在运行吗？`),
      remaining: [],
    };
  }
  const findings = findingsFor(evidence, path);
  const [finding, ...also] = findings.filter(({ certain }) => certain);
  if (finding !== undefined) return { kind: 'named', finding, also };
  if (findings.length > 0) {
    return { kind: 'undecided', between: findings, tell: tellApart(findings, undefined) };
  }
  const { unresolved } = evidence.question;
  const complete = path.arrives && path.returns;
  if (unresolved === undefined && (complete || path.leaves)) return { kind: 'arrives' };
  return {
    kind: 'unknown',
    after:
      unresolved === undefined
        ? lastLeg(path, evidence.question)
        : t(
            `${unresolved.name} cannot be resolved: ${unresolved.said}`,
            `无法解析 ${unresolved.name}：${unresolved.said}`,
          ),
    remaining: unreadIn(evidence.reading, path),
  };
}

/** With a probe: the findings that would have left exactly this walk. */
function byWalk(evidence: Evidence, path: Path, whole: Walk): Diagnosis {
  if (whole.outcome.kind === 'answered') return { kind: 'arrives' };
  const walk = wayOf(whole);
  const fitting = findingsFor(evidence, path).filter(
    (one) =>
      one.at.some((position) => fits(position, walk, path)) && isCounted(one, evidence) !== false,
  );
  const certain = fitting.filter((one) => one.certain);
  const [finding, ...also] = certain;
  if (finding !== undefined) return { kind: 'named', finding, also };
  const counted = fitting.filter((one) => isCounted(one, evidence) === true);
  const [only, ...others] = counted;
  if (only !== undefined && others.length === 0) {
    return { kind: 'named', finding: only, also: [] };
  }
  if (fitting.length > 0) {
    return { kind: 'undecided', between: fitting, tell: tellApart(fitting, walk) };
  }
  const last = walk.hops.at(-1);
  const dropped = last === undefined ? undefined : droppedBy(last);
  if (dropped !== undefined) {
    return { kind: 'unknown', after: dropped, remaining: [], dropped: true };
  }
  return {
    kind: 'unknown',
    after: lastSeen(last, evidence.question),
    remaining: [
      ...walk.blind.map(({ place, why }) => {
        const where = nameOf(place);
        return t(`${where.en} could not be watched: ${why}`, `无法观察${where.zh}：${why}`);
      }),
      ...(whole.outcome.kind === 'not-sent' ? [same(whole.outcome.said)] : []),
      ...unreadIn(evidence.reading, path),
    ],
  };
}

/**
 * Pure: why a packet does not arrive. It names a cause only where the state says so surely and the probe, if one was
 * sent, does not contradict it; else it tells what remains.
 */
export function diagnose(evidence: Evidence): Diagnosis {
  const path = pathOf(evidence.question, evidence.reading);
  const { walk } = evidence;
  return walk === undefined ? byState(evidence, path) : byWalk(evidence, path, walk);
}
