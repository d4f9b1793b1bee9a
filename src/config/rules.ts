import { closest } from 'fastest-levenshtein';
import { shellLine } from '../command.ts';
import { own } from '../own.ts';
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
} from './ipv4.ts';
import { crossProblems } from './problems.ts';
import { bridgePorts, containersOf, replicaNames } from './replicas.ts';
import type { Config } from './schema.ts';
import { valueProblems } from './value-problems.ts';
import type { Words } from './words.ts';

/** A problem of a config and the JSON path of the value that has it. */
export interface RuleProblem extends Words {
  readonly code: string;
  readonly path: readonly PropertyKey[];
}

type Code = keyof typeof crossProblems;
type Add = (code: string, path: readonly PropertyKey[], words: Words) => void;

function rangeOf(subnet: Subnet): string {
  const narrow = subnet.prefix >= 31;
  const first = formatAddress(subnet.base + (narrow ? 0 : 1));
  const last = formatAddress(broadcastOf(subnet) - (narrow ? 0 : 1));
  return `${first} – ${last}`;
}

function subnetFrom(text: string): Subnet | undefined {
  return text === 'auto' ? undefined : subnetOf(parseCidr(text));
}

/** The host is called so where a container could be, and the state directory's lock where a run could. */
export const reservedNames = { container: 'host', run: 'lock' } as const;

/** Less than one word of execve(2) may have (MAX_ARG_STRLEN), since script(1) takes all as one. */
const longestCommand = 100_000;

/** @returns the networks whose gateway and subnet go together: addresses are judged by those alone. */
function networkRules(config: Config, add: Add): ReadonlySet<string> {
  const sound = new Set<string>();
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
    const why = unusable(gateway, subnet);
    const baseIs = subnet === undefined ? null : unusable(subnet.base);
    if (subnet !== undefined && !contains(subnet, gateway)) {
      const words = crossProblems.E023(entry.gateway, formatSubnet(subnet), rangeOf(subnet));
      add('E023', at('subnets', 0, 'gateway'), words);
    } else if (why !== null) {
      add('E021', at('subnets', 0, 'gateway'), crossProblems.E021(entry.gateway, why));
    } else if (subnet !== undefined && baseIs !== null) {
      const words = crossProblems.E021(formatAddress(subnet.base), baseIs);
      add('E021', at('subnets', 0, 'subnet'), words);
    } else sound.add(name);
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

function addressRules(
  text: string,
  entry: { readonly subnet: string; readonly gateway: string } | undefined,
  path: readonly PropertyKey[],
  add: Add,
): void {
  const [address = ''] = text.split('/');
  const number = parseAddress(address);
  const subnet = entry === undefined ? undefined : subnetFrom(entry.subnet);
  const why = unusable(number, subnet);
  if (address === entry?.gateway) add('E024', path, crossProblems.E024(address));
  else if (subnet !== undefined && !contains(subnet, number)) {
    add('E022', path, crossProblems.E022(address, formatSubnet(subnet), rangeOf(subnet)));
  } else if (why !== null) add('E021', path, crossProblems.E021(address, why));
}

/** Within a run, a host name means one container. */
function hostnameRules(config: Config, add: Add): void {
  const owners = new Map<string, string>();
  for (const [name, container] of containersOf(config)) {
    const hostname = (container.hostname ?? name).toLowerCase();
    const owner = owners.get(hostname);
    const key = own(config.containers, name) === undefined ? name.replace(/-\d+$/, '') : name;
    if (owner !== undefined) {
      add('E016', ['containers', key, 'hostname'], crossProblems.E016(hostname, owner));
    }
    owners.set(hostname, name);
  }
}

/** Replicas have names, addresses and ports of their own, and there must be enough of each. */
function replicaRules(config: Config, add: Add): void {
  const names = new Set(Object.keys(config.containers));
  const wanted = new Map<string, number>();
  for (const [key, { replicas, interfaces }] of Object.entries(config.containers)) {
    const at = (...rest: readonly PropertyKey[]) => ['containers', key, ...rest];
    for (const [index, { network, addresses, mac }] of interfaces.entries()) {
      wanted.set(network, (wanted.get(network) ?? 0) + (replicas ?? 1));
      if ((replicas ?? 1) === 1) continue;
      if (addresses.length > 0) {
        add('E041', at('interfaces', index, 'addresses', 0), crossProblems.E041('address'));
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
    // The gateway takes one of the addresses.
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

function containerRules(config: Config, sound: ReadonlySet<string>, add: Add): void {
  const networks = Object.keys(config.networks);
  const addresses = new Map<string, string>();
  const macs = new Map<string, string>();
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
      const entry = sound.has(one.network) ? network.subnets[0] : undefined;
      const [text] = one.addresses;
      if (text !== undefined) {
        const path = at('interfaces', index, 'addresses', 0);
        addressRules(text, entry, path, add);
        const key = `${one.network} ${text.split('/')[0]}`;
        const other = addresses.get(key);
        if (other !== undefined)
          add('E025', path, crossProblems.E025(text.split('/')[0] ?? '', other));
        addresses.set(key, name);
      }
      if (typeof one.gateway === 'string' && one.gateway !== 'auto' && entry !== undefined) {
        const subnet = subnetFrom(entry.subnet);
        if (subnet !== undefined && !contains(subnet, parseAddress(one.gateway))) {
          const words = crossProblems.E023(one.gateway, formatSubnet(subnet), rangeOf(subnet));
          add('E023', at('interfaces', index, 'gateway'), words);
        }
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

/** resolv.conf(5), MAXNS. */
const maxResolvers = 3;

function resolverRules(
  servers: 'auto' | readonly string[],
  path: readonly PropertyKey[],
  add: Add,
): void {
  if (servers === 'auto') return;
  for (const [index, server] of servers.entries()) {
    if (server.startsWith('127.')) add('E070', [...path, index], crossProblems.E070(server));
  }
  if (servers.length > maxResolvers) add('W071', path, crossProblems.W071(servers.length));
}

/** Everything that is wrong between the values of a config, whatever the host is like. */
export function rules(config: Config): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const add: Add = (code: Code | string, path, words) => problems.push({ code, path, ...words });
  if (config.name === reservedNames.run) add('E017', ['name'], crossProblems.E017(config.name));
  const sound = networkRules(config, add);
  replicaRules(config, add);
  hostnameRules(config, add);
  containerRules(config, sound, add);
  return problems;
}
