import { existsSync } from 'node:fs';
import { membersOf } from '../facts/cgroup.ts';
import { type Argv, cmd, shellLine } from '../model/command.ts';
import type { Cgroup } from '../model/resource.ts';
import type { Leftover, ResourceKind } from './kind.ts';

export function pathOf({ mount, cgroup }: Cgroup): string {
  return `${mount}/${cgroup}`;
}

function remove(one: Cgroup): Argv {
  return cmd`rmdir ${pathOf(one)}`;
}

/** cgroups(7). */
export const cgroup: ResourceKind<Cgroup> = {
  reads: {},
  judge(one) {
    const path = pathOf(one);
    if (!existsSync(path)) return { state: 'absent', found: 'no such cgroup' };
    const members = membersOf(path);
    return members === '' ? { state: 'ours' } : { state: 'in-use', found: members };
  },
  removal: {
    id: 'remove-cgroups',
    title: { en: 'Remove the cgroups', zh: '删除 cgroup' },
    why: {
      en: 'A cgroup is a directory that rmdir removes once no process is in it.',
      zh: 'cgroup 是一个目录：里面没有进程之后，rmdir 就能删除它。',
    },
    one: remove,
    guard: () => [],
    // A process that has just ended may still be in the cgroup for a moment.
    script: (one) => {
      const line = shellLine(remove(one));
      return [`${line} 2>/dev/null || { sleep 0.2; ${line}; }`];
    },
  },
  says: (one) => ({ en: `cgroup ${one.cgroup}`, zh: `cgroup ${one.cgroup}` }),
  strays({ cgroups = [] }, recorded, unreadable) {
    const paths = new Set(recorded.map(pathOf));
    return cgroups
      .filter(({ path, run }) => !paths.has(path) && !unreadable.has(run))
      .map(({ path }): Leftover => {
        const users = membersOf(path);
        return {
          argv: ['rmdir', path],
          ...(users === '' ? {} : { users }),
        };
      });
  },
};
