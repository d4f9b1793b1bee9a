/** All tools that a plan may run, with their Debian packages. */
export const toolPackages: Readonly<Record<string, string>> = {
  chroot: 'coreutils',
  echo: 'coreutils',
  env: 'coreutils',
  flock: 'util-linux',
  hostname: 'hostname',
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  'iptables-save': 'iptables',
  kill: 'procps',
  mkdir: 'coreutils',
  mount: 'mount',
  nsenter: 'util-linux',
  pivot_root: 'util-linux',
  rmdir: 'coreutils',
  setpriv: 'util-linux',
  setsid: 'util-linux',
  sh: 'dash',
  sysctl: 'procps',
  tee: 'coreutils',
  test: 'coreutils',
  umount: 'mount',
  unshare: 'util-linux',
};

export const terminalTools: Readonly<Record<string, string>> = {
  script: 'bsdutils',
  stty: 'coreutils',
};

export const neededTools: readonly string[] = [
  ...Object.keys(toolPackages),
  ...Object.keys(terminalTools),
];
