import { type Argv, cmd } from '../model/command.ts';
import { deviceNodes, helperName } from '../model/container-root.ts';
import { enter } from '../model/where.ts';
import { stagingOf, terminalFor } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

/** mount(8), tmpfs(5). */
export const stageRoot: ContainerStep = (container, scope) => {
  const { facts } = scope;
  const staging = stagingOf(container, facts);
  const files = [
    ...deviceNodes,
    'ptmx',
    ...facts.helper.map((path) => `../helper/${helperName(path)}`),
  ];
  const inside = (words: Argv) => enter(container.name, ['mount'], words);
  const { firstUser } = container;
  // The container's root may write to these directories and to its terminal. Their contents keep their owners, who are
  // nobody in its user namespace.
  const owned =
    firstUser === null
      ? []
      : [
          'mkdir -m 700 upper/root',
          'mkdir upper/run',
          'mkdir -m 1777 upper/tmp',
          `chown -R ${firstUser}:${firstUser} upper`,
          ...(terminalFor(container, scope) === null ? [] : [`chown ${firstUser} /dev/pts/0`]),
        ];
  const prepare = [
    `cd ${staging}`,
    // The sticky bit identifies the tmpfs: without it these files would be written to the host's directory.
    '[ -k . ]',
    'mkdir -p upper/etc work root helper dev/pts dev/shm dev/mqueue dev/.ctr',
    ...owned,
    'cd dev',
    `for file in ${files.join(' ')}; do : >"$file"; done`,
    // Copies the host's four links with one process; makes them if the host has none.
    'cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr . 2>/dev/null || { rm -f fd std*; ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; }',
  ].join('; ');
  return {
    id: 'stage-root',
    of: container.name,
    title: {
      en: `Mount a tmpfs to build ${container.name}'s root in`,
      zh: `挂载 tmpfs，用来准备 ${container.name} 的根文件系统`,
    },
    why: {
      en: `A tmpfs is a file system in memory. ctr mounts it on ${staging} in the container's own mount namespace, so the host's ${staging} does not change. What the container writes goes into this tmpfs, and its root file system is not modified.`,
      zh: `tmpfs 是内存中的文件系统。ctr 把它挂载在容器自己的挂载命名空间的 ${staging} 上，宿主机的 ${staging} 不受影响。容器写入的内容都放进这个 tmpfs，根文件系统不会被改动。`,
    },
    commands: [
      {
        ...inside(cmd`mount --no-mtab -t tmpfs -o mode=01755 ctr ${staging}`),
        makes: [{ kind: 'mount', path: staging, container: container.name }],
      },
      {
        ...inside(cmd`sh -euc ${prepare}`),
        makes: [{ kind: 'file', path: `${staging}/upper`, container: container.name }],
      },
    ],
  };
};
