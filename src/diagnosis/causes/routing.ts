import { routeText, subnetTo } from '../../facts/routes.ts';
import { usualRules } from '../../facts/rules.ts';
import type { Answer } from '../../losses/lookup.ts';
import { contains, overlaps, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { LabNetwork } from '../../model/lab.ts';
import type { Text } from '../../model/text.ts';
import { isSandboxHost, worldGateway } from '../../model/world-addresses.ts';
import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { endBack, endThere } from '../clues/ends.ts';
import { policyEnds } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { isInner, linkOf, networkOf, type Passage, passages, sysctl } from '../clues/passages.ts';
import { type Routed, routedPassages, withoutPolicy } from '../clues/routing.ts';
import { isLedAway } from '../clues/translation.ts';
import { deadUplink } from '../clues/uplinks.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Position } from '../position.ts';

/** Passages in which a packet comes in that is for somebody else. */
function transits(evidence: Evidence, path: Path): readonly Passage[] {
  return passages(evidence, path).filter(({ leg, reading }) => {
    const interfaces = reading.links.filter(({ kind }) => kind !== 'loopback');
    const routes = leg.does === 'forward' || leg.does === 'none';
    // With one interface it is no router: what it gets for others has lost its way before.
    return leg.in !== undefined && routes && interfaces.length > 1;
  });
}

/** Where the kernel routes the packet: for one of its own, before any hook. */
function routingOf({ leg, direction }: Passage): readonly Position[] {
  return [{ direction, place: leg.place, point: leg.in === undefined ? 'send' : 'routing' }];
}

function oncePerPlace(found: readonly Found[]): readonly Found[] {
  return found.filter((one, at) => found.findIndex(({ place }) => place === one.place) === at);
}

/** The value that decides: that of the interface by which the packet comes in (kernel: networking/ip-sysctl). */
function forwards({ reading, leg }: Passage): boolean {
  const own = sysctl(reading, `net/ipv4/conf/${leg.in}/forwarding`);
  return (own ?? sysctl(reading, 'net/ipv4/ip_forward')) !== '0';
}

/** Whether forwarding is off as a whole: not only for the interface by which the packet comes in. */
function isOffWholly({ reading, leg }: Passage): boolean {
  const others = [leg.out].filter((name) => name !== undefined && name !== leg.in);
  return (
    sysctl(reading, 'net/ipv4/ip_forward') !== '1' &&
    others.every((name) => sysctl(reading, `net/ipv4/conf/${name}/forwarding`) !== '1')
  );
}

const forwardingOff: Cause = {
  id: 'forwarding-off',
  stage: 'routing',
  title: t('The host does not forward packets', '宿主机不转发数据包'),
  judge: (evidence, path) =>
    oncePerPlace(
      transits(evidence, path)
        .filter((one) => !forwards(one) && isOffWholly(one))
        .map((passage): Found => {
          const { leg, direction } = passage;
          const { place } = leg;
          const [where, what] = [
            nameOf(place),
            flow(passage, passage.leaves.destination, evidence),
          ];
          return {
            direction,
            place,
            at: routingOf(passage),
            grows: [{ place, counter: 'IpInAddrErrors' }],
            says: t(
              `${capital(where).en} does not forward packets (net.ipv4.ip_forward is 0), so it drops ${what.en}, which comes in on ${leg.in}.`,
              `${where.zh}没有启用转发（net.ipv4.ip_forward 为 0），丢弃从 ${leg.in} 进来的${what.zh}。`,
            ),
            evidence: [
              same('net.ipv4.ip_forward = 0'),
              ...grown(evidence, place, 'IpInAddrErrors'),
            ],
            check: [{ place, argv: ['sysctl', 'net.ipv4.ip_forward'] }],
            fix: { place, argv: ['sysctl', '-w', 'net.ipv4.ip_forward=1'] },
            certain: true,
          };
        }),
    ),
};

const forwardingOffInterface: Cause = {
  id: 'forwarding-off-interface',
  stage: 'routing',
  title: t(
    'An interface does not forward the packets that come in on it',
    '某个接口不转发收到的数据包',
  ),
  judge: (evidence, path) =>
    transits(evidence, path)
      .filter((one) => !forwards(one) && !isOffWholly(one))
      .map((passage): Found => {
        const { leg, direction } = passage;
        const { place } = leg;
        const key = `net/ipv4/conf/${leg.in}/forwarding`;
        const [where, what] = [nameOf(place), flow(passage, passage.leaves.destination, evidence)];
        const wide = sysctl(passage.reading, 'net/ipv4/ip_forward') ?? '0';
        const although =
          wide === '1'
            ? t(', although net.ipv4.ip_forward is 1', '，尽管 net.ipv4.ip_forward 为 1')
            : t('', '');
        return {
          direction,
          place,
          at: routingOf(passage),
          grows: [{ place, counter: 'IpInAddrErrors' }],
          says: t(
            `${capital(where).en} does not forward packets that come in on ${leg.in} (${key} is 0${although.en}), so it drops ${what.en}.`,
            `${where.zh}不转发从 ${leg.in} 进来的数据包（${key} 为 0${although.zh}），${what.zh}因此被丢弃。`,
          ),
          evidence: [
            same(`${key} = 0`),
            same(`net.ipv4.ip_forward = ${wide}`),
            ...grown(evidence, place, 'IpInAddrErrors'),
          ],
          check: [{ place, argv: ['sysctl', key] }],
          fix: { place, argv: ['sysctl', '-w', `${key}=1`] },
          certain: true,
        };
      }),
};

/** A routing decision that is not known to be right. */
interface Decision extends Routed {
  readonly answer: Answer;
}

function isUsual({ rule }: Answer): boolean {
  return rule === undefined || usualRules.some(({ priority }) => priority === rule.priority);
}

/** Whether the bridge to the lab's network is off or has no address: its route went with it, which is the bridge's story. */
function isCutOff({ passage: { reading }, to }: Routed, evidence: Evidence): boolean {
  const network = networkOf(evidence, to);
  if (network === undefined) return false;
  const bridge = linkOf(reading, network.bridge);
  const subnet = subnetOf(parseCidr(network.subnet));
  const addressed = bridge?.addresses.some((one) => contains(subnet, parseCidr(one).address));
  return bridge?.up !== true || addressed !== true;
}

/** Decisions that count: not of packets that a DNAT sends elsewhere, nor of those that were seen to go on. */
function decisionsOf(evidence: Evidence, path: Path): readonly Decision[] {
  return routedPassages(evidence, path).flatMap((routed) => {
    const { passage, answers, to } = routed;
    if (isLedAway(passage, evidence) && networkOf(evidence, to) === undefined) return [];
    if (isCutOff(routed, evidence)) return [];
    return answers.map((answer) => ({ ...routed, answer }));
  });
}

function asked({ passage: { leg }, to }: Routed) {
  return { to, from: leg.source, iif: leg.in ?? 'lo' };
}

/** `ip route get` for the packet, as the kernel would route it. */
function routeGet({ passage: { leg }, to }: Routed): Found['check'][number] {
  const from = leg.in === undefined ? [] : ['from', leg.source, 'iif', leg.in];
  return { place: leg.place, argv: ['ip', 'route', 'get', to, ...from] };
}

function mainTable({ passage: { leg } }: Routed): Found['check'][number] {
  return { place: leg.place, argv: ['ip', 'route'] };
}

const noRouteCounters = ['IpExtInNoRoutes', 'IpOutNoRoutes', 'IcmpOutDestUnreachs'];

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

/** Whether the default route takes a packet for the lab's network, whose own route is gone. */
function isCaught({ answer, to }: Decision, evidence: Evidence): boolean {
  const network = networkOf(evidence, to);
  const [route] = answer.routes;
  if (network === undefined || route === undefined || !isUsual(answer)) return false;
  return answer.does === 'send' && subnetTo(route).prefix === 0 && route.dev !== network.bridge;
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

/**
 * Where a packet that is led astray ends: somewhere along the wrong way, or already on the host, whose rules accept only
 * what leaves by the right interface.
 */
function lostAt(
  { passage, answer }: Decision,
  path: Path,
  evidence: Evidence,
): readonly Position[] {
  if (answer.does !== 'send') return routingOf(passage);
  const ends = passage.direction === 'there' ? endThere(path) : endBack(path);
  return [...ends, ...policyEnds(passage, evidence)];
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
        const { leg, reading, direction } = passage;
        const { place } = leg;
        const plain = withoutPolicy(reading, asked(decision));
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

/** Whether a decision that may be as good as another is worth telling: only when a packet was lost. */
function isSuspect(decision: Decision, evidence: Evidence, path: Path): boolean {
  return evidence.walk !== undefined || goesWrong(decision, evidence, path);
}

/** Whether a decision surely loses the packet: not where it only leads by another way that may be as good. */
function goesWrong({ answer, passage, to }: Decision, evidence: Evidence, path: Path): boolean {
  if (answer.does !== 'send') return true;
  if (networkOf(evidence, to) !== undefined) return true;
  const ends = passage.direction === 'there' ? path.arrives : path.returns;
  return !ends && !path.leaves;
}

/** Interfaces by which packets should leave for an address; undefined where nobody can tell. */
function rightWays(to: string, { lab, reading }: Evidence): readonly string[] | undefined {
  const network = networkOf({ lab, reading } as Evidence, to);
  if (network !== undefined) return [network.bridge];
  return lab === undefined || lab.uplinks.length === 0 ? undefined : lab.uplinks;
}

/** Another interface than the lab's bridge that claims addresses of its subnet: by an address, or by a route to a subnet. */
function claimant(
  { reading }: Passage,
  { answer, to }: Decision,
  network: LabNetwork,
): { readonly dev: string; readonly by: string } | undefined {
  const wanted = subnetOf(parseCidr(network.subnet));
  for (const { name, addresses } of reading.links) {
    if (name === network.bridge || !answer.routes.some(({ dev }) => dev === name)) continue;
    const address = addresses.find((one) => overlaps(subnetOf(parseCidr(one)), wanted));
    if (address !== undefined) return { dev: name, by: address };
  }
  const route = answer.routes.find(({ dev }) => dev !== network.bridge);
  if (route?.dev === undefined) return undefined;
  const subnet = subnetTo(route);
  const wide = subnet.prefix > 0 && subnet.prefix < 32 && contains(subnet, parseAddress(to));
  return wide && overlaps(subnet, wanted) ? { dev: route.dev, by: route.to } : undefined;
}

/** Decisions by table main that lead out of another interface than the lab needs, with the network that is asked for. */
function astray(evidence: Evidence, path: Path): readonly Decision[] {
  return decisionsOf(evidence, path).filter((decision) => {
    const { answer, passage, to } = decision;
    if (passage.leg.place !== 'host' || answer.does !== 'send' || !isUsual(answer)) return false;
    if (isCaught(decision, evidence)) return false;
    const ways = rightWays(to, evidence);
    if (ways !== undefined && answer.routes.some(({ dev = '' }) => !ways.includes(dev)))
      return true;
    return wrongGateway(decision, evidence) !== undefined;
  });
}

/** In a sandbox: a next hop other than the world's, by the uplink. */
function wrongGateway({ answer, passage, to }: Decision, evidence: Evidence): string | undefined {
  if (!isSandboxHost(passage.reading.links) || evidence.reading.world === undefined)
    return undefined;
  if (networkOf(evidence, to) !== undefined) return undefined;
  const [route] = answer.routes;
  if (route?.dev === undefined || isInner(evidence, passage.reading, route.dev)) return undefined;
  return route.gateway === undefined || route.gateway === worldGateway ? undefined : route.gateway;
}

const subnetTaken: Cause = {
  id: 'subnet-taken',
  stage: 'routing',
  title: t("Another interface has the network's subnet too", '另一个接口也使用了这个网络的子网'),
  judge: (evidence, path) =>
    astray(evidence, path).flatMap((decision): readonly Found[] => {
      const { passage, to } = decision;
      const network = networkOf(evidence, to);
      const other = network === undefined ? undefined : claimant(passage, decision, network);
      if (network === undefined || other === undefined) return [];
      const { place } = passage.leg;
      const [where, what] = [nameOf(place), flow(passage, to, evidence)];
      return [
        {
          direction: passage.direction,
          place,
          at: lostAt(decision, path, evidence),
          says: t(
            `${other.dev} on ${where.en} has ${other.by}, which overlaps ${network.subnet} of ${network.bridge}, so ${what.en} leaves by ${other.dev}.`,
            `${where.zh}上的 ${other.dev} 使用 ${other.by}，与 ${network.bridge} 的子网 ${network.subnet} 重叠，${what.zh}因此从 ${other.dev} 发出。`,
          ),
          evidence: decision.answer.routes.map((route) => same(routeText(route))),
          check: [mainTable(decision), routeGet(decision)],
          certain: true,
        },
      ];
    }),
};

const routeElsewhere: Cause = {
  id: 'host-route-elsewhere',
  stage: 'routing',
  title: t('The host sends the packet elsewhere', '宿主机把数据包发往别处'),
  judge: (evidence, path) =>
    astray(evidence, path).flatMap((decision): readonly Found[] => {
      const { passage, to, answer } = decision;
      const network = networkOf(evidence, to);
      if (network !== undefined && claimant(passage, decision, network) !== undefined) return [];
      const { place } = passage.leg;
      const [where, what] = [nameOf(place), flow(passage, to, evidence)];
      const [route] = answer.routes;
      if (route === undefined || !isSuspect(decision, evidence, path)) return [];
      const text = routeText(route);
      const gateway = wrongGateway(decision, evidence);
      const ways = (rightWays(to, evidence) ?? []).join(', ');
      const rather =
        gateway === undefined
          ? t(`not out of ${ways}`, `没有走 ${ways}`)
          : t(`not via ${worldGateway}`, `没有经过 ${worldGateway}`);
      const wide = subnetTo(route).prefix === 0;
      return [
        {
          direction: passage.direction,
          place,
          at: lostAt(decision, path, evidence),
          says: t(
            `${wide ? 'The default route' : 'A route'} of ${where.en} sends ${what.en} the wrong way, ${rather.en}: ${text}`,
            `${where.zh}的${wide ? '默认路由' : '一条路由'}把${what.zh}发错了方向，${rather.zh}：${text}`,
          ),
          evidence: [same(text), ...grown(evidence, place, ...noRouteCounters)],
          check: [mainTable(decision), routeGet(decision)],
          ...(wide
            ? {}
            : { fix: { place, argv: ['ip', 'route', 'del', route.to, ...devOf(route.dev)] } }),
          certain: goesWrong(decision, evidence, path),
        },
      ];
    }),
};

function devOf(dev: string | undefined): readonly string[] {
  return dev === undefined ? [] : ['dev', dev];
}

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
