import type { Program } from '../grammar.ts';
import { bridgeTool } from './bridge.ts';
import { conntrack } from './conntrack.ts';
import { echo, fileTools, printf } from './files.ts';
import { foreignPrograms } from './foreign.ts';
import { ip } from './ip.ts';
import { iptables, iptablesRestore, iptablesSave } from './iptables.ts';
import { mount, pivotRoot, umount } from './mounts.ts';
import { chroot, env, keyctl, nsenter, script, setpriv, setsid, unshare } from './namespaces.ts';
import { nft } from './nft.ts';
import { builtins, sh, test } from './shell.ts';

const sudo: Program = {
  means: { en: 'as root', zh: '以 root 身份' },
  style: 'options',
  scope: { operands: ['command'], words: {} },
};

/** The programs that ctr knows, by their names. */
export const programs: Readonly<Record<string, Program>> = {
  ...foreignPrograms,
  ...fileTools,
  ...builtins,
  '[': test,
  bash: sh,
  bridge: bridgeTool,
  chroot,
  conntrack,
  echo,
  env,
  ip,
  ip6tables: iptables,
  'ip6tables-restore': iptablesRestore,
  'ip6tables-save': iptablesSave,
  iptables,
  'iptables-legacy': iptables,
  'iptables-nft': iptables,
  'iptables-restore': iptablesRestore,
  'iptables-save': iptablesSave,
  keyctl,
  mount,
  nft,
  nsenter,
  pivot_root: pivotRoot,
  printf,
  script,
  setpriv,
  setsid,
  sh,
  sudo,
  test,
  umount,
  unshare,
};
