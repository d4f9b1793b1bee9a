import { routeText } from '../../facts/routes.ts';
import type { Answer } from '../../losses/lookup.ts';
import type { Text } from '../../model/text.ts';
import { isSandboxHost, worldGateway } from '../../model/world-addresses.ts';
import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { flow } from '../clues/flow.ts';
import { networkOf } from '../clues/passages.ts';
import {
  decisionsOf,
  goesWrong,
  isCaught,
  isSuspect,
  isUsual,
  lostAt,
  mainTable,
  noRouteCounters,
  type Routed,
  routeGet,
  withoutPolicy,
} from '../clues/routing.ts';
import { deadUplink } from '../clues/uplinks.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import { forwardingOff, forwardingOffInterface } from './forwarding.ts';
import { routeElsewhere, subnetTaken } from './host-route-elsewhere.ts';

/** A route that would bring the packets on, where the lab or the sandbox's world tell which. */
function missingRoute(
  { passage: { leg, reading }, to }: Routed,
  evidence: Evidence,
): readonly string[] | undefined {
  const network = networkOf(evidence, to);
  if (network !== undefined) return [network.subnet, 'dev', network.bridge];
  const sandbox = leg.place === 'host' && isSandboxHost(reading.links);
  return sandbox ? ['default', 'via', worldGateway] : undefined;
}

const routeMissing: Cause = {
  id: 'host-route-missing',
  stage: 'routing',
  title: t('The host has no route to the destination', '宿主机没有到目的地址的路由'),
  judge: (evidence, path) =>
    decisionsOf(evidence, path)
      .filter(
        (one) =>
          one.passage.leg.place !== 'world' &&
          (one.answer.does === 'none' || isCaught(one, evidence)),
      )
      // A route that went with its interface is the interface's story.
      .filter(
        ({ to, passage }) =>
          networkOf(evidence, to) !== undefined ||
          deadUplink(evidence, passage.leg.place, undefined) === undefined,
      )
      .map((decision): Found => {
        const { passage, to } = decision;
        const { place } = passage.leg;
        const [where, what] = [nameOf(place), flow(passage, to, evidence)];
        const route = missingRoute(decision, evidence);
        const [caught] = decision.answer.routes;
        const instead =
          caught === undefined
            ? t('', '')
            : t(
                `; it leaves by "${routeText(caught)}" instead`,
                `，包改走了“${routeText(caught)}”`,
              );
        const own = networkOf(evidence, to)?.subnet ?? to;
        return {
          direction: passage.direction,
          place,
          at: lostAt(decision, path, evidence),
          says: t(
            `${capital(where).en} has no route to ${own}, so it cannot forward ${what.en}${instead.en}.`,
            `${where.zh}没有到 ${own} 的路由，无法转发${what.zh}${instead.zh}。`,
          ),
          evidence: [
            caught === undefined
              ? t(`no table has a route to ${to}`, `所有路由表里都没有到 ${to} 的路由`)
              : same(routeText(caught)),
            ...grown(evidence, place, ...noRouteCounters),
          ],
          check: [mainTable(decision), routeGet(decision)],
          ...(route === undefined
            ? {}
            : { fix: { place, argv: ['ip', 'route', 'add', ...route] } }),
          certain: true,
        };
      }),
};

const blocked = new Set<Answer['does']>(['blackhole', 'unreachable', 'prohibit']);

/** What a kernel does with packets of a route of such a type (ip-route(8)). */
const blocks: Readonly<Record<string, Text>> = {
  blackhole: t('drops it silently', '直接将其丢弃，不通知发送方'),
  unreachable: t('answers "host unreachable"', '回复“主机不可达”'),
  prohibit: t('answers "administratively prohibited"', '回复“管理上禁止”'),
};

const routeBlocked: Cause = {
  id: 'host-route-blocked',
  stage: 'routing',
  title: t('A route of the host blocks the destination', '宿主机上有一条封锁目的地址的路由'),
  judge: (evidence, path) =>
    decisionsOf(evidence, path)
      .filter(({ answer }) => blocked.has(answer.does) && isUsual(answer))
      .map((decision): Found => {
        const { passage, to, answer } = decision;
        const { place } = passage.leg;
        const [where, what] = [nameOf(place), flow(passage, to, evidence)];
        const [route] = answer.routes;
        const text = route === undefined ? answer.does : routeText(route);
        const does = blocks[answer.does] ?? same('');
        return {
          direction: passage.direction,
          place,
          at: lostAt(decision, path, evidence),
          says: t(
            `The route "${text}" of ${where.en} matches ${what.en}: the kernel ${does.en}.`,
            `${where.zh}上的路由“${text}”匹配${what.zh}：内核${does.zh}。`,
          ),
          evidence: [same(text), ...grown(evidence, place, ...noRouteCounters)],
          check: [mainTable(decision), routeGet(decision)],
          ...(route === undefined
            ? {}
            : {
                fix: {
                  place,
                  argv: ['ip', 'route', 'del', answer.does, route.to, ...tableOf(route.table)],
                },
              }),
          certain: !answer.partly,
        };
      }),
};

function tableOf(table: string | undefined): readonly string[] {
  return table === undefined ? [] : ['table', table];
}

/** What a decision leads to, to compare two. */
function outcome({ does, routes }: Answer): string {
  return [does, ...routes.map(({ dev = '', gateway = '' }) => `${dev} ${gateway}`)].join('|');
}

const policy: Cause = {
  id: 'host-policy',
  stage: 'routing',
  title: t('A policy rule of the host leads packets elsewhere', '宿主机的策略路由把数据包引向别处'),
  judge: (evidence, path) =>
    decisionsOf(evidence, path)
      .filter(({ answer }) => !isUsual(answer))
      .flatMap((decision): readonly Found[] => {
        const { passage, to, answer } = decision;
        const { leg, direction } = passage;
        const { place } = leg;
        const plain = withoutPolicy(decision);
        if (plain === undefined || outcome(plain) === outcome(answer)) return [];
        if (!isSuspect(decision, evidence, path)) return [];
        const { priority = 0, table } = answer.rule ?? {};
        const [where, what] = [nameOf(place), flow(passage, to, evidence)];
        const [route] = answer.routes;
        const leads = route === undefined ? answer.does : routeText(route);
        const rather = plain.routes[0] === undefined ? plain.does : routeText(plain.routes[0]);
        const which =
          table === undefined ? t('', '') : t(` and table ${table}`, `和路由表 ${table}`);
        return [
          {
            direction,
            place,
            at: lostAt(decision, path, evidence),
            says: t(
              `Policy rule ${priority}${which.en} on ${where.en} take${table === undefined ? 's' : ''} precedence over table main for ${what.en}: "${leads}" applies instead of "${rather}".`,
              `${where.zh}上的策略路由规则 ${priority}${which.zh}优先于 main 表：${what.zh}匹配的是“${leads}”，而不是“${rather}”。`,
            ),
            evidence: [
              t(
                `rule ${priority} comes before rule 32766, which looks up table main`,
                `规则 ${priority} 排在查询 main 表的规则 32766 之前`,
              ),
              ...grown(evidence, place, ...noRouteCounters),
            ],
            check: [
              { place, argv: ['ip', 'rule'] },
              ...(table === undefined
                ? []
                : [{ place, argv: ['ip', 'route', 'show', 'table', table] }]),
            ],
            fix: { place, argv: ['ip', 'rule', 'del', 'pref', String(priority)] },
            certain: !answer.partly && goesWrong(decision, evidence, path),
          },
        ];
      }),
};

/** Whether and where the host forwards a packet. */
export const routing: readonly Cause[] = [
  forwardingOff,
  forwardingOffInterface,
  policy,
  routeBlocked,
  subnetTaken,
  routeElsewhere,
  routeMissing,
];
