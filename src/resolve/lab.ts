import { containersOf } from '../config/replicas.ts';
import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import { broadcastOf, formatAddress, parseAddress, parseCidr, subnetOf } from '../model/ipv4.ts';
import { formatAddress6, parseAddress6, parseCidr6, subnet6Of } from '../model/ipv6.ts';
import type { Attachment, Lab, LabContainer, LabNetwork } from '../model/lab.ts';
import { derivedMac, firstUser, plainInterfaceName } from '../model/names.ts';
import { own } from '../model/own.ts';
import { parsePort } from '../model/ports.ts';
import { Allotment, occupied } from './allotment.ts';
import { spokenFor } from './elsewhere.ts';
import { bridgeMismatches } from './existing-bridge.ts';
import { hostsFor, neighbours } from './hosts-entries.ts';
import { nameEnds } from './interface-names.ts';
import { Allotment6, decideIpv6 } from './ipv6.ts';
import { decideNetwork, defaultRoute } from './network.ts';
import { uplinksOf, waysOut } from './ways.ts';

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function bytesOf(amount: number | string | undefined): number | null {
  if (amount === undefined) return null;
  const text = String(amount);
  return Number.parseInt(text, 10) * (units[text.slice(-1)] ?? 1);
}

/**
 * Picks a uid range that no other container of the run has, while there are enough. Containers of different runs may
 * share a range, which does little harm.
 */
function nextRange(run: string, container: string, taken: Set<number>): number {
  let turn = 0;
  while (turn < taken.size && taken.has(firstUser(run, container, turn))) turn += 1;
  const first = firstUser(run, container, turn);
  taken.add(first);
  return first;
}

function full(bridge: string, subnet: string, container: string): Problem {
  return {
    code: 'E027',
    place: bridge,
    message: {
      en: `subnet ${subnet} has no free address for ${container}`,
      zh: `子网 ${subnet} 没有空闲地址给 ${container}`,
    },
    fix: {
      en: 'use a larger subnet, or end a run that uses some of its addresses: ctr ps',
      zh: '用更大的子网，或者结束占用其中地址的运行实例：ctr ps',
    },
  };
}

/**
 * Resolves every `auto` of a config from the facts. Pure.
 * @returns the lab, warnings about decisions, and problems that prevent a decision.
 */
export function settle(
  config: Config,
  facts: Facts,
): { lab: Lab; warnings: readonly Problem[]; problems: readonly Problem[] } {
  const warnings: Problem[] = [];
  const problems: Problem[] = [];
  const networks: LabNetwork[] = [];
  for (const [name, network] of Object.entries(config.networks)) {
    const four = decideNetwork(name, network, config, facts, warnings);
    const others = networks.flatMap(({ ipv6: one }) =>
      one === undefined ? [] : [subnet6Of(parseCidr6(one.subnet))],
    );
    const ipv6 = decideIpv6(network, four, facts, others);
    networks.push(ipv6 === undefined ? four : { ...four, ipv6 });
  }
  const bridges = networks.map(({ bridge }) => bridge);
  for (const name of waysOut(facts, bridges)) {
    if (plainInterfaceName.test(name)) continue;
    warnings.push({
      code: 'W104',
      place: name,
      message: {
        en: 'a route uses an interface with an unusual name: ctr does not switch forwarding on for this interface',
        zh: '有一条路由经过名字特殊的网络接口：ctr 不会为这个接口打开转发',
      },
      fix: {
        en: 'give the interface a name of letters, digits, dots, hyphens and underscores',
        zh: '给这个接口换一个由字母、数字、点、连字符和下划线组成的名字',
      },
    });
  }
  problems.push(...bridgeMismatches(config, networks, facts));
  const byName = new Map(networks.map((network) => [network.name, network]));
  const broadcasts = new Map(
    networks.map(({ name, subnet }) => [
      name,
      formatAddress(broadcastOf(subnetOf(parseCidr(subnet)))),
    ]),
  );
  const allotment = new Allotment((network) => spokenFor(network, facts));
  for (const network of networks) {
    for (const held of own(facts.reserved, network.bridge) ?? []) {
      if (!held.includes(':')) allotment.take(network, parseAddress(held));
    }
  }
  const macOf = (container: string, device: string, mac: string) =>
    mac === 'auto' ? derivedMac(config.name, container, device) : mac;
  const ours = new Set(
    containersOf(config).flatMap(([name, { interfaces }]) =>
      interfaces.map((one, index) => macOf(name, one.name ?? `eth${index}`, one.mac)),
    ),
  );
  for (const network of networks) {
    for (const held of occupied(network, facts, ours)) allotment.take(network, held);
  }
  const fixed = Object.values(config.containers).flatMap((container) => container.interfaces);
  for (const one of fixed) {
    const network = byName.get(one.network);
    const text = one.addresses[0]?.split('/')[0];
    if (network !== undefined && text !== undefined) allotment.take(network, parseAddress(text));
  }

  const allotments6 = new Map(
    networks.flatMap((network) =>
      network.ipv6 === undefined
        ? []
        : [[network.name, new Allotment6(network, network.ipv6, facts)] as const],
    ),
  );
  for (const { network, address6 } of fixed) {
    const text = address6?.split('/')[0];
    if (text !== undefined) allotments6.get(network)?.take(parseAddress6(text));
  }
  const ends = nameEnds(
    config.name,
    containersOf(config).flatMap(([container, { interfaces }]) =>
      interfaces.map((one, index) => ({
        container,
        device: one.name ?? `eth${index}`,
        index,
        count: interfaces.length,
        wanted: one.host_interface,
      })),
    ),
    facts,
    bridges,
  );
  let named = 0;
  const wired = containersOf(config).map(([name, container]) => {
    const gatewayIndex = defaultRoute(container.interfaces);
    // Replies leave by the default route.
    const publishing = Math.max(gatewayIndex, 0);
    const published = (container.ports ?? []).flatMap((one) => parsePort(one) ?? []);
    const pairs = ends.slice(named, named + container.interfaces.length);
    named += container.interfaces.length;
    const attachments = container.interfaces.flatMap((one, index): Attachment[] => {
      const network = byName.get(one.network);
      const pair = pairs[index];
      if (network === undefined || pair === undefined) return [];
      const device = one.name ?? `eth${index}`;
      const text = one.addresses[0];
      const address =
        text === undefined ? allotment.next(network) : parseAddress(text.split('/')[0] ?? '');
      if (address === null) {
        problems.push(full(network.bridge, network.subnet, name));
        return [];
      }
      allotment.take(network, address);
      const written6 = one.address6?.split('/')[0];
      const address6 =
        written6 === undefined
          ? (allotments6.get(network.name)?.next() ?? null)
          : parseAddress6(written6);
      if (address6 === null && network.ipv6 !== undefined) {
        problems.push(full(network.bridge, network.ipv6.subnet, name));
        return [];
      }
      const mac = macOf(name, device, one.mac);
      const gateway =
        one.gateway === false || index !== gatewayIndex
          ? null
          : one.gateway === 'auto'
            ? network.gateway
            : one.gateway;
      return [
        {
          container: name,
          network,
          device,
          ...pair,
          outerMac: derivedMac('outer', config.name, name, device),
          mac,
          address: formatAddress(address),
          prefix: network.prefix,
          broadcast: broadcasts.get(network.name) ?? '',
          gateway,
          ...(network.ipv6 === undefined || address6 === null
            ? {}
            : {
                ipv6: {
                  address: formatAddress6(address6),
                  gateway: gateway === null ? null : network.ipv6.gateway,
                },
              }),
          ...(index === publishing && published.length > 0 ? { ports: published } : {}),
        },
      ];
    });
    return { name, container, hostname: container.hostname ?? name, attachments };
  });

  const ranges = new Set<number>();
  const hostsOf = neighbours(wired);
  const containers = wired.map((self): LabContainer => {
    const { name, container, hostname, attachments } = self;
    return {
      name,
      hostname,
      rootfs: container.rootfs,
      command: container.command,
      environment: container.environment,
      workingDir: container.working_dir,
      limits: {
        memory: bytesOf(container.limits.memory),
        pids: container.limits.pids ?? null,
      },
      firstUser: container.user_namespace ? nextRange(config.name, name, ranges) : null,
      attachments,
      resolvers:
        container.dns.servers === 'auto' ? facts.resolvers.slice(0, 3) : container.dns.servers,
      search: container.dns.search,
      resolverOptions: container.dns.options,
      hosts: hostsFor(hostsOf(self), container),
    };
  });
  return {
    lab: { name: config.name, networks, containers, uplinks: uplinksOf(facts, bridges) },
    warnings,
    problems,
  };
}
