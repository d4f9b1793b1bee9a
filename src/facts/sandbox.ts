import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import { formatSubnet6, parseAddress6, subnet6Of } from '../model/ipv6.ts';
import { sandboxUplink, world6, worldGateway } from '../model/world-addresses.ts';
import type { Facts, Ipv6Facts } from './index.ts';
import { readUserIds } from './privilege.ts';
import { readLocalFacts } from './read.ts';
import { hasIpv6, wantsIpv6 } from './routes6.ts';
import { readSysctl } from './sysctls.ts';

function ipv6(present: boolean): Ipv6Facts {
  const subnet = formatSubnet6(
    subnet6Of({ address: parseAddress6(world6.uplink), prefix: world6.prefix }),
  );
  const routes = [
    { to: subnet, dev: sandboxUplink.name },
    { to: 'default', dev: sandboxUplink.name, gateway: world6.gateway },
  ];
  return { present, routes: present ? routes : [], ours: [] };
}

/** The sysctls of IPv6 in a new network namespace. Which there are depends on the kernel. */
function sysctls6(): Facts['sysctls'] {
  const there = ['all/disable_ipv6', 'default/disable_ipv6', 'all/forwarding'];
  const forced = ['all', 'default', 'lo', sandboxUplink.name].map(
    (name) => `${name}/force_forwarding`,
  );
  const known = readSysctl('net/ipv6/conf/default/force_forwarding') === undefined ? [] : forced;
  return Object.fromEntries([...there, ...known].map((key) => [`net/ipv6/conf/${key}`, '0']));
}

/**
 * The facts of a sandbox host that has not been started yet. A sandbox host is always new, so its facts are known
 * beforehand. A test compares them with those of a running one.
 */
export async function sandboxFacts(
  runner: Runner,
  config: Config,
  terminal: string | null,
): Promise<Facts> {
  const link = { group: 0, up: true, altnames: [] };
  const has6 = hasIpv6();
  const six = wantsIpv6(config) ? ipv6(has6) : undefined;
  return {
    version: 1,
    ...(await readLocalFacts(runner, config)),
    uid: 0,
    // A sandbox host has a new /sys without a cgroup tree.
    cgroup: null,
    // The user namespace of an ordinary user maps only that user.
    userIds: process.geteuid?.() === 0 ? readUserIds() : 1,
    missingCapabilities: [],
    terminal,
    versions: {},
    links: [
      {
        ...link,
        name: 'lo',
        kind: 'loopback',
        mac: '00:00:00:00:00:00',
        mtu: 65536,
        addresses: ['127.0.0.1/8'],
      },
      {
        ...link,
        name: sandboxUplink.name,
        kind: 'veth',
        mac: sandboxUplink.mac,
        mtu: 1500,
        addresses: [sandboxUplink.address],
        ...(has6 ? { addresses6: [`${world6.uplink}/${world6.prefix}`] } : {}),
      },
    ],
    routes: [
      { to: 'default', dev: sandboxUplink.name, gateway: worldGateway },
      { to: sandboxUplink.subnet, dev: sandboxUplink.name },
    ],
    sysctls: {
      'net/ipv4/ip_forward': '0',
      'net/ipv4/conf/all/forwarding': '0',
      'net/ipv4/conf/default/forwarding': '0',
      'net/ipv4/conf/lo/forwarding': '0',
      [`net/ipv4/conf/${sandboxUplink.name}/forwarding`]: '0',
      ...(six === undefined ? {} : sysctls6()),
    },
    ...(six === undefined ? {} : { ipv6: six }),
    firewall: {
      readable: true,
      forwardPolicy: 'ACCEPT',
      dockerUser: false,
      ours: [],
      oursBeside: {},
      unread: [],
      chains: [],
      sets: {},
    },
    resolvers: [worldGateway],
    runs: [],
    reserved: {},
    reservedInterfaces: [],
    shared: {},
  };
}
