/**
 * Purposes of commands that break a promise, or stop the run, when they are left out: test/host/necessity.test.ts runs
 * them. What is neither here nor has a sentence in src/necessity/purposes.ts is needed for nothing.
 */
export const needed: readonly string[] = [
  'ensure-bridge/link',
  'ensure-bridge/address',
  'ensure-bridge/up',
  'create-veth/link',
  'attach-bridge/master',
  'raise-link/up',
  'start-child/process',
  'move-link/peer',
  'configure-address/up-lo',
  'configure-address/address',
  'configure-address/up',
  'configure-route/route',
  'stage-root/mount',
  'stage-root/file-upper',
  'write-names/hostname',
  'write-names/file-hosts',
  'write-names/file-resolv.conf',
  'mount-root/file-fstab',
  'mount-root/mount',
  'pivot-root/mount',
  'enable-forwarding/sysctl',
  'masquerade/masquerade',
  'release-child/program',
];

/** Those that only some configs have: of user namespaces, of limits, and of nftables. */
export const neededByFew: readonly string[] = [
  'add-table/nft-table',
  'map-users/file-gid_map',
  'map-users/file-uid_map',
  'make-cgroup/cgroup',
];
