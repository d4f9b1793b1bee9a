import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import { sandboxUplink, worldGateway } from '../model/world-addresses.ts';
import type { Facts } from './index.ts';
import { readUserIds } from './privilege.ts';
import { readLocalFacts } from './read.ts';

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
    },
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
