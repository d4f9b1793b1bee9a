import { routeText } from '../../facts/routes.ts';
import type { Answer } from '../../losses/lookup.ts';
import type { Text } from '../../model/text.ts';
import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { firstOfEach, lossesIn, lossFinding } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { type Passage, passages, sysctl } from '../clues/passages.ts';
import { decisions } from '../clues/routing.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';

const early: readonly string[] = ['ingress', 'prerouting'];

const filter: Cause = {
  id: 'ingress-filter',
  stage: 'ingress',
  title: t('A rule drops the packet as it comes in', '有规则在数据包刚进来时就将其丢弃'),
  judge: (evidence, path) =>
    firstOfEach(
      passages(evidence, path)
        .filter(({ leg, direction }) => {
          const routed = leg.does === 'forward' || leg.does === 'none' || leg.place === 'host';
          return direction === 'there' && leg.in !== undefined && leg.does !== 'bridged' && routed;
        })
        .flatMap((passage) => lossesIn(passage, evidence))
        .filter(({ hook }) => early.includes(hook)),
    ).map((loss) => lossFinding(loss, evidence)),
};

/** Passages by which a packet comes in to be routed or delivered. */
function arrivals(evidence: Evidence, path: Path): readonly Passage[] {
  return passages(evidence, path).filter(
    ({ leg }) => leg.in !== undefined && (leg.does === 'forward' || leg.does === 'deliver'),
  );
}

/**
 * Where the kernel would send an answer to the packet's source. It asks as if the answer came in by the interface that
 * the packet leaves by (__fib_validate_source; docs/decisions/0022).
 */
function wayBack({ leg, leaves, reading }: Passage) {
  const iif = leg.does === 'forward' ? (leg.out ?? 'lo') : 'lo';
  return decisions(reading, { to: leg.source, from: leaves.destination, iif });
}

function settingOf({ reading, leg }: Passage, name: string): number {
  const values = ['all', leg.in].map((one) => sysctl(reading, `net/ipv4/conf/${one}/${name}`));
  return Math.max(...values.map((value) => Number(value ?? 0)));
}

/** Why a packet for that address could not be sent. */
function noWayBack(source: string, { rule, routes: [route], does }: Answer): Text {
  if (does === 'none') return t(`there is no route back to ${source}`, `没有回到 ${source} 的路由`);
  if (route !== undefined) {
    const what = routeText(route);
    return t(`the route back to ${source} is: ${what}`, `回到 ${source} 的路由是：${what}`);
  }
  const number = rule?.priority ?? '';
  return t(
    `policy rule ${number} ends the lookup of the way back to ${source} (${does})`,
    `查找回到 ${source} 的路由时命中了策略规则 ${number}（${does}）`,
  );
}

const reversePath: Cause = {
  id: 'reverse-path',
  stage: 'ingress',
  title: t('The reverse path filter drops the packet', '反向路径过滤丢弃了数据包'),
  judge: (evidence, path) =>
    arrivals(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction } = passage;
      const { place } = leg;
      const mode = settingOf(passage, 'rp_filter');
      const answers = wayBack(passage);
      const answer = answers.at(-1);
      if (mode === 0 || answer === undefined || answer.does === 'deliver') return [];
      const routed = answer.does === 'send';
      if (routed && (mode === 2 || answer.routes.some(({ dev }) => dev === leg.in))) return [];
      const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
      const [route] = answer.routes;
      const other =
        routed && route !== undefined
          ? t(
              `the route back to ${leg.source} goes out of ${route.dev}: ${routeText(route)}`,
              `回到 ${leg.source} 的路由走 ${route.dev}：${routeText(route)}`,
            )
          : noWayBack(leg.source, answer);
      const key = `net/ipv4/conf/${leg.in}/rp_filter`;
      // ARP requests pass the same filter, but are not counted: the sender may learn no MAC in the first place.
      const before = path[direction]
        .slice(0, passage.index)
        .findLast(({ does }) => does === 'send' || does === 'forward');
      const last = evidence.walk?.hops.findLast((hop) => hop.direction === direction);
      const isAsked = last !== undefined && last.place === before?.place;
      return [
        {
          direction,
          place,
          at: [
            { direction, place, point: 'routing' },
            ...(before === undefined
              ? []
              : [{ direction, place: before.place, point: 'neighbour' } as const]),
          ],
          ...(isAsked ? {} : { grows: [{ place, counter: 'TcpExtIPReversePathFilter' }] }),
          says: t(
            `The reverse path filter of ${where.en} (rp_filter ${mode}) drops ${what.en}: it comes in on ${leg.in}, but ${other.en}.`,
            `${where.zh}的反向路径过滤（rp_filter 为 ${mode}）丢弃了${what.zh}：包从 ${leg.in} 进来，但${other.zh}。`,
          ),
          evidence: [
            same(`rp_filter = max(all, ${leg.in}) = ${mode}`),
            ...(route === undefined ? [] : [same(routeText(route))]),
            ...grown(evidence, place, 'TcpExtIPReversePathFilter'),
          ],
          check: [
            { place, argv: ['ip', 'route', 'get', leg.source] },
            { place, argv: ['sysctl', 'net.ipv4.conf.all.rp_filter', key] },
          ],
          ...(routed ? { fix: { place, argv: ['sysctl', '-w', `${key}=2`] } } : {}),
          certain: answers.length === 1,
        },
      ];
    }),
};

const martian: Cause = {
  id: 'martian-source',
  stage: 'ingress',
  title: t(
    "The packet has the receiver's own address as its source",
    '数据包的源地址是接收方自己的地址',
  ),
  judge: (evidence, path) =>
    arrivals(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction } = passage;
      const { place } = leg;
      const own = wayBack(passage).at(-1)?.does === 'deliver';
      // What comes back to its own sender is a hairpin's story.
      if (!own || place === evidence.question.from || settingOf(passage, 'accept_local') > 0)
        return [];
      const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
      return [
        {
          direction,
          place,
          at: [{ direction, place, point: 'routing' }],
          says: t(
            `${capital(where).en} drops ${what.en}, which comes in on ${leg.in}: its source ${leg.source} is an address of ${where.en} itself (a "martian source").`,
            `${where.zh}丢弃了从 ${leg.in} 进来的${what.zh}：源地址 ${leg.source} 是${where.zh}自己的地址（martian source）。`,
          ),
          evidence: [t(`${where.en} has ${leg.source}`, `${where.zh}拥有 ${leg.source}`)],
          check: [{ place, argv: ['ip', 'route', 'get', leg.source] }],
          certain: true,
        },
      ];
    }),
};

/** Whether the next namespace takes the packet in. */
export const ingress: readonly Cause[] = [filter, reversePath, martian];
