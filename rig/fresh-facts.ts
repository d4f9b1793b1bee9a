import type { Facts } from '../src/facts/index.ts';
import { neededTools } from '../src/facts/needed-tools.ts';

const helper = [
  '/usr/bin/setpriv',
  '/usr/sbin/chroot',
  '/usr/bin/env',
  '/lib/x86_64-linux-gnu/libcap-ng.so.0',
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/lib64/ld-linux-x86-64.so.2',
];

/** Facts of a fresh sandbox host on Debian 12 whose root file systems are all valid. */
export function freshFacts(change: Partial<Facts> = {}): Facts {
  const link = { group: 0, up: true, altnames: [] };
  return {
    version: 1,
    kernel: '6.1.0',
    uid: 0,
    cgroup: null,
    userIds: 4_294_967_295,
    missingCapabilities: [],
    terminal: null,
    tools: Object.fromEntries(neededTools.map((name) => [name, `/usr/bin/${name}`])),
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
        name: 'wan0',
        kind: 'veth',
        mac: '02:57:41:4e:00:02',
        mtu: 1500,
        addresses: ['198.51.100.2/24'],
      },
    ],
    routes: [
      { to: 'default', dev: 'wan0', gateway: '198.51.100.1' },
      { to: '198.51.100.0/24', dev: 'wan0' },
    ],
    sysctls: {
      'net/ipv4/ip_forward': '0',
      'net/ipv4/conf/default/forwarding': '0',
      'net/ipv4/conf/wan0/forwarding': '0',
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
    resolvers: ['198.51.100.1'],
    stagingDirectories: ['/mnt', '/media'],
    kernelPaths: ['bus', 'fs', 'irq', 'sys', 'keys', 'timer_list', 'acpi'].map(
      (name) => `/proc/${name}`,
    ),
    helper,
    rootfs: {},
    runs: [],
    reserved: {},
    reservedInterfaces: [],
    shared: {},
    ...change,
  };
}

/** Adds a root file system at this path, with these commands. */
export function withRootfs(
  facts: Facts,
  path: string,
  commands: readonly string[] = ['/bin/sh'],
): Facts {
  return {
    ...facts,
    rootfs: {
      ...facts.rootfs,
      [path]: {
        state: 'directory',
        realPath: path,
        unsafe: [],
        commands: Object.fromEntries(commands.map((command) => [command, 'found'])),
        directories: {},
      },
    },
  };
}
