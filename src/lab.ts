import {
  broadcastOf,
  contains,
  formatAddress,
  formatSubnet,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
  unusable,
} from './config/ipv4.ts';
import { containersOf } from './config/replicas.ts';
import type { Config, ContainerConfig, NetworkConfig } from './config/schema.ts';
import type { Problem } from './errors.ts';
import type { Facts, LinkFact } from './facts/index.ts';
import { derivedMac, firstUser, innerName, outerName, plainInterfaceName } from './names.ts';
import { own } from './own.ts';

/** A config with every `auto` decided: what the steps are made from. */
export interface Lab {
  readonly name: string;
  readonly networks: readonly LabNetwork[];
  readonly containers: readonly LabContainer[];
  /** The interfaces with a default route: what leaves the host leaves by these. */
  readonly uplinks: readonly string[];
}
export interface LabNetwork {
  readonly name: string;
  readonly bridge: string;
  readonly mac: string;
  readonly subnet: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly mtu: number;
  readonly masquerade: boolean;
}
export interface LabContainer {
  readonly name: string;
  readonly hostname: string;
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** What its user 0 is on the host, when it has a user namespace of its own, else null. */
  readonly firstUser: number | null;
  /** Bytes, and how many processes. */
  readonly limits: { readonly memory: number | null; readonly pids: number | null };
  readonly attachments: readonly Attachment[];
  readonly resolvers: readonly string[];
  readonly search: readonly string[];
  readonly resolverOptions: readonly string[];
  /** Lines of /etc/hosts beyond the container's own. */
  readonly hosts: readonly { readonly address: string; readonly names: readonly string[] }[];
}
/** One container's interface on one network, with the cable that leads to it. */
export interface Attachment {
  readonly container: string;
  readonly network: LabNetwork;
  /** Its name inside, as in eth0. */
  readonly device: string;
  readonly outer: string;
  readonly inner: string;
  readonly outerMac: string;
  readonly mac: string;
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly gateway: string | null;
}

const tutorialPrefix = 16;

function defaultDevices(facts: Facts): readonly string[] {
  return [...new Set(facts.routes.filter((route) => route.to === 'default').map((r) => r.dev))];
}

/** The kernel takes almost any name for an interface; one that is not plain goes into no command. */
export function uplinksOf(facts: Facts): readonly string[] {
  return defaultDevices(facts).filter((name) => plainInterfaceName.test(name));
}

function bridgeSubnet(link: LinkFact | undefined, gateway: number): Subnet | undefined {
  return link?.addresses
    .map(parseCidr)
    .filter((cidr) => contains(subnetOf(cidr), gateway))
    .map(subnetOf)[0];
}

function decideNetwork(
  name: string,
  config: NetworkConfig,
  facts: Facts,
  warnings: Problem[],
): LabNetwork {
  const bridge = config.bridge.name;
  const wanted = config.subnets[0] ?? { subnet: 'auto', gateway: '' };
  const gateway = parseAddress(wanted.gateway);
  const link = facts.links.find((candidate) => candidate.name === bridge);
  let subnet: Subnet;
  if (wanted.subnet !== 'auto') subnet = subnetOf(parseCidr(wanted.subnet));
  else {
    const found = bridgeSubnet(link, gateway);
    subnet = found ?? subnetOf({ address: gateway, prefix: tutorialPrefix });
    if (found === undefined) {
      warnings.push({
        code: 'W101',
        place: bridge,
        message: {
          en: `no prefix is given for ${wanted.gateway}: /16 is taken, as in the tutorial`,
          zh: `${wanted.gateway} 没有写前缀长度：按教程取 /16`,
        },
        fix: {
          en: `write "bridge_ip": "${wanted.gateway}/16" to say so yourself`,
          zh: `写成 "bridge_ip": "${wanted.gateway}/16" 就不再提示`,
        },
      });
    }
  }
  const uplinkMtus = uplinksOf(facts).flatMap(
    (dev) => facts.links.find((candidate) => candidate.name === dev)?.mtu ?? [],
  );
  return {
    name,
    bridge,
    mac: config.bridge.mac === 'auto' ? derivedMac('bridge', bridge) : config.bridge.mac,
    subnet: formatSubnet(subnet),
    prefix: subnet.prefix,
    gateway: formatAddress(gateway),
    mtu: config.mtu === 'auto' ? Math.min(1500, ...uplinkMtus) : config.mtu,
    masquerade: config.masquerade,
  };
}

/** Gives addresses in order, skipping what is spoken for. */
class Allotment {
  private readonly taken = new Map<string, Set<number>>();
  /** Everything below is spoken for. */
  private readonly from = new Map<string, number>();

  take(network: LabNetwork, address: number): number {
    this.of(network).add(address);
    return address;
  }

  /** @returns the lowest free address, or null when the subnet is full. */
  next(network: LabNetwork): number | null {
    const subnet = subnetOf(parseCidr(network.subnet));
    const taken = this.of(network);
    let address = this.from.get(network.bridge) ?? subnet.base;
    const last = broadcastOf(subnet);
    while (address <= last && (taken.has(address) || unusable(address, subnet) !== null)) {
      address += 1;
    }
    this.from.set(network.bridge, address);
    return address > last ? null : address;
  }

  private of(network: LabNetwork): Set<number> {
    let taken = this.taken.get(network.bridge);
    if (taken === undefined) {
      taken = new Set([parseAddress(network.gateway)]);
      this.taken.set(network.bridge, taken);
    }
    return taken;
  }
}

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function bytesOf(amount: number | string | undefined): number | null {
  if (amount === undefined) return null;
  const text = String(amount);
  return Number.parseInt(text, 10) * (units[text.slice(-1)] ?? 1);
}

/** No two containers of a run share a range as long as there are enough; those of two runs may, which costs them little. */
function nextRange(run: string, container: string, taken: Set<number>): number {
  let turn = 0;
  while (turn < taken.size && taken.has(firstUser(run, container, turn))) turn += 1;
  const first = firstUser(run, container, turn);
  taken.add(first);
  return first;
}

type Host = LabContainer['hosts'][number];
interface Wired {
  readonly name: string;
  readonly hostname: string;
  readonly attachments: readonly Attachment[];
}

/** Who can be reached by name on a set of networks: the same list for all that are on the same. */
function neighbours(all: readonly Wired[]): (self: Wired) => readonly Host[] {
  const lists = new Map<string, readonly Host[]>();
  return ({ attachments }) => {
    const networks = new Set(attachments.map((one) => one.network.name));
    const key = [...networks].join(' ');
    let list = lists.get(key);
    if (list === undefined) {
      list = all.flatMap(({ name, hostname, attachments: others }) => {
        const shared = others.find((one) => networks.has(one.network.name));
        return shared === undefined
          ? []
          : [{ address: shared.address, names: [...new Set([hostname, name])] }];
      });
      lists.set(key, list);
    }
    return list;
  };
}

function hostsFor(neighbourList: readonly Host[], config: ContainerConfig): readonly Host[] {
  const extra = Object.entries(config.extra_hosts);
  if (extra.length === 0) return neighbourList;
  return [...neighbourList, ...extra.map(([name, address]) => ({ address, names: [name] }))];
}

/**
 * Decides every `auto` of a config from the facts. Pure: the same two give the same lab.
 * @returns the lab, the decisions worth a warning, and what cannot be decided.
 */
export function settle(
  config: Config,
  facts: Facts,
): { lab: Lab; warnings: readonly Problem[]; problems: readonly Problem[] } {
  const warnings: Problem[] = [];
  const problems: Problem[] = [];
  const networks = Object.entries(config.networks).map(([name, network]) =>
    decideNetwork(name, network, facts, warnings),
  );
  for (const name of defaultDevices(facts)) {
    if (plainInterfaceName.test(name)) continue;
    warnings.push({
      code: 'W107',
      place: name,
      message: {
        en: 'the default route leaves by an interface with an odd name: nothing is passed on to it',
        zh: '默认路由所用的网络接口名字很怪：不会向它转发',
      },
      fix: {
        en: 'give it a name of letters, digits, dots, hyphens and underscores',
        zh: '给它换一个由字母、数字、点、连字符和下划线组成的名字',
      },
    });
  }
  const byName = new Map(networks.map((network) => [network.name, network]));
  const allotment = new Allotment();
  for (const network of networks) {
    for (const held of own(facts.reserved, network.bridge) ?? []) {
      allotment.take(network, parseAddress(held));
    }
  }
  const fixed = Object.values(config.containers).flatMap((container) => container.interfaces);
  for (const one of fixed) {
    const network = byName.get(one.network);
    const text = one.addresses[0]?.split('/')[0];
    if (network !== undefined && text !== undefined) allotment.take(network, parseAddress(text));
  }

  const wired = containersOf(config).map(([name, container]) => {
    const gatewayIndex = container.interfaces.findIndex((one) => one.gateway !== false);
    const attachments = container.interfaces.flatMap((one, index): Attachment[] => {
      const network = byName.get(one.network);
      if (network === undefined) return [];
      const device = one.name ?? `eth${index}`;
      const outer = outerName(config.name, name, device);
      const text = one.addresses[0];
      const address =
        text === undefined ? allotment.next(network) : parseAddress(text.split('/')[0] ?? '');
      if (address === null) {
        problems.push({
          code: 'E027',
          place: network.bridge,
          message: {
            en: `subnet ${network.subnet} has no free address for ${name}`,
            zh: `子网 ${network.subnet} 没有空闲地址给 ${name}`,
          },
        });
        return [];
      }
      allotment.take(network, address);
      const subnet = subnetOf(parseCidr(network.subnet));
      const mac = one.mac === 'auto' ? derivedMac(config.name, name, device) : one.mac;
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
          outer,
          inner: innerName(outer),
          outerMac: derivedMac('outer', config.name, name, device),
          mac,
          address: formatAddress(address),
          prefix: network.prefix,
          broadcast: formatAddress(broadcastOf(subnet)),
          gateway,
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
    lab: { name: config.name, networks, containers, uplinks: uplinksOf(facts) },
    warnings,
    problems,
  };
}
