import { type Firewall, firewalls } from '../model/firewall.ts';
import { addressPattern, cidrPattern } from '../model/ipv4.ts';
import { isAddress6, isCidr6 } from '../model/ipv6.ts';
import { plainInterfaceName } from '../model/names.ts';
import { type PortProtocol, portProtocols } from '../model/ports.ts';
import { CniError, codes } from './failure.ts';
import {
  flag,
  isObject,
  type Json,
  listAt,
  objectAt,
  pick,
  textAt,
  textsAt,
  unsupported,
  wrong,
} from './go-json.ts';
import { idPattern } from './parameters.ts';
import { dnsOf, readResult } from './previous-result.ts';
import { type Range, rangesOf } from './ranges.ts';
import type { CniResult, Dns, ResultRoute } from './result.ts';
import { type CniVersion, isSupported, supportedVersions } from './versions.ts';

/** A published port (capability `portMappings`). */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
  readonly hostIP: string;
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
