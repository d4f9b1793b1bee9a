import type { HostView, RouteFact } from '../facts/index.ts';
import { routeText, subnetTo } from '../facts/routes.ts';
import { usualRules } from '../facts/rules.ts';
import type { Problem } from '../model/errors.ts';
import {
  contains,
  formatAddress,
  overlaps,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
} from '../model/ipv4.ts';
import type { Attachment, Lab, LabNetwork } from '../model/lab.ts';
import type { Text } from '../model/text.ts';
import { type Answer, exampleIn, type Packet, waysOn } from './lookup.ts';
import type { LossRule } from './loss-rule.ts';
import { marksOn } from './marks.ts';

/** Whether every host has this rule. If so, messages name only its table. */
function isUsual(priority: number): boolean {
  return usualRules.some((rule) => rule.priority === priority);
}

/** The rule or route that decides where a packet goes, in words. */
function decider({ rule, routes }: Answer): Text {
  const [route] = routes;
  if (rule === undefined) return { en: 'no route', zh: '没有路由' };
  const { priority, action = '', table = '' } = rule;
  if (route === undefined) {
    return { en: `policy rule ${priority} (${action})`, zh: `策略规则 ${priority}（${action}）` };
  }
  const text = routeText(route);
  return isUsual(priority)
    ? { en: `the route ${text} in table ${table}`, zh: `路由表 ${table} 里的路由 ${text}` }
    : {
        en: `policy rule ${priority} with the route ${text} in table ${table}`,
        zh: `策略规则 ${priority} 所查路由表 ${table} 里的路由 ${text}`,
      };
}

/** A rule that also matches a protocol, a port… concerns only some packets. */
function which({ partly }: Answer): Text {
  return partly
    ? { en: 'some of the packets', zh: '部分数据包' }
    : { en: 'the packets', zh: '数据包' };
}

const look: Text = {
  en: 'to see the rules and routes: ip rule show; ip route show table all',
  zh: '查看规则和路由：ip rule show；ip route show table all',
};

/** The fix: a rule with a priority just before that of the deciding one. */
function rather({ rule }: Answer, words: string): Text {
  if (rule === undefined || isUsual(rule.priority) || rule.priority < 2) return look;
  const line = `ip rule add pref ${rule.priority - 1} ${words} lookup main`;
  return { en: line, zh: line };
}

function leadsTo(bridge: string, { does, routes }: Answer): boolean {
  return does === 'send' && routes.every(({ dev }) => dev === bridge);
}

/** Packets for a container that do not get onto its bridge. */
function lostInward({ address, network }: Attachment, answer: Answer): Problem {
  const { bridge, subnet } = network;
  const [who, some] = [decider(answer), which(answer)];
  return {
    code: 'W121',
    place: bridge,
    message:
      answer.rule === undefined
        ? {
            en: `this host has no route to ${address} on ${bridge}: the container gets no replies`,
            zh: `本机没有到 ${bridge} 上 ${address} 的路由：容器收不到应答`,
          }
        : {
            en: `${who.en} keeps ${some.en} for ${address} away from ${bridge}: the container gets no replies`,
            zh: `${who.zh} 使发往 ${address} 的${some.zh}到不了 ${bridge}：容器收不到应答`,
          },
    fix: rather(answer, `to ${subnet}`),
  };
}

/** Packets from a bridge that one rule or route loses. */
interface Lost {
  readonly network: LabNetwork;
  readonly answer: Answer;
  readonly targets: Set<string>;
}

const named = 3;

function lostOutward({ network, answer, targets }: Lost): Problem {
  const { bridge, subnet } = network;
  const [who, some] = [decider(answer), which(answer)];
  const rest = targets.size > named ? ' …' : '';
  const list = (comma: string) => `${[...targets].slice(0, named).join(comma)}${rest}`;
  return {
    code: 'W122',
    place: bridge,
    message:
      answer.rule === undefined
        ? {
            en: `packets from ${bridge} have no route to ${list(', ')}, though this host itself has one`,
            zh: `来自 ${bridge} 的数据包没有到 ${list('、')} 的路由，而本机自己有`,
          }
        : {
            en: `${who.en} loses ${some.en} from ${bridge} to ${list(', ')}`,
            zh: `${who.zh} 使从 ${bridge} 到 ${list('、')} 的${some.zh}丢失`,
          },
    fix: rather(answer, `from ${subnet}`),
  };
}

/** A shorter prefix than this is as good as a default route. */
const widest = 8;

/** Whether a blackhole or unreachable route, as Calico and VPNs add them, covers no address that the lab needs. */
function isElsewhere({ type }: RouteFact, subnet: Subnet, own: readonly Subnet[]): boolean {
  return type !== undefined && subnet.prefix >= widest && !own.some((one) => overlaps(one, subnet));
}

/** The name servers, and one destination for each route that some rule may come to. */
function destinations(
  { routes, rules }: HostView,
  { networks }: Lab,
  resolvers: readonly string[],
): readonly number[] {
  const own = networks.map(({ subnet }) => subnetOf(parseCidr(subnet)));
  const tables = new Set((rules ?? usualRules).flatMap(({ table }) => table ?? []));
  const within = routes.filter(({ table = 'main' }) => tables.has(table));
  const subnets = within.map(subnetTo);
  const examples = within.flatMap((route, index) => {
    const { type, another } = route;
    const subnet = subnets[index];
    if (type === 'local' || type === 'throw' || another === true || subnet === undefined) return [];
    if (isElsewhere(route, subnet, own)) return [];
    return exampleIn(subnet, subnets) ?? [];
  });
  return [...new Set([...resolvers.map(parseAddress), ...examples])];
}

/** One interface of each group that no route and no rule distinguishes, with its container's name servers. */
function differing(
  lab: Lab,
  host: HostView,
): readonly (readonly [Attachment, readonly string[]])[] {
  const subnets = [
    ...host.routes.map(subnetTo),
    ...(host.rules ?? []).flatMap(({ from, to }) =>
      [from, to].flatMap((text) => (text === undefined ? [] : subnetOf(parseCidr(text)))),
    ),
  ];
  const seen = new Map<string, readonly [Attachment, readonly string[]]>();
  for (const { attachments, resolvers } of lab.containers) {
    for (const one of attachments) {
      const address = parseAddress(one.address);
      const sides = subnets.map((subnet) => Number(contains(subnet, address))).join('');
      const key = `${one.network.name} ${sides}`;
      if (!seen.has(key)) seen.set(key, [one, resolvers]);
    }
  }
  return [...seen.values()];
}

/**
 * Policy rules and routes that misdirect packets of the lab (ip-rule(8), ip-route(8)). A strict rp_filter needs no
 * check: for a forwarded packet, the kernel looks up the reverse path as if the packet came in by the interface that it
 * is about to leave by, and finds the path that the request took (docs/decisions/0022).
 */
export const ledAstray: LossRule = (lab, host) => {
  const there = new Set(host.links.map(({ name }) => name));
  const [lookUp, marksFor] = [waysOn(host), marksOn(host)];
  const ways = (packet: Packet): readonly Answer[] =>
    marksFor(packet).flatMap(({ mark, partly }) =>
      lookUp({ ...packet, mark }).map((answer) => (partly ? { ...answer, partly } : answer)),
    );
  const inward: Problem[] = [];
  const outward = new Map<string, Lost>();
  const lose = (network: LabNetwork, to: number, answer: Answer) => {
    const key = `${network.name} ${answer.partly} ${decider(answer).en}`;
    const lost = outward.get(key) ?? { network, answer, targets: new Set<string>() };
    lost.targets.add(formatAddress(to));
    outward.set(key, lost);
  };
  for (const [attachment, resolvers] of differing(lab, host)) {
    const { network } = attachment;
    const iif = network.bridge;
    if (!there.has(iif)) continue;
    const [self, gateway] = [parseAddress(attachment.address), parseAddress(network.gateway)];
    const answered = (from: number, by: string) => {
      const wrong = ways({ to: self, from, iif: by }).filter((answer) => !leadsTo(iif, answer));
      inward.push(...wrong.map((answer) => lostInward(attachment, answer)));
    };
    answered(gateway, 'lo');
    for (const answer of ways({ to: gateway, from: self, iif })) {
      if (answer.does !== 'deliver') lose(network, gateway, answer);
    }
    for (const to of destinations(host, lab, resolvers)) {
      for (const answer of ways({ to, from: self, iif })) {
        if (answer.does === 'send') for (const { dev = '' } of answer.routes) answered(to, dev);
        else if (answer.does !== 'deliver') {
          // If the host itself has no route either, no rule is the reason.
          const own = ways({ to, from: 0, iif: 'lo' }).at(-1);
          if (answer.does !== 'none' || own?.does === 'send') lose(network, to, answer);
        }
      }
    }
  }
  return [...once(inward), ...[...outward.values()].map(lostOutward)];
};

function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [`${one.place} ${one.message.en}`, one])).values()];
}

/** Without a default route a container reaches the host and the subnets that the host is in. */
export const noWayOut: LossRule = (_lab, host) => {
  const wide = host.routes.filter(
    (route) => route.type === undefined && subnetTo(route).prefix < widest,
  );
  if (wide.some(({ down }) => down !== true)) return [];
  const [lame] = wide;
  return [
    lame?.dev === undefined
      ? {
          code: 'W105',
          message: {
            en: 'this host has no default route: the container will reach only this host and the networks that this host has routes to',
            zh: '本机没有默认路由：容器只能到达宿主机，以及宿主机有路由的网络',
          },
        }
      : {
          code: 'W105',
          place: lame.dev,
          message: {
            en: `the default route goes through ${lame.dev}, which has no carrier: the container will reach only this host and the networks that this host has other routes to`,
            zh: `默认路由经过 ${lame.dev}，而该接口没有载波（线路未接通）：容器只能到达宿主机，以及宿主机有其他路由的网络`,
          },
        },
  ];
};
