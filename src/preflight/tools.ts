import type { Problem } from '../errors.ts';
import type { Facts } from '../facts/index.ts';

/** Every tool a plan may start, and the Debian package it comes in. */
const toolPackages: Readonly<Record<string, string>> = {
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
const terminalTools: Readonly<Record<string, string>> = { script: 'bsdutils', stty: 'coreutils' };

export const neededTools: readonly string[] = [
  ...Object.keys(toolPackages),
  ...Object.keys(terminalTools),
];

export function missingTools(facts: Facts): readonly Problem[] {
  const needed = { ...toolPackages, ...(facts.terminal === null ? {} : terminalTools) };
  return Object.entries(needed)
    .filter(([tool]) => facts.tools[tool] == null)
    .map(([tool, name]) => ({
      code: 'H001',
      place: tool,
      message: { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
      fix: { en: `apt-get install ${name}`, zh: `apt-get install ${name}` },
    }));
}
