import { readSysctl } from '../facts/sysctls.ts';
import { type Argv, cmd } from '../model/command.ts';
import type { Sysctl } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

/**
 * Keys and the values they must have for ctr to restore the sysctl: ctr's own value still stands, and nobody has set a
 * key of `unless`. Writing ip_forward sets every interface (kernel: networking/ip-sysctl), so a value set by others can
 * look like ctr's.
 */
function oursWhile({
  key,
  value,
  unless = [],
}: Sysctl): readonly (readonly [key: string, value: string])[] {
  return [[key, value], ...unless.map((other) => [other, '0'] as const)];
}

function restore({ key, before }: Sysctl): Argv {
  return cmd`sysctl -qw ${key}=${before}`;
}

/** sysctl(8), proc_sys(5). */
export const sysctl: ResourceKind<Sysctl> = {
  reads: {},
  judge(resource) {
    const { key, value, before } = resource;
    const now = readSysctl(key);
    // The kernel removed the sysctl with its interface.
    if (now === undefined) return { state: 'absent' };
    if (now === before) return { state: 'restored', found: now };
    for (const [other, wanted] of oursWhile(resource)) {
      const found = readSysctl(other);
      if (found === undefined || found === wanted) continue;
      return { state: now === value ? 'in-use' : 'changed', found: `${other}=${found}` };
    }
    return { state: 'ours' };
  },
  removal: {
    id: 'restore-sysctls',
    title: { en: 'Set forwarding back', zh: '恢复转发设置' },
    titleOf: (all) =>
      all.every(({ key }) => /\/(?:force_)?forwarding$/.test(key))
        ? { en: 'Set forwarding back', zh: '恢复转发设置' }
        : { en: 'Set the kernel settings back', zh: '恢复内核设置' },
    why: {
      en: 'ctr writes the old value back, unless the value is no longer the one that ctr wrote, or somebody has since switched forwarding on for the whole host.',
      zh: 'ctr 写回原来的值。如果当前值已不是 ctr 写入的值，或者期间有人打开了整台主机的转发，ctr 就不再改动。',
    },
    one: restore,
    guard: (one) =>
      oursWhile(one).map(
        ([key, value]) => `[ "$(cat /proc/sys/${key} 2>/dev/null)" = ${value} ] || return 0`,
      ),
  },
  // If an interface such as a VPN's is gone, its sysctl needs no repair.
  vanishes: true,
  says: ({ key, value }) => ({ en: `${key} = ${value}`, zh: `${key} = ${value}` }),
};
