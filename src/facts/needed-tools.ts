/**
 * The Debian package of each tool. ctr looks these up on the host. Which of them a run needs follows from its plan
 * (src/model/programs.ts); one that a plan starts and that is not here is told as missing.
 */
export const toolPackages: Readonly<Record<string, string>> = {
  chown: 'coreutils',
  chroot: 'coreutils',
  cp: 'coreutils',
  echo: 'coreutils',
  env: 'coreutils',
  flock: 'util-linux',
  hostname: 'hostname',
  ip: 'iproute2',
  ip6tables: 'iptables',
  'ip6tables-restore': 'iptables',
  'ip6tables-save': 'iptables',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  'iptables-save': 'iptables',
  kill: 'procps',
  ln: 'coreutils',
  mkdir: 'coreutils',
  mount: 'mount',
  nsenter: 'util-linux',
  pivot_root: 'util-linux',
  rm: 'coreutils',
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

/** The tools that ctr starts itself, whatever the plan is: locks, reads of the host, `ctr exec`. */
export const ownTools: readonly string[] = [
  ...['chroot', 'env', 'flock', 'ip', 'iptables-save', 'kill', 'nsenter', 'setpriv', 'sh'],
];

export const terminalTools: Readonly<Record<string, string>> = {
  script: 'bsdutils',
  stty: 'coreutils',
};

export const neededTools: readonly string[] = [
  ...Object.keys(toolPackages),
  ...Object.keys(terminalTools),
];
