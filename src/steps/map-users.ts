import { cmd, pidOf } from '../command.ts';
import { usersInRange } from '../names.ts';
import type { ContainerStep } from '../step.ts';

/** user_namespaces(7). */
export const mapUsers: ContainerStep = ({ name, firstUser }) => {
  if (firstUser === null) return null;
  const pid = pidOf(name);
  const map = `0 ${firstUser} ${usersInRange}\n`;
  return {
    id: 'map-users',
    of: name,
    title: {
      en: `Make user ${firstUser} of the host root in ${name}, and nobody else`,
      zh: `让宿主机的用户 ${firstUser} 成为 ${name} 里的 root，仅此而已`,
    },
    why: {
      en: `A user namespace gives numbers another meaning: 0 to ${usersInRange - 1} in ${name} are ${firstUser} and up on the host, whom no file belongs to. Its root has its capabilities only over what was made for it; the files of its root file system, which are others', belong to nobody there. The limit keeps it from making further user namespaces.`,
      zh: `用户命名空间 (user namespace) 给号码另一种含义：${name} 里的 0 到 ${usersInRange - 1} 是宿主机上的 ${firstUser} 及以后，没有任何文件属于他们。它的 root 只对为它创建的东西有能力 (capability)；根文件系统里的文件属于别人，在里面显示为 nobody。最后的限制不许它再创建用户命名空间。`,
    },
    commands: [
      { argv: cmd`tee /proc/${pid}/gid_map`, input: map },
      { argv: cmd`tee /proc/${pid}/uid_map`, input: map },
      {
        argv: cmd`nsenter --target ${pid} --user tee /proc/sys/user/max_user_namespaces`,
        input: '0\n',
      },
    ],
    effects: [{ kind: 'process', where: name, what: `root is ${firstUser}` }],
  };
};
