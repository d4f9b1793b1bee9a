import { closeSync, openSync, readFileSync } from 'node:fs';
import { systemCode } from '../model/errors.ts';

/** The capabilities(7) that a plan may need, with their bits (linux/capability.h). */
const capabilities = {
  CAP_CHOWN: 0n,
  CAP_DAC_OVERRIDE: 1n,
  CAP_SETGID: 6n,
  CAP_SETUID: 7n,
  CAP_NET_ADMIN: 12n,
  CAP_SYS_CHROOT: 18n,
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
} as const;

export type CapabilityName = keyof typeof capabilities;
export const capabilityNames = Object.keys(capabilities) as readonly CapabilityName[];

/** The number of user ids from 0 on that this user namespace maps: all, or one if an ordinary user is root in it. */
export function readUserIds(): number {
  try {
    const read = (path: string) => readFileSync(path, 'utf8').trim();
    if (read('/proc/sys/user/max_user_namespaces') === '0') return 0;
    const counts = ['/proc/self/uid_map', '/proc/self/gid_map'].map((path) => {
      const [inside, , count] = read(path).split(/\s+/).map(Number);
      return inside === 0 ? (count ?? 0) : 0;
    });
    return Math.min(...counts);
  } catch {
    return 0;
  }
}

/**
 * Whether this process administers its network namespace. Root of a user namespace has all capabilities, but they do
 * not apply to a network namespace of another user namespace (user_namespaces(7)). There the kernel refuses to open
 * files of /proc/sys/net for writing (net/sysctl_net.c).
 */
function rulesNetwork(): boolean {
  try {
    closeSync(openSync('/proc/sys/net/ipv4/ip_forward', 'r+'));
    return true;
  } catch (error) {
    const code = systemCode(error);
    return code !== 'EACCES' && code !== 'EPERM';
  }
}

/** The capabilities that this process lacks. */
export function readMissingCapabilities(): readonly CapabilityName[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    return capabilityNames.filter(
      (name) =>
        (effective & (1n << capabilities[name])) === 0n ||
        (name === 'CAP_NET_ADMIN' && !rulesNetwork()),
    );
  } catch {
    return capabilityNames;
  }
}
