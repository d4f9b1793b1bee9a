import { cmd, pidOf } from '../model/command.ts';
import { usersInRange } from '../model/names.ts';
import { enter } from '../model/where.ts';
import type { ContainerStep } from './scope.ts';

/** user_namespaces(7). */
export const mapUsers: ContainerStep = ({ name, firstUser }) => {
  if (firstUser === null) return null;
  const pid = pidOf(name);
  const limit = '/proc/sys/user/max_user_namespaces';
  const written = (path: string) => ({ kind: 'file', path, container: name }) as const;
  const map = `0 ${firstUser} ${usersInRange}\n`;
  return {
    id: 'map-users',
    of: name,
    title: {
      en: `Map root in ${name} to user ${firstUser} of the host`,
      zh: `把 ${name} 里的 root 映射到宿主机的用户 ${firstUser}`,
    },
    why: {
      en: `A user namespace maps user IDs: 0 to ${usersInRange - 1} in ${name} are ${firstUser} and up on the host, where they own no files. Root in ${name} has capabilities only over what belongs to its user namespace; the files of its root file system belong to other users and show up as nobody's. A limit keeps ${name} from creating further user namespaces.`,
      zh: `用户命名空间 (user namespace) 映射用户 ID：${name} 里的 0 到 ${usersInRange - 1} 对应宿主机上从 ${firstUser} 开始的用户，这些用户不拥有任何文件。${name} 里的 root 只对属于该用户命名空间的对象拥有能力 (capability)；根文件系统里的文件属于其他用户，在容器里显示为 nobody。另有一项限制，禁止 ${name} 再创建用户命名空间。`,
    },
    commands: [
      { argv: cmd`tee /proc/${pid}/gid_map`, input: map, makes: [written('/proc/1/gid_map')] },
      { argv: cmd`tee /proc/${pid}/uid_map`, input: map, makes: [written('/proc/1/uid_map')] },
      {
        ...enter(name, ['user'], cmd`tee ${limit}`),
        input: '0\n',
        makes: [written(limit)],
      },
    ],
  };
};
