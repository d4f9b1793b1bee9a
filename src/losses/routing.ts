import { contains, formatAddress, parseAddress, parseCidr, subnetOf } from '../config/ipv4.ts';
import type { Problem } from '../errors.ts';
import type { HostView } from '../facts/index.ts';
import { routeText, subnetTo } from '../facts/routes.ts';
import type { Attachment, Lab, LabNetwork } from '../lab.ts';
import type { Text } from '../text.ts';
import type { LossRule } from './index.ts';
import { type Answer, exampleIn, waysOn } from './lookup.ts';

/** Rules that every host has need no mention beside the table that they look into. */
function isUsual({ priority }: { readonly priority: number }): boolean {
  return priority === 0 || priority >= 32766;
}

/** What decides over a packet, by its name. */
function decider({ rule, routes }: Answer): Text {
  const [route] = routes;
  if (rule === undefined) return { en: 'no route', zh: '没有路由' };
  if (route === undefined) {
    return {
      en: `policy rule ${rule.priority} (${rule.action})`,
      zh: `策略规则 ${rule.priority}（${rule.action}）`,
    };
  }
  const text = `${routeText(route)}`;
  const table = rule.table ?? '';
  return isUsual(rule)
    ? { en: `the route ${text} in table ${table}`, zh: `路由表 ${table} 里的路由 ${text}` }
    : {
        en: `policy rule ${rule.priority} with the route ${text} in table ${table}`,
        zh: `策略规则 ${rule.priority} 所查路由表 ${table} 里的路由 ${text}`,
      };
}

/** Some packets only: those that the rule asks for. */
function some(answer: Answer): Text {
  return answer.partly ? { en: 'some of the ', zh: '部分' } : { en: 'the ', zh: '' };
}

const look: Text = {
  en: 'ip rule show; ip route show table all',
  zh: 'ip rule show；ip route show table all',
};

function leadsTo(bridge: string, { does, routes }: Answer): boolean {
  return does === 'send' && routes.every(({ dev }) => dev === bridge);
}

function lostInward(attachment: Attachment, answer: Answer): Problem {
  const { address, network } = attachment;
  const who = decider(answer);
  const which = some(answer);
  return {
    code: 'W121',
    place: network.bridge,
    message:
      answer.rule === undefined
        ? {
            en: `no route leads to ${address} on ${network.bridge}: the container gets no answers`,
            zh: `没有通向 ${network.bridge} 上 ${address} 的路由：容器收不到回应`,
          }
        : {
            en: `${who.en} takes ${which.en}packets for ${address} away from ${network.bridge}: the container gets no answers`,
            zh: `${who.zh} 使发往 ${address} 的${which.zh}包不进 ${network.bridge}：容器收不到回应`,
          },
    fix: look,
  };
}

/** One destination for each route, and the name servers. */
function destinations({ routes }: HostView, resolvers: readonly string[]): readonly number[] {
  const subnets = routes.map(subnetTo);
  const examples = routes.flatMap(({ type, another }, index) => {
    const subnet = subnets[index];
    if (type === 'local' || type === 'throw' || another === true || subnet === undefined) return [];
    return exampleIn(subnet, subnets) ?? [];
  });
  return [...new Set([...examples, ...resolvers.map(parseAddress)])];
}

function lostOutward(network: LabNetwork, to: number, answer: Answer): Problem {
  const who = decider(answer);
  const which = some(answer);
  const target = formatAddress(to);
  return {
    code: 'W122',
    place: network.bridge,
    message:
      answer.rule === undefined
        ? {
            en: `no route leads from ${network.bridge} to ${target}, though this host has one for itself`,
            zh: `从 ${network.bridge} 到 ${target} 没有路由，而本机自己有`,
          }
        : {
            en: `${who.en} loses ${which.en}packets from ${network.bridge} to ${target}`,
            zh: `${who.zh} 丢弃从 ${network.bridge} 到 ${target} 的${which.zh}包`,
          },
    fix: look,
  };
}

/** The value that counts is the higher one (kernel: networking/ip-sysctl, `rp_filter`). */
function isStrict(dev: string, { sysctls }: HostView): boolean {
  const value = (name: string) => Number(sysctls[`net/ipv4/conf/${name}/rp_filter`] ?? 0);
  return Math.max(value('all'), value(dev)) === 1;
}

/** Answers come in where the packets left; a strict interface takes them only where it would send to them. */
function refusedBack(
  network: LabNetwork,
  to: number,
  dev: string,
  back: Answer | undefined,
): readonly Problem[] {
  if (back?.routes.some((route) => route.dev === dev)) return [];
  const other = back?.routes[0]?.dev;
  const target = formatAddress(to);
  const key = `net/ipv4/conf/${dev}/rp_filter`;
  return [
    {
      code: 'W123',
      place: dev,
      message: {
        en: `packets from ${network.bridge} to ${target} leave by ${dev}, which drops the answers: ${key} is 1, and the way back to ${target} is by ${other ?? 'no interface'}`,
        zh: `从 ${network.bridge} 到 ${target} 的包从 ${dev} 出去，而 ${dev} 会丢弃回应：${key} 为 1，而通向 ${target} 的路由${other === undefined ? '不存在' : `经过 ${other}`}`,
      },
      fix: { en: `sysctl -w ${key}=2`, zh: `sysctl -w ${key}=2` },
    },
  ];
}

/** What becomes of the packets of one container's interface, and of those for it. */
function lossesOf(
  attachment: Attachment,
  targets: readonly number[],
  host: HostView,
  ways: ReturnType<typeof waysOn>,
): readonly Problem[] {
  const { network } = attachment;
  const [self, gateway] = [parseAddress(attachment.address), parseAddress(network.gateway)];
  const iif = network.bridge;
  const inward = (from: number, by: string) =>
    ways({ to: self, from, iif: by })
      .filter((answer) => !leadsTo(iif, answer))
      .map((answer) => lostInward(attachment, answer));
  const toGateway = ways({ to: gateway, from: self, iif })
    .filter(({ does }) => does !== 'deliver')
    .map((answer) => lostOutward(network, gateway, answer));
  const beyond = targets.flatMap((to) =>
    ways({ to, from: self, iif }).flatMap((answer) => {
      if (answer.does === 'deliver') return [];
      if (answer.does === 'send') {
        return answer.routes.flatMap(({ dev = '' }) => [
          ...inward(to, dev),
          ...(isStrict(dev, host)
            ? refusedBack(network, to, dev, ways({ to, from: self, iif: 'lo' }).at(-1))
            : []),
        ]);
      }
      // Where the host itself has no way to, there is nothing that takes packets.
      const own = ways({ to, from: 0, iif: 'lo' }).at(-1);
      return answer.does === 'none' && own?.does !== 'send'
        ? []
        : [lostOutward(network, to, answer)];
    }),
  );
  return [...inward(gateway, 'lo'), ...toGateway, ...beyond];
}

/** Of the interfaces that no route and no rule tells apart, the first. */
function differing(
  lab: Lab,
  host: HostView,
): readonly (readonly [Attachment, readonly string[]])[] {
  const named = [
    ...host.routes.map(subnetTo),
    ...(host.rules ?? []).flatMap(({ from, to }) =>
      [from, to].flatMap((text) => (text === undefined ? [] : subnetOf(parseCidr(text)))),
    ),
  ];
  const seen = new Map<string, readonly [Attachment, readonly string[]]>();
  for (const { attachments, resolvers } of lab.containers) {
    for (const one of attachments) {
      const address = parseAddress(one.address);
      const key = [one.network.name, ...named.map((subnet) => contains(subnet, address))].join(' ');
      if (!seen.has(key)) seen.set(key, [one, resolvers]);
    }
  }
  return [...seen.values()];
}

/** Where policy rules and routes lead packets of the lab that should go elsewhere (ip-rule(8), ip-route(8)). */
export const ledAstray: LossRule = (lab, host) => {
  const there = new Set(host.links.map(({ name }) => name));
  const ways = waysOn(host);
  const problems = differing(lab, host)
    .filter(([{ network }]) => there.has(network.bridge))
    .flatMap(([one, resolvers]) => lossesOf(one, destinations(host, resolvers), host, ways));
  return once(problems);
};

/** What decides is named once, however many packets it decides over. */
function once(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ code, place, message }: Problem) => `${code} ${place} ${message.en}`;
  return [...new Map(problems.map((one) => [key(one), one])).values()];
}

/** Without a default route a container reaches the host and the subnets that the host is in. */
export const noWayOut: LossRule = (_lab, host) => {
  const wide = host.routes.filter(
    (route) => route.type === undefined && subnetTo(route).prefix < 8,
  );
  if (wide.some(({ down }) => down !== true)) return [];
  const [lame] = wide;
  return [
    lame?.dev === undefined
      ? {
          code: 'W105',
          message: {
            en: 'this host has no default route: the container will reach the host and no further',
            zh: '本机没有默认路由：容器只能到达宿主机',
          },
        }
      : {
          code: 'W105',
          place: lame.dev,
          message: {
            en: `the default route leaves by ${lame.dev}, which has no carrier: the container will reach the host and no further`,
            zh: `默认路由经过 ${lame.dev}，而它没有载波（线路未接通）：容器只能到达宿主机`,
          },
        },
  ];
};
