import { containerPlace, type Place } from '../../src/model/place.ts';
import { docker } from './docker.ts';
import type { Edit, LabConfig } from './fault.ts';
import { firewalld } from './firewalld.ts';

/** An interface of a container: one veth pair. */
export interface Port {
  readonly device: string;
  /** The host's end. */
  readonly outer: string;
  readonly address: string;
  readonly network: Network;
}

export interface Network {
  readonly name: string;
  readonly bridge: string;
  /** The first three numbers of its /24 subnet. */
  readonly stem: string;
  readonly gateway: string;
  readonly subnet: string;
}

export interface Member extends Port {
  readonly name: string;
  readonly place: Place;
  /** Its further interfaces, after the one that is its own properties. */
  readonly more: readonly Port[];
}

/** What surrounds a lab on its host. */
export type Surrounding =
  | 'docker'
  | 'firewalld'
  | 'bridge-netfilter'
  | 'existing-bridge'
  | 'strict-rp';

/** A run of ctr to which faults are done. */
export interface Lab {
  readonly name: string;
  /** One sentence about it, for the page. */
  readonly about: string;
  readonly fast: boolean;
  /** Run by a user without any right on the machine. */
  readonly rootless: boolean;
  readonly surroundings: readonly Surrounding[];
  readonly networks: readonly Network[];
  readonly members: readonly Member[];
  readonly config: LabConfig;
  /** What is done to the host before the run comes up. */
  readonly before: readonly Edit[];
}

/** Where the root file system of all containers is, in the sandbox host. */
export const rootfs = '/run/score/rootfs';

export const uplink = 'wan0';
export const worldGateway = '198.51.100.1';
export const hostAddress = '198.51.100.2';
export const web = '203.0.113.80';

interface Wanted {
  readonly about: string;
  readonly fast?: true;
  readonly rootless?: true;
  readonly surroundings?: readonly Surrounding[];
  /** Containers and their networks. */
  readonly containers: Readonly<Record<string, readonly string[]>>;
}

const hosts: Readonly<Record<Surrounding, readonly string[]>> = {
  docker,
  firewalld,
  'bridge-netfilter': ['sysctl -qw net.bridge.bridge-nf-call-iptables=1'],
  'existing-bridge': [
    'ip link add name br-front address 02:00:00:00:88:01 type bridge',
    'ip addr add 10.88.0.1/24 broadcast + dev br-front',
    'ip link set dev br-front up',
    // Something of its owner's is on it.
    'ip tuntap add name tap-old mode tap',
    'ip link set dev tap-old master br-front up',
  ],
  'strict-rp': [
    'sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1 net.ipv4.conf.wan0.rp_filter=1',
  ],
};

function labOf(name: string, wanted: Wanted): Lab {
  const { about, fast = false, rootless = false, surroundings = [], containers } = wanted;
  const names = [...new Set(Object.values(containers).flat())];
  const networks = names.map((network, index): Network => {
    const stem = `10.${88 + index}.0`;
    const at = { stem, gateway: `${stem}.1`, subnet: `${stem}.0/24` };
    return { name: network, bridge: `br-${network}`, ...at };
  });
  const members = Object.entries(containers).map(([container, on], index): Member => {
    const ports = on.map((wish, number): Port => {
      const network = networks.find((one) => one.name === wish);
      if (network === undefined) throw new Error(`no network ${wish}`);
      const outer = number === 0 ? `veth-${container}` : `veth-${container}${number}`;
      return { device: `eth${number}`, outer, address: `${network.stem}.${10 + index}`, network };
    });
    const [first, ...more] = ports;
    if (first === undefined) throw new Error(`${container} has no network`);
    return { ...first, name: container, place: containerPlace(container), more };
  });
  const config: LabConfig & { version: number; name: string } = {
    version: 1,
    name: 'lab',
    networks: Object.fromEntries(
      networks.map(({ name: network, bridge, subnet, gateway }) => [
        network,
        { bridge: { name: bridge }, subnets: [{ subnet, gateway }] },
      ]),
    ),
    containers: Object.fromEntries(
      members.map(({ name: container, more, ...first }) => [
        container,
        {
          rootfs,
          command: ['sleep', '36000'],
          interfaces: [first, ...more].map((port) => ({
            network: port.network.name,
            addresses: [port.address],
            host_interface: port.outer,
          })),
        },
      ]),
    ),
  };
  const onHost = (line: string): Edit => ({ place: 'host', line });
  const before = [
    // What the machine has by default differs; so each lab says it.
    'sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true',
    ...surroundings.flatMap((one) => hosts[one]),
  ].map(onHost);
  return { name, about, fast, rootless, surroundings, networks, members, config, before };
}

const one = { web: ['front'] };
const two = { web: ['front'], db: ['front'] };

export const labs: readonly Lab[] = [
  labOf('one', { about: 'One container.', containers: one }),
  labOf('one-fast', { about: 'One container.', containers: one, fast: true, rootless: true }),
  labOf('two', { about: 'Two containers on one bridge.', containers: two, rootless: true }),
  labOf('many', {
    about: 'Five containers on one bridge.',
    containers: { ...two, app: ['front'], mail: ['front'], cache: ['front'] },
    fast: true,
  }),
  labOf('networks', {
    about: 'Two networks; one container is on both.',
    containers: { web: ['front'], app: ['front', 'back'], store: ['back'] },
  }),
  labOf('existing', {
    about: 'Two containers on a bridge that was there before; strict reverse path filters.',
    containers: two,
    surroundings: ['existing-bridge', 'strict-rp'],
    rootless: true,
  }),
  labOf('docker', {
    about: "Two containers on a host with Docker's chains, FORWARD policy DROP.",
    containers: two,
    surroundings: ['docker'],
  }),
  labOf('firewalld', {
    about: 'Two containers on a host with the nft tables of firewalld.',
    containers: two,
    surroundings: ['firewalld'],
    fast: true,
    rootless: true,
  }),
  labOf('bridge-netfilter', {
    about: 'Two containers; br_netfilter passes bridged packets to iptables.',
    containers: two,
    surroundings: ['bridge-netfilter'],
    fast: true,
  }),
];
