import type { Facts } from '../facts/index.ts';

/** A fresh sandbox host on Debian 12: the host of the plans that `ctr explain STEP` quotes. */
const host: Facts = {
  version: 1,
  kernel: '6.1.0',
  uid: 0,
  cgroup: null,
  userIds: 4294967295,
  missingCapabilities: [],
  terminal: null,
  tools: {
    chroot: '/usr/bin/chroot',
    echo: '/usr/bin/echo',
    env: '/usr/bin/env',
    flock: '/usr/bin/flock',
    hostname: '/usr/bin/hostname',
    ip: '/usr/bin/ip',
    iptables: '/usr/bin/iptables',
    'iptables-restore': '/usr/bin/iptables-restore',
    'iptables-save': '/usr/bin/iptables-save',
    kill: '/usr/bin/kill',
    mkdir: '/usr/bin/mkdir',
    mount: '/usr/bin/mount',
    nsenter: '/usr/bin/nsenter',
    pivot_root: '/usr/bin/pivot_root',
    rmdir: '/usr/bin/rmdir',
    setpriv: '/usr/bin/setpriv',
    setsid: '/usr/bin/setsid',
    sh: '/usr/bin/sh',
    sysctl: '/usr/bin/sysctl',
    tee: '/usr/bin/tee',
    test: '/usr/bin/test',
    umount: '/usr/bin/umount',
    unshare: '/usr/bin/unshare',
    script: '/usr/bin/script',
    stty: '/usr/bin/stty',
  },
  versions: {},
  links: [
    {
      group: 0,
      up: true,
      altnames: [],
      name: 'lo',
      kind: 'loopback',
      mac: '00:00:00:00:00:00',
      mtu: 65536,
      addresses: ['127.0.0.1/8'],
    },
    {
      group: 0,
      up: true,
      altnames: [],
      name: 'wan0',
      kind: 'veth',
      mac: '02:57:41:4e:00:02',
      mtu: 1500,
      addresses: ['198.51.100.2/24'],
    },
  ],
  routes: [
    {
      to: 'default',
      dev: 'wan0',
      gateway: '198.51.100.1',
    },
    {
      to: '198.51.100.0/24',
      dev: 'wan0',
    },
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
  kernelPaths: [
    '/proc/bus',
    '/proc/fs',
    '/proc/irq',
    '/proc/sys',
    '/proc/keys',
    '/proc/timer_list',
    '/proc/acpi',
  ],
  helper: [
    '/usr/bin/setpriv',
    '/usr/sbin/chroot',
    '/usr/bin/env',
    '/lib/x86_64-linux-gnu/libcap-ng.so.0',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ],
  rootfs: {
    '/srv/labex': {
      state: 'directory',
      realPath: '/srv/labex',
      unsafe: [],
      commands: {
        '/bin/sh': 'found',
        httpd: 'found',
        sleep: 'found',
      },
      directories: {},
    },
  },
  runs: [],
  reserved: {},
  shared: {},
};

const tutorial = {
  host_name: 'labex',
  root_dir: '/srv/labex',
  ip: '192.168.0.100',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1/16',
};

interface Example {
  readonly config: string;
  readonly facts: Facts;
}

const example = (config: object, facts: Partial<Facts> = {}): Example => ({
  config: JSON.stringify({ ...tutorial, ...config }),
  facts: { ...host, ...facts },
});

/** Plans in which every step occurs; the tutorial's own first. */
export const examples: readonly Example[] = [
  example({}),
  example(
    { limits: { memory: '64M', pids: 100 } },
    {
      cgroup: {
        mount: '/sys/fs/cgroup',
        controllers: ['cpu', 'memory', 'pids'],
        netns: 4026531840,
      },
    },
  ),
  example({ user_namespace: true }),
  example({ ports: ['8080:80'] }, { tools: { ...host.tools, conntrack: '/usr/sbin/conntrack' } }),
  example({ firewall: 'nftables' }, { tools: { ...host.tools, nft: '/usr/sbin/nft' } }),
  example(
    {},
    {
      links: [
        ...host.links,
        {
          name: 'ctr0',
          kind: 'bridge',
          group: 0,
          mac: '02:00:00:00:00:01',
          mtu: 1500,
          up: true,
          addresses: ['192.168.0.1/16'],
          altnames: [],
        },
      ],
    },
  ),
];
