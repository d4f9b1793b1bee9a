import type { Facts } from '../../facts/index.ts';
import type { ProblemCode } from '../../model/codes/index.ts';
import { shellQuote } from '../../model/command.ts';
import { exitCodes, type Problem } from '../../model/errors.ts';
import type { LabContainer } from '../../model/lab.ts';
import { usersInRange } from '../../model/names.ts';
import { own } from '../../model/own.ts';
import type { Text } from '../../model/text.ts';
import { freeStaging } from '../staging.ts';

/** Problems with a container's user namespace on this host. */
export function userProblems({ name, firstUser }: LabContainer, facts: Facts): readonly Problem[] {
  if (firstUser === null || firstUser + usersInRange <= facts.userIds) return [];
  const one = facts.userIds === 1;
  return [
    {
      code: 'H008',
      place: name,
      message:
        facts.userIds === 0
          ? {
              en: '"user_namespace": this host does not allow user namespaces',
              zh: '"user_namespace"：本机不允许创建用户命名空间',
            }
          : {
              en: `"user_namespace" needs the user IDs ${firstUser} to ${firstUser + usersInRange - 1}, but this host has ${one ? 'one user ID' : `${facts.userIds}`}`,
              zh: `"user_namespace" 需要用户 ID ${firstUser} 到 ${firstUser + usersInRange - 1}，而本机只有 ${facts.userIds} 个`,
            },
      fix: one
        ? {
            en: 'run ctr as root, or leave "user_namespace" out: without root, the whole sandbox already runs in a user namespace of yours',
            zh: '以 root 运行 ctr，或者去掉 "user_namespace"：没有 root 时，整个沙盒本来就在你自己的用户命名空间里',
          }
        : { en: 'leave "user_namespace" out', zh: '去掉 "user_namespace"' },
    },
  ];
}

export function limitProblems({ name, limits }: LabContainer, facts: Facts): readonly Problem[] {
  const wanted = [
    ...(limits.memory === null ? [] : ['memory']),
    ...(limits.pids === null ? [] : ['pids']),
  ];
  if (wanted.length === 0) return [];
  const { cgroup } = facts;
  if (cgroup === null) {
    return [
      {
        code: 'H010',
        place: name,
        message: {
          en: '"limits" does not work here: there is no writable cgroup v2 hierarchy (cgroups(7))',
          zh: '"limits" 在这里不可用：没有可写的 cgroup v2 层级 (cgroups(7))',
        },
        fix: {
          en: 'leave "limits" out; a sandbox host has no such hierarchy, nor does a machine that uses cgroup v1',
          zh: '去掉 "limits"；沙盒主机没有这种层级，使用 cgroup v1 的机器也没有',
        },
      },
    ];
  }
  const missing = wanted.filter((controller) => !cgroup.controllers.includes(controller));
  if (missing.length === 0) return [];
  const enable = `echo '${missing.map((one) => `+${one}`).join(' ')}' >${cgroup.mount}/cgroup.subtree_control`;
  return [
    {
      code: 'H010',
      place: name,
      message: {
        en: `"limits" does not work here: ${cgroup.mount} does not enable ${missing.join(' and ')} for its children`,
        zh: `"limits" 在这里不可用：${cgroup.mount} 没有为子组启用 ${missing.join('、')}`,
      },
      fix: { en: `${enable}, or leave "limits" out`, zh: `${enable}，或者去掉 "limits"` },
    },
  ];
}

/**
 * Problems with the staging directory: a directory of the host over which the container's mount namespace mounts a
 * tmpfs.
 */
export function stagingProblems(container: LabContainer, facts: Facts): readonly Problem[] {
  if (freeStaging(container, facts) !== undefined) return [];
  const there = facts.stagingDirectories;
  const list = there.join(', ');
  return [
    {
      code: 'H012',
      place: container.name,
      message:
        there.length === 0
          ? {
              en: "ctr builds a container's root on /mnt, /media, /srv or /opt, and none of them is a directory that a mount can cover",
              zh: 'ctr 要在 /mnt、/media、/srv 或 /opt 上挂载并搭建容器的根，而它们都不是可用的挂载点',
            }
          : {
              en: `ctr builds a container's root on ${list}, and that mount would hide ${container.rootfs}`,
              zh: `ctr 要在 ${list} 上挂载并搭建容器的根，而这个挂载会遮盖 ${container.rootfs}`,
            },
      fix: {
        en: 'make /mnt or /media a directory of its own, or move the root file system elsewhere',
        zh: '让 /mnt 或 /media 成为独立的目录，或者把根文件系统放到别处',
      },
    },
  ];
}

export function rootfsProblems(container: LabContainer, facts: Facts): readonly Problem[] {
  const { rootfs } = container;
  const fact = own(facts.rootfs, rootfs);
  const at = (code: ProblemCode, message: Text, fix: Text): readonly Problem[] => [
    { code, place: container.name, message, fix },
  ];
  const create: Text = {
    en: `ctr rootfs create ${rootfs}`,
    zh: `ctr rootfs create ${rootfs}`,
  };
  const another: Text = { en: 'use another directory', zh: '换一个目录' };
  if (fact === undefined) {
    return at(
      'E054',
      { en: `the saved facts do not include ${rootfs}`, zh: `保存的主机信息里没有 ${rootfs}` },
      {
        en: 'read the facts again for this config: ctr plan CONFIG --facts-out FACTS',
        zh: '按这份配置重新读取：ctr plan 配置 --facts-out 主机信息',
      },
    );
  }
  if (fact.state === 'missing') {
    return at('E050', { en: `there is no directory ${rootfs}`, zh: `没有目录 ${rootfs}` }, create);
  }
  if (fact.state !== 'directory') {
    return at(
      'E050',
      fact.state === 'unreadable'
        ? { en: `${rootfs} cannot be read`, zh: `无法读取 ${rootfs}` }
        : { en: `${rootfs} is not a directory`, zh: `${rootfs} 不是目录` },
      fact.state === 'unreadable'
        ? {
            en: `find the part of the path that denies permission: namei -l ${rootfs}`,
            zh: `查看路径的哪一段没有权限：namei -l ${rootfs}`,
          }
        : another,
    );
  }
  if (fact.realPath === '/') {
    return at(
      'E050',
      { en: `${rootfs} is the root of this host`, zh: `${rootfs} 就是本机的根` },
      create,
    );
  }
  if (/[\p{Cc},:\\"]/u.test(fact.realPath)) {
    return at(
      'E050',
      {
        en: `the path ${JSON.stringify(fact.realPath)} contains a character that mount options cannot contain`,
        zh: `路径 ${JSON.stringify(fact.realPath)} 含有挂载选项不能用的字符`,
      },
      another,
    );
  }
  if (fact.unsafe.length > 0) {
    const list = fact.unsafe.map((name) => `/${name}`).join(', ');
    return at(
      'E052',
      {
        en: `${list} in ${rootfs} must be a directory, not a link or a file`,
        zh: `${rootfs} 里的 ${list} 必须是目录，不能是链接或文件`,
      },
      { en: 'replace it in the root file system by a directory', zh: '在根文件系统里把它换成目录' },
    );
  }
  const directory = container.workingDir;
  if (own(fact.directories, directory) === 'not-found') {
    return at(
      'E053',
      {
        en: `there is no directory ${directory} in ${rootfs}`,
        zh: `${rootfs} 里没有目录 ${directory}`,
      },
      {
        en: 'correct "working_dir", or make the directory there',
        zh: '改正 "working_dir"，或者在那里建这个目录',
      },
    );
  }
  const program = container.command[0] ?? '';
  const found = own(fact.commands, program);
  if (found === 'found' || found === undefined) return [];
  const shown = shellQuote(program);
  const missing = at(
    'E051',
    found === 'not-found'
      ? { en: `there is no ${shown} in ${rootfs}`, zh: `${rootfs} 里没有 ${shown}` }
      : {
          en: `${shown} in ${rootfs} is not executable`,
          zh: `${rootfs} 里的 ${shown} 不可执行`,
        },
    { en: 'correct "command", or put the program there', zh: '改正 "command"，或者把程序放进去' },
  );
  const exitCode = found === 'not-found' ? exitCodes.notFound : exitCodes.notExecutable;
  return missing.map((problem) => ({ ...problem, exitCode }));
}
