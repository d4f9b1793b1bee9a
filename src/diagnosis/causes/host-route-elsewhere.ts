import { routeText, subnetTo } from '../../facts/routes.ts';
import { contains, overlaps, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { LabNetwork } from '../../model/lab.ts';
import { isSandboxHost, worldGateway } from '../../model/world-addresses.ts';
import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { flow } from '../clues/flow.ts';
import { isInner, networkOf, type Passage } from '../clues/passages.ts';
import {
  type Decision,
  decisionsOf,
  goesWrong,
  isCaught,
  isSuspect,
  isUsual,
  lostAt,
  mainTable,
  noRouteCounters,
  routeGet,
} from '../clues/routing.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';

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

export const subnetTaken: Cause = {
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

export const routeElsewhere: Cause = {
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
