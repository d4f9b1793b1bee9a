import { type Firewall, firewalls } from '../model/firewall.ts';
import {
  addressPattern,
  cidrPattern,
  contains,
  parseAddress,
  parseCidr,
  subnetOf,
} from '../model/ipv4.ts';
import {
  contains6,
  isAddress6,
  isCidr6,
  parseAddress6,
  parseCidr6,
  subnet6Of,
} from '../model/ipv6.ts';
import { plainInterfaceName } from '../model/names.ts';
import { type PortProtocol, portProtocols } from '../model/ports.ts';
import { CniError, codes } from './failure.ts';
import { idPattern } from './parameters.ts';
import type { CniResult, Dns, ResultRoute } from './result.ts';
import { type CniVersion, isSupported, supportedVersions } from './versions.ts';

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A published port (capability `portMappings`). */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
  readonly hostIP: string;
}

/** A pool of addresses of ctr's own IPAM; the keys are those of host-local. */
export interface Range {
  readonly subnet: string;
  readonly first?: string;
  readonly last?: string;
  readonly gateway?: string;
}

/** A network configuration, read leniently: Go matches keys whatever their case, and engines send Go's capitals. */
export interface NetworkConfig {
  readonly version: CniVersion;
  readonly name: string;
  readonly bridge: string;
  readonly mtu: number | 'auto';
  /** The bridge gets the gateway's address. */
  readonly isGateway: boolean;
  /** The container gets a default route to it. */
  readonly isDefaultGateway: boolean;
  readonly ipMasq: boolean;
  /** With ipMasq: the range of all nodes' containers, which see each other's own addresses. */
  readonly clusterCidr?: string;
  /** What holds the rules; absent for iptables. */
  readonly firewall?: Firewall;
  readonly hairpin: boolean;
  /** The type of a delegated IPAM plugin; undefined for ctr's own. */
  readonly delegate?: string;
  readonly ranges: readonly Range[];
  /** The pool of IPv6 addresses beside it; empty without IPv6. */
  readonly ranges6: readonly Range[];
  readonly routes: readonly ResultRoute[];
  readonly dns: Dns;
  readonly ports: readonly PortMapping[];
  /** Addresses that were asked for, without prefix. */
  readonly wanted: readonly string[];
  readonly mac?: string;
  readonly prevResult?: CniResult;
  /** `cni.dev/valid-attachments` of GC: `ID IFNAME` each. */
  readonly valid?: ReadonlySet<string>;
  /** A file that gets the commands. */
  readonly log?: string;
  /** As it came, for a delegate. */
  readonly text: string;
}

/** Looks a key up as Go's decoder does: exactly, else whatever its case. */
export function pick(object: Json, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key];
  const lower = key.toLowerCase();
  const found = Object.keys(object).find((one) => one.toLowerCase() === lower);
  return found === undefined ? undefined : object[found];
}

function unsupported(key: string, value: unknown, why: string): CniError {
  return new CniError(
    codes.unsupportedField,
    `${key} ${JSON.stringify(value)} is not supported: ${why}`,
  );
}

function wrong(key: string, value: unknown, wanted: string): CniError {
  return new CniError(
    codes.configuration,
    `${key} must be ${wanted}, not ${JSON.stringify(value)}`,
  );
}

function flag(object: Json, key: string): boolean {
  const value = pick(object, key);
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrong(key, value, 'true or false');
  return value;
}

function textAt(object: Json, key: string): string | undefined {
  const value = pick(object, key);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(key, value, 'a text');
  return value;
}

function listAt(object: Json, key: string): readonly unknown[] {
  const value = pick(object, key);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(key, value, 'a list');
  return value;
}

function textsAt(object: Json, key: string): readonly string[] {
  return listAt(object, key).map((one) => {
    if (typeof one !== 'string') throw wrong(key, one, 'texts');
    return one;
  });
}

function objectAt(object: Json, key: string): Json {
  const value = pick(object, key);
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrong(key, value, 'an object');
  return value;
}

function isIn(subnet: string, text: string): boolean {
  return subnet.includes(':')
    ? isAddress6(text) && contains6(subnet6Of(parseCidr6(subnet)), parseAddress6(text))
    : addressPattern.test(text) && contains(subnetOf(parseCidr(subnet)), parseAddress(text));
}

function rangeOf(value: unknown): Range {
  if (!isObject(value)) throw wrong('ipam.ranges', value, 'a list of objects');
  const subnet = textAt(value, 'subnet') ?? '';
  if (!cidrPattern.test(subnet) && !isCidr6(subnet))
    throw wrong('ipam.subnet', subnet, 'a subnet such as 10.88.0.0/16 or fd00:88::/64');
  const inside = (key: string): string | undefined => {
    const text = textAt(value, key);
    if (text === undefined) return undefined;
    if (!isIn(subnet, text)) throw wrong(`ipam.${key}`, text, `an address of ${subnet}`);
    return text;
  };
  const [first, last, gateway] = [inside('rangeStart'), inside('rangeEnd'), inside('gateway')];
  return {
    subnet,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** Whether a range is one of IPv6. */
function isSix({ subnet }: Range): boolean {
  return subnet.includes(':');
}

/**
 * host-local's forms: `subnet` itself, sets of `ranges`, and those of the capability `ipRanges`. Each set gives one
 * address; ctr gives one of IPv4, and one of IPv6 beside it.
 */
function rangesOf(ipam: Json, runtime: Json): Pick<NetworkConfig, 'ranges' | 'ranges6'> {
  const given = [...listAt(runtime, 'ipRanges'), ...listAt(ipam, 'ranges')];
  const sets = given.map((set) => (Array.isArray(set) ? set : [set]).map(rangeOf));
  const first = pick(ipam, 'subnet') === undefined ? [] : [rangeOf(ipam)];
  const six = sets.filter((set) => set.some(isSix));
  const four = sets.filter((set) => !set.some(isSix));
  if (six.some((set) => !set.every(isSix)))
    throw wrong('ipam.ranges', given, 'sets of one address family each');
  if (six.length > 1 || four.length > 1)
    throw unsupported('ipam.ranges', given, 'ctr gives an interface one address of a family');
  const ranges = [...first.filter((one) => !isSix(one)), ...four.flat()];
  const ranges6 = [...first.filter(isSix), ...six.flat()];
  const [alone] = ranges.length === 0 ? ranges6 : [];
  if (alone !== undefined)
    throw unsupported('ipam.subnet', alone.subnet, 'ctr gives IPv6 addresses only beside IPv4');
  return { ranges, ranges6 };
}

function routesOf(ipam: Json): readonly ResultRoute[] {
  return listAt(ipam, 'routes').map((one) => {
    const dst = isObject(one) ? textAt(one, 'dst') : undefined;
    if (!isObject(one) || dst === undefined || !(cidrPattern.test(dst) || isCidr6(dst))) {
      throw wrong('ipam.routes', one, 'a list of {"dst": subnet}');
    }
    const gw = textAt(one, 'gw');
    return gw === undefined ? { dst } : { dst, gw };
  });
}

function dnsOf(value: Json): Dns {
  const [nameservers, search, options] = ['nameservers', 'search', 'options'].map((key) =>
    textsAt(value, key),
  );
  const domain = textAt(value, 'domain');
  return {
    ...(nameservers?.length ? { nameservers } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(search?.length ? { search } : {}),
    ...(options?.length ? { options } : {}),
  };
}

/** The ports to publish; a mapping without a port of the host publishes nothing, as in portmap. */
function portsOf(runtime: Json): readonly PortMapping[] {
  return listAt(runtime, 'portMappings').flatMap((one): PortMapping[] => {
    if (!isObject(one)) throw wrong('portMappings', one, 'a list of objects');
    const number = (key: string): number => {
      const value = pick(one, key) ?? 0;
      if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > 65_535) {
        throw wrong(`portMappings.${key}`, value, 'a port');
      }
      return Number(value);
    };
    const word = (textAt(one, 'protocol') ?? 'tcp').toLowerCase();
    const protocol = portProtocols.find((known) => known === word);
    if (protocol === undefined)
      throw wrong('portMappings.protocol', word, portProtocols.join(', '));
    const hostIP = textAt(one, 'hostIP') ?? '';
    if (hostIP !== '' && !addressPattern.test(hostIP) && !isAddress6(hostIP)) {
      throw wrong('portMappings.hostIP', hostIP, 'an address');
    }
    const [hostPort, containerPort] = [number('hostPort'), number('containerPort')];
    return hostPort === 0 ? [] : [{ hostPort, containerPort, protocol, hostIP }];
  });
}

/** A result in any version's form. */
export function readResult(value: Json): CniResult {
  const ips = listAt(value, 'ips').filter(isObject);
  return {
    interfaces: listAt(value, 'interfaces')
      .filter(isObject)
      .map((one) => ({
        name: textAt(one, 'name') ?? '',
        ...(textAt(one, 'mac') === undefined ? {} : { mac: textAt(one, 'mac') as string }),
        ...(textAt(one, 'sandbox') === undefined
          ? {}
          : { sandbox: textAt(one, 'sandbox') as string }),
      })),
    ips: ips.map((one) => {
      const at = pick(one, 'interface');
      const gateway = textAt(one, 'gateway');
      return {
        address: textAt(one, 'address') ?? '',
        ...(gateway === undefined ? {} : { gateway }),
        ...(typeof at === 'number' ? { interface: at } : {}),
      };
    }),
    routes: listAt(value, 'routes')
      .filter(isObject)
      .map((one) => {
        const gw = textAt(one, 'gw');
        return { dst: textAt(one, 'dst') ?? '', ...(gw === undefined ? {} : { gw }) };
      }),
    dns: dnsOf(objectAt(value, 'dns')),
  };
}

function validOf(config: Json): ReadonlySet<string> | undefined {
  const found = pick(config, 'cni.dev/valid-attachments') ?? pick(config, 'cni.dev/attachments');
  if (found === undefined) return undefined;
  if (!Array.isArray(found)) throw wrong('cni.dev/valid-attachments', found, 'a list');
  return new Set(
    found
      .filter(isObject)
      .map((one) => `${textAt(one, 'containerID') ?? ''} ${textAt(one, 'ifname') ?? ''}`),
  );
}

/** @throws CniError 6 when it is no JSON object, 1 for a version that ctr does not print. */
export function decode(text: string): { readonly json: Json; readonly version: CniVersion } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CniError(codes.decoding, 'the network configuration is not JSON', String(error));
  }
  if (!isObject(json)) throw new CniError(codes.decoding, 'the network configuration is no object');
  const version = pick(json, 'cniVersion') ?? '0.1.0';
  if (typeof version !== 'string' || !isSupported(version)) {
    throw new CniError(
      codes.version,
      `cniVersion ${JSON.stringify(version)} is not supported`,
      `supported: ${supportedVersions.join(', ')}`,
    );
  }
  return { json, version };
}

/** The network's name; DEL needs no more of the configuration. @throws CniError 7. */
export function nameIn(json: Json): string {
  const name = textAt(json, 'name') ?? '';
  if (!idPattern.test(name)) throw wrong('name', name, 'letters, digits, dots, hyphens');
  return name;
}

function bridgeIn(json: Json): string {
  const bridge = textAt(json, 'bridge') ?? 'cni0';
  if (!plainInterfaceName.test(bridge)) throw wrong('bridge', bridge, 'an interface name');
  return bridge;
}

/** What would be silently wrong if it were ignored. */
function refuseUnsupported(json: Json, runtime: Json): void {
  const vlan = pick(json, 'vlan') ?? 0;
  if (vlan !== 0) throw unsupported('vlan', vlan, "ctr's bridges do not filter VLANs");
  if (listAt(json, 'vlanTrunk').length > 0) {
    throw unsupported('vlanTrunk', pick(json, 'vlanTrunk'), "ctr's bridges do not filter VLANs");
  }
  for (const key of ['promiscMode', 'macspoofchk', 'disableContainerInterface'] as const) {
    if (flag(json, key)) throw unsupported(key, true, 'ctr has no step for it');
  }
  const bandwidth = objectAt(runtime, 'bandwidth');
  const rates = ['ingressRate', 'egressRate'].map((key) => pick(bandwidth, key) ?? 0);
  if (rates.some((rate) => rate !== 0)) {
    throw unsupported('bandwidth', bandwidth, 'chain the bandwidth plugin after ctr');
  }
}

/** Reads a network configuration for ADD, CHECK, GC and STATUS. @throws CniError. */
export function readNetwork(text: string, args: ReadonlyMap<string, string>): NetworkConfig {
  const { json, version } = decode(text);
  const runtime = objectAt(json, 'runtimeConfig');
  refuseUnsupported(json, runtime);
  const ipam = objectAt(json, 'ipam');
  const type = textAt(ipam, 'type');
  const mtu = pick(json, 'mtu') ?? 0;
  if (!Number.isInteger(mtu) || Number(mtu) < 0 || Number(mtu) > 65_535) {
    throw wrong('mtu', mtu, 'bytes');
  }
  const asked = [
    ...textsAt(runtime, 'ips'),
    ...textsAt(objectAt(objectAt(json, 'args'), 'cni'), 'ips'),
    ...(args.get('IP') === undefined ? [] : [args.get('IP') ?? '']),
  ].map((one) => one.split('/')[0] ?? '');
  for (const one of asked) {
    if (!addressPattern.test(one) && !isAddress6(one)) throw wrong('ips', one, 'addresses');
  }
  const mac = textAt(runtime, 'mac') ?? args.get('MAC');
  if (mac !== undefined && !/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(mac)) {
    throw wrong('mac', mac, 'a MAC address');
  }
  const previous = pick(json, 'prevResult');
  const dns = { ...dnsOf(objectAt(json, 'dns')), ...dnsOf(goDns(runtime)) };
  const valid = validOf(json);
  const cluster = textAt(json, 'clusterCIDR');
  if (cluster !== undefined && !cidrPattern.test(cluster)) {
    throw wrong('clusterCIDR', cluster, 'an IPv4 subnet such as 10.244.0.0/16');
  }
  // The key of the reference bridge plugin is `ipMasqBackend`.
  const wanted = textAt(json, 'firewall') ?? textAt(json, 'ipMasqBackend');
  const firewall = firewalls.find((one) => one === wanted);
  if (wanted !== undefined && firewall === undefined) {
    throw wrong('firewall', wanted, firewalls.join(', '));
  }
  const log = textAt(json, 'log');
  return {
    version,
    name: nameIn(json),
    bridge: bridgeIn(json),
    mtu: mtu === 0 ? 'auto' : Number(mtu),
    isGateway: flag(json, 'isGateway') || flag(json, 'isDefaultGateway'),
    isDefaultGateway: flag(json, 'isDefaultGateway'),
    ipMasq: flag(json, 'ipMasq'),
    ...(cluster === undefined ? {} : { clusterCidr: cluster }),
    ...(firewall === undefined ? {} : { firewall }),
    hairpin: flag(json, 'hairpinMode'),
    ...(type === undefined || type === 'ctr' ? {} : { delegate: type }),
    ...(type === undefined || type === 'ctr'
      ? rangesOf(ipam, runtime)
      : { ranges: [], ranges6: [] }),
    routes: routesOf(ipam),
    dns,
    ports: portsOf(runtime),
    wanted: asked,
    ...(mac === undefined ? {} : { mac: mac.toLowerCase() }),
    ...(isObject(previous) ? { prevResult: readResult(previous) } : {}),
    ...(valid === undefined ? {} : { valid }),
    ...(log === undefined ? {} : { log }),
    text,
  };
}

/** containerd's `dns` capability: servers, searches, options. */
function goDns(runtime: Json): Json {
  const dns = objectAt(runtime, 'dns');
  return {
    nameservers: listAt(dns, 'servers'),
    search: listAt(dns, 'searches'),
    options: listAt(dns, 'options'),
  };
}

/** The type of a delegated IPAM plugin. Lenient: DEL must not validate. */
export function delegateIn(json: Json): string | undefined {
  const ipam = pick(json, 'ipam');
  const type = isObject(ipam) ? pick(ipam, 'type') : undefined;
  return typeof type === 'string' && type !== '' && type !== 'ctr' ? type : undefined;
}
