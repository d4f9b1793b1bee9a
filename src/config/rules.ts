import { closest } from 'fastest-levenshtein';
import { bridgePorts } from '../model/bridge-ports.ts';
import type { ProblemCode } from '../model/codes/index.ts';
import { shellLine } from '../model/command.ts';
import {
  broadcastOf,
  contains,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseCidr,
  type Subnet,
  subnetOf,
  unusable,
  usableIn,
} from '../model/ipv4.ts';
import { own } from '../model/own.ts';
import type { Add } from './add.ts';
import { ipv6Rules } from './ipv6-rules.ts';
import { extraHostRules, hostInterfaceRules, hostnameRules } from './name-rules.ts';
import { portRules } from './port-rules.ts';
import { crossProblems } from './problems.ts';
import { replicaNames } from './replicas.ts';
import type { Config } from './schema.ts';
import { joining, plannedSubnet, type Written, writtenPrefix } from './subnets.ts';
import { valueProblems } from './value-problems.ts';
import type { Words } from './words.ts';

/** A problem of a config, and the JSON path of the wrong value. */
export interface RuleProblem extends Words {
  readonly code: ProblemCode;
  readonly path: readonly PropertyKey[];
  /** The path of the second value, if two values do not go together. */
  readonly other?: readonly PropertyKey[];
}

type Interface = Config['containers'][string]['interfaces'][number];

function rangeOf(subnet: Subnet): string {
  const narrow = subnet.prefix >= 31;
  const first = formatAddress(subnet.base + (narrow ? 0 : 1));
  const last = formatAddress(broadcastOf(subnet) - (narrow ? 0 : 1));
  return `${first} – ${last}`;
}

function subnetFrom(text: string): Subnet | undefined {
  return text === 'auto' ? undefined : subnetOf(parseCidr(text));
}

/** Reserved names: ctr calls the host `host`, and the state directory contains a file `lock`. */
export const reservedNames = { container: 'host', run: 'lock' } as const;

/**
 * Bytes. Less than the 128 KiB that execve(2) allows for one argument (MAX_ARG_STRLEN), since script(1) takes the whole
 * command as one argument.
 */
const longestCommand = 100_000;

/** @returns the subnets that contain their gateway. Only these are used to check addresses. */
function networkRules(config: Config, add: Add): ReadonlyMap<string, Subnet> {
  const sound = new Map<string, Subnet>();
  const bridges = new Map<string, string>();
  const subnets: { name: string; subnet: Subnet }[] = [];
  for (const [name, network] of Object.entries(config.networks)) {
    const at = (...rest: readonly PropertyKey[]) => ['networks', name, ...rest];
    const owner = bridges.get(network.bridge.name);
    if (owner !== undefined) {
      add('E015', at('bridge', 'name'), crossProblems.E015(network.bridge.name, owner));
    }
    bridges.set(network.bridge.name, name);
    macRules(network.bridge.mac, at('bridge', 'mac'), add);
    const entry = network.subnets[0];
    if (entry === undefined) continue;
    const gateway = parseAddress(entry.gateway);
    const subnet = subnetFrom(entry.subnet);
    if (subnet !== undefined && formatSubnet(subnet) !== entry.subnet) {
      add(
        'E028',
        at('subnets', 0, 'subnet'),
        crossProblems.E028(entry.subnet, formatSubnet(subnet)),
      );
    }
    const planned = plannedSubnet(entry, writtenPrefix(config, name));
    const why = unusable(gateway, planned);
    const baseIs = unusable(planned.base);
    if (subnet !== undefined && !contains(subnet, gateway)) {
      const words = crossProblems.E023(entry.gateway, formatSubnet(subnet), rangeOf(subnet));
      add('E023', at('subnets', 0, 'gateway'), words);
    } else if (why !== null) {
      add('E021', at('subnets', 0, 'gateway'), crossProblems.E021(entry.gateway, why));
    } else if (baseIs !== null) {
      const words = crossProblems.E021(formatAddress(planned.base), baseIs);
      add('E021', at('subnets', 0, 'subnet'), words);
    } else sound.set(name, planned);
    if (subnet === undefined) continue;
    for (const other of subnets) {
      if (!overlaps(subnet, other.subnet)) continue;
      const words = crossProblems.E026(entry.subnet, formatSubnet(other.subnet), other.name);
      add('E026', at('subnets', 0, 'subnet'), words);
    }
    subnets.push({ name, subnet });
  }
  return sound;
}

function macRules(mac: string, path: readonly PropertyKey[], add: Add): void {
  if (mac === 'auto') return;
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if (first % 2 === 1 || mac === '00:00:00:00:00:00') {
    add('E030', path, valueProblems.mac.say(String(path.at(-1)), mac));
  } else if (first === 0xfe) add('E032', path, crossProblems.E032(mac));
}

/** Checks that a container's address is a host address of its subnet and has the subnet's prefix. */
function addressRules(
  text: string,
  gateway: string,
  subnet: Subnet,
  written: Written | undefined,
  path: readonly PropertyKey[],
  add: Add,
): void {
  const [address = '', prefix] = text.split('/');
  const number = parseAddress(address);
  const why = unusable(number) ?? (contains(subnet, number) ? unusable(number, subnet) : null);
  if (prefix !== undefined && written !== undefined && Number(prefix) !== written.prefix) {
    add('E029', path, crossProblems.E029(text, written.text), written.path);
  } else if (why !== null) add('E021', path, crossProblems.E021(address, why));
  else if (address === gateway) add('E024', path, crossProblems.E024(address));
  else if (!contains(subnet, number)) {
    const range = rangeOf(subnet);
    const larger = formatSubnet(joining(number, parseAddress(gateway)));
    const words =
      written === undefined
        ? crossProblems.withoutPrefix(address, formatSubnet(subnet), range, larger)
        : crossProblems.E022(address, formatSubnet(subnet), range);
    add('E022', path, words);
  }
}

/** Checks the next hop of the default route, if the config gives one. */
function gatewayRules(
  { gateway, addresses }: Interface,
  subnet: Subnet,
  path: readonly PropertyKey[],
  add: Add,
): void {
  if (typeof gateway !== 'string' || gateway === 'auto') return;
  const number = parseAddress(gateway);
  const why = unusable(number, subnet);
  if (!contains(subnet, number)) {
    add('E023', path, crossProblems.E023(gateway, formatSubnet(subnet), rangeOf(subnet)));
  } else if (why !== null) add('E021', path, crossProblems.E021(gateway, why));
  else if (addresses[0]?.split('/')[0] === gateway) add('E033', path, crossProblems.E033(gateway));
}

/** Checks that there are enough names, addresses and bridge ports for all replicas. */
function replicaRules(config: Config, add: Add): void {
  const names = new Set(Object.keys(config.containers));
  const wanted = new Map<string, number>();
  for (const [key, { replicas, interfaces }] of Object.entries(config.containers)) {
    const at = (...rest: readonly PropertyKey[]) => ['containers', key, ...rest];
    for (const [index, one] of interfaces.entries()) {
      const { network, addresses, mac, host_interface } = one;
      wanted.set(network, (wanted.get(network) ?? 0) + (replicas ?? 1));
      if ((replicas ?? 1) === 1) continue;
      if (addresses.length > 0) {
        add('E041', at('interfaces', index, 'addresses', 0), crossProblems.E041('address'));
      }
      if (host_interface !== undefined) {
        const path = at('interfaces', index, 'host_interface');
        add('E041', path, crossProblems.E041('host_interface'));
      }
      if (mac !== 'auto') add('E041', at('interfaces', index, 'mac'), crossProblems.E041('MAC'));
    }
    if (replicas === undefined) continue;
    const clash = replicaNames(key, replicas).find((name) => name.length > 31 || names.has(name));
    if (clash !== undefined) add('E043', at('replicas'), crossProblems.E043(clash));
    for (const name of replicaNames(key, replicas)) names.add(name);
  }
  for (const [name, count] of wanted) {
    const subnet = subnetFrom(own(config.networks, name)?.subnets[0]?.subnet ?? 'auto');
    // The gateway uses one address.
    const room = Math.min(bridgePorts, subnet === undefined ? bridgePorts : usableIn(subnet) - 1);
    if (count <= room) continue;
    const most = Object.entries(config.containers)
      .filter(([, { interfaces }]) => interfaces.some((one) => one.network === name))
      .toSorted(([, one], [, other]) => (other.replicas ?? 1) - (one.replicas ?? 1))[0];
    const path = [
      'containers',
      most?.[0] ?? '',
      ...(most?.[1].replicas === undefined ? [] : ['replicas']),
    ];
    add('E042', path, crossProblems.E042(count, name, room));
  }
}

function containerRules(config: Config, sound: ReadonlyMap<string, Subnet>, add: Add): void {
  const networks = Object.keys(config.networks);
  const addresses = new Map<string, string>();
  const macs = new Map<string, string>(
    Object.entries(config.networks).map(([name, { bridge }]) => [bridge.mac, `${name}'s bridge`]),
  );
  for (const [name, container] of Object.entries(config.containers)) {
    const at = (...rest: readonly PropertyKey[]) => ['containers', name, ...rest];
    if (name === reservedNames.container) add('E017', at(), crossProblems.E017(name));
    const line = shellLine([
      ...Object.entries(container.environment).map(([key, value]) => `${key}=${value}`),
      container.working_dir,
      ...container.command,
    ]);
    const bytes = Buffer.byteLength(line);
    if (bytes > longestCommand) {
      add('E018', at('command'), crossProblems.E018(bytes, longestCommand));
    }
    const devices = new Set<string>();
    let route: readonly PropertyKey[] | undefined;
    for (const [index, one] of container.interfaces.entries()) {
      const device = one.name ?? `eth${index}`;
      if (devices.has(device)) add('E014', at('interfaces', index), crossProblems.E014(device));
      devices.add(device);
      const network = config.networks[one.network];
      if (!Object.hasOwn(config.networks, one.network) || network === undefined) {
        const near = networks.length === 0 ? undefined : closest(one.network, networks);
        add('E013', at('interfaces', index, 'network'), crossProblems.E013(one.network, near));
        continue;
      }
      const subnet = sound.get(one.network);
      const gateway = network.subnets[0]?.gateway ?? '';
      const [text] = one.addresses;
      if (text !== undefined && subnet !== undefined) {
        const path = at('interfaces', index, 'addresses', 0);
        addressRules(text, gateway, subnet, writtenPrefix(config, one.network), path, add);
        const key = `${one.network} ${text.split('/')[0]}`;
        const other = addresses.get(key);
        if (other !== undefined)
          add('E025', path, crossProblems.E025(text.split('/')[0] ?? '', other));
        addresses.set(key, name);
      }
      if (subnet !== undefined) gatewayRules(one, subnet, at('interfaces', index, 'gateway'), add);
      if (typeof one.gateway === 'string' && one.gateway !== 'auto') {
        if (route !== undefined) {
          const [first, ...rest] = route;
          add('E019', at('interfaces', index, 'gateway'), crossProblems.E019(String(first)), rest);
        }
        route ??= [device, ...at('interfaces', index, 'gateway')];
      }
      macRules(one.mac, at('interfaces', index, 'mac'), add);
      const other = one.mac === 'auto' ? undefined : macs.get(one.mac);
      if (other !== undefined) {
        add('E031', at('interfaces', index, 'mac'), crossProblems.E031(one.mac, other));
      }
      macs.set(one.mac, name);
    }
    resolverRules(container.dns.servers, at('dns', 'servers'), add);
  }
}

/** The most name servers that the resolver uses (resolv.conf(5), MAXNS). */
const maxResolvers = 3;

function resolverRules(
  servers: 'auto' | readonly string[],
  path: readonly PropertyKey[],
  add: Add,
): void {
  if (servers === 'auto') return;
  for (const [index, server] of servers.entries()) {
    if (server.startsWith('127.') || /^[0:]*:0*1$/.test(server))
      add('E070', [...path, index], crossProblems.E070(server));
  }
  if (servers.length > maxResolvers) add('W071', path, crossProblems.W071(servers.length));
}

/** All contradictions between the values of a config. Does not depend on the host. */
export function rules(config: Config): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const add: Add = (code, path, words, other) =>
    problems.push({ code, path, ...words, ...(other === undefined ? {} : { other }) });
  if (config.name === reservedNames.run) add('E017', ['name'], crossProblems.E017(config.name));
  const sound = networkRules(config, add);
  replicaRules(config, add);
  hostnameRules(config, add);
  extraHostRules(config, add);
  hostInterfaceRules(config, add);
  portRules(config, add);
  containerRules(config, sound, add);
  ipv6Rules(config, add);
  return problems;
}
