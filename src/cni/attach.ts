import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { configureAddresses } from '../fast/configure-addresses.ts';
import { createLinks } from '../fast/create-links.ts';
import { openFirewall } from '../fast/open-firewall.ts';
import { type Arg, type Argv, cmd } from '../model/command.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import { derivedMac } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import type { PortWords } from '../model/ports.ts';
import type { Command, Step } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { planOf } from '../plan.ts';
import { settle } from '../resolve/lab.ts';
import { ipv6Findings } from '../resolve/preflight/ipv6.ts';
import { portFindings } from '../resolve/preflight/ports.ts';
import { networkProblems } from '../resolve/preflight.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import { CniError, codes } from './failure.ts';
import type { Allotted } from './ipam.ts';
import type { NetworkConfig, PortMapping } from './network-config.ts';
import type { Parameters } from './parameters.ts';

/** The name of the one network in an attachment's config. */
const net = 'net';

/** A name for the engine's container that fits into that of an interface: `c` and the beginning of its id. */
export function spokenId(containerId: string): string {
  return `c${containerId
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 9)}`;
}

/** An empty HostIP means every address of the host. */
function portWords({ hostPort, containerPort, protocol, hostIP }: PortMapping): PortWords {
  return {
    host: hostPort,
    container: containerPort,
    protocol,
    ...(hostIP === '' ? {} : { address: hostIP }),
  };
}

/** The config of a lab whose only container is the engine's. It has no root and no command: ctr starts nothing. */
export function configOf(
  name: string,
  { containerId, ifname }: Pick<Parameters, 'containerId' | 'ifname'>,
  { bridge, mtu, ipMasq, clusterCidr, firewall, isDefaultGateway, mac, ports }: NetworkConfig,
  { address, subnet, gateway, ipv6 }: Allotted,
): Config {
  const prefix = subnet.split('/')[1] ?? '32';
  // As the reference plugin portmap does: engines name addresses of both families, whatever the container has.
  const published = ports.filter(({ hostIP }) => ipv6 !== undefined || !hostIP.includes(':'));
  return {
    version: 1,
    name,
    ...(firewall === undefined ? {} : { firewall }),
    networks: {
      [net]: {
        bridge: { name: bridge, mac: 'auto' },
        subnets: [{ subnet, gateway }],
        mtu,
        masquerade: ipMasq,
        ...(ipv6 === undefined
          ? {}
          : { subnet6: ipv6.subnet, gateway6: ipv6.gateway, masquerade6: ipMasq }),
        ...(clusterCidr === undefined ? {} : { masquerade_except: clusterCidr }),
      },
    },
    containers: {
      [spokenId(containerId)]: {
        rootfs: '/',
        command: ['/bin/sh'],
        environment: {},
        working_dir: '/',
        user_namespace: false,
        limits: {},
        interfaces: [
          {
            network: net,
            name: ifname,
            addresses: [`${address}/${prefix}`],
            ...(ipv6 === undefined ? {} : { address6: ipv6.address }),
            gateway: isDefaultGateway ? gateway : false,
            // A neighbour that remembers the address remembers the right MAC, whoever had the address before.
            mac: mac ?? derivedMac('cni', address),
          },
        ],
        dns: { servers: [], search: [], options: [] },
        extra_hosts: {},
        ...(published.length === 0 ? {} : { ports: published.map(portWords) }),
      },
    },
  };
}

/** An interface's engine gives its namespace by path, not by the pid of a first process. */
function atPath(argv: Argv, path: string): Argv {
  const given = (arg: Arg): string => (typeof arg === 'string' ? arg : path);
  if (argv[0] !== 'nsenter') return argv.map(given);
  // nsenter(1): --net=FILE enters the namespace of a file.
  const words = argv.slice(argv.indexOf('--net') + 1);
  return [...cmd`nsenter --net=${path}`, ...words.map(given)];
}

/** The metric that the kernel gives a route of IPv6 that says none (ip-route(8)). */
const metric6 = 1024;

/**
 * ip-route(8): `append` succeeds beside a default route of another interface, which stays the one in use, while `add`
 * fails with "File exists". IPv6 would use both by turns (a multipath route), so there the interface's number decides.
 */
function besideOthers(argv: Argv): Argv {
  const at = argv.indexOf('route');
  if (at < 0 || argv[at + 1] !== 'add' || argv[at + 2] !== 'default') return argv;
  const appended = argv.with(at + 1, 'append');
  if (!String(argv[at + 4]).includes(':')) return appended;
  const number = Number(/\d{1,4}$/.exec(String(argv.at(-1)))?.[0] ?? 0);
  return [...appended, ...cmd`metric ${metric6 + number}`];
}

function commandAt(command: Command, path: string): Command {
  const { argv, input, batch, where: _, ...rest } = command;
  return {
    ...rest,
    argv: besideOthers(atPath(argv, path)),
    ...(input === undefined
      ? {}
      : {
          input:
            typeof input === 'string'
              ? input
              : input.map((line) => besideOthers(atPath(line, path))),
        }),
    ...(batch === undefined ? {} : { batch: batch.map((one) => commandAt(one, path)) }),
  };
}

/** Without isGateway the host has no address on the bridge, and so it is no router. */
function withoutGateway(steps: readonly Step[]): readonly Step[] {
  const routing = [
    'enable-forwarding',
    'allow-forwarding',
    'masquerade',
    'add-table',
    'publish-port',
  ];
  return steps
    .filter(({ id }) => !routing.includes(id))
    .map((step) =>
      step.id === 'ensure-bridge'
        ? {
            ...step,
            commands: step.commands.filter(({ makes }) =>
              makes.every(({ kind }) => kind !== 'address' && kind !== 'file'),
            ),
          }
        : step,
    );
}

/** A frame may leave a bridge by the port it came in (bridge(8), `hairpin`): a container reaches its own published port. */
function hairpin(lab: Lab): readonly Command[] {
  return lab.containers.flatMap(({ attachments }) =>
    attachments.map(({ outer }) => ({
      argv: cmd`ip link set dev ${outer} type bridge_slave hairpin on`,
      makes: [],
    })),
  );
}

/** Routes of the configuration besides the default one. */
function moreRoutes(
  { routes }: NetworkConfig,
  { gateway, ipv6 }: Allotted,
  ifname: string,
): readonly Command[] {
  return routes.flatMap(({ dst, gw = dst.includes(':') ? ipv6?.gateway : gateway }) =>
    gw === undefined
      ? []
      : [
          {
            argv: cmd`nsenter --net ip route replace ${dst} via ${gw} dev ${ifname}`,
            makes: [],
          },
        ],
  );
}

export interface Attachable {
  readonly config: Config;
  readonly lab: Lab;
  readonly plan: Plan;
}

/** An engine shows the message alone, so the port stands in it. */
function aboutPort({ place, message, ...rest }: Problem): Problem {
  const named = ({ en, zh }: Text): Text => ({ en: `${place} ${en}`, zh: `${place} ${zh}` });
  return { ...rest, message: place === undefined ? message : named(message) };
}

function toolsFor(lab: Lab): readonly string[] {
  const tools = ['ip', 'nsenter', 'iptables-restore'];
  if (!hasIpv6(lab)) return tools;
  const native = lab.networks.every(({ firewall }) => firewall === 'nftables');
  return [...tools, 'sysctl', ...(native ? [] : ['ip6tables-restore'])];
}

/**
 * The plan of an attachment: the network steps of a lab, in their fast form, in a namespace that is given. Pure.
 * @throws CniError 7 or 11 when this host cannot have it, with every problem.
 */
export function planAttachment(
  config: Config,
  facts: Facts,
  network: NetworkConfig,
  allotted: Allotted,
  netns: string,
): Attachable {
  const { lab, problems } = settle(config, facts);
  const whole = planOf(lab, facts);
  const steps = network.isGateway ? whole.steps : withoutGateway(whole.steps);
  const staged = { ...whole, steps };
  const [ifname = ''] = lab.containers.flatMap(({ attachments }) =>
    attachments.map(({ device }) => device),
  );
  const links = createLinks(staged);
  const addresses = configureAddresses(staged);
  const routes = moreRoutes(network, allotted, ifname);
  const fast: readonly Step[] = [
    {
      ...links,
      commands: [...links.commands, ...(network.hairpin ? hairpin(lab) : [])],
    },
    { ...addresses, commands: [...addresses.commands, ...routes] },
    ...lab.networks.flatMap((one) => openFirewall(one, staged) ?? []),
  ];
  const plan: Plan = {
    ...staged,
    fast: true,
    steps: fast.map((step) => ({
      ...step,
      commands: step.commands.map((one) => commandAt(one, netns)),
    })),
  };
  const found = [
    ...problems,
    ...networkProblems(lab, facts, toolsFor(lab)),
    ...ipv6Findings(lab, facts).problems,
    ...(network.ports.length === 0 ? [] : portFindings(lab, facts).problems.map(aboutPort)),
  ];
  // Without isGateway the bridge has no address, and needs none.
  const all = network.isGateway ? found : found.filter(({ code }) => code !== 'E062');
  if (all.length > 0) {
    throw new CniError(
      codes.configuration,
      all.map(({ message }) => message.en).join('; '),
      all.map(({ code, fix }) => `${code}: ${fix?.en ?? ''}`).join('; '),
    );
  }
  return { config, lab, plan };
}
