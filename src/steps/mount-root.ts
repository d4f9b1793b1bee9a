import { type Argv, cmd } from '../model/command.ts';
import {
  coveredDirectories,
  coveredFiles,
  deviceNodes,
  helperDirectory,
  helperName,
  ownTerminals,
  readOnlyPaths,
} from '../model/container-root.ts';
import { own } from '../model/own.ts';
import { enter } from '../model/where.ts';
import { stagingOf, terminalFor } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

/** A line of fstab(5), with whitespace and invisible characters in octal. */
function fstabLine(source: string, target: string, type: string, options: string): string {
  const octal = (char: string) =>
    [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const fields = [source, target, type, options].map((field) =>
    field.replaceAll(/[\s\p{Cf}]/gu, octal),
  );
  return `${fields.join(' ')} 0 0`;
}

/** fstab(5), overlayfs (kernel: filesystems/overlayfs), proc(5), sysfs(5), devpts (kernel). */
export const mountRoot: ContainerStep = (container, scope) => {
  const { facts } = scope;
  const staging = stagingOf(container, facts);
  const root = `${staging}/root`;
  const rootfs = own(facts.rootfs, container.rootfs)?.realPath ?? container.rootfs;
  const layers = `lowerdir=${rootfs},upperdir=${staging}/upper,workdir=${staging}/work`;
  const bound = (source: string, target: string, options: string) =>
    fstabLine(source, target, 'none', `bind,${options}`);
  const closed = (path: string): readonly string[] => {
    const target = `${root}${path}`;
    if (readOnlyPaths.includes(path)) return [bound(target, target, 'ro,nosuid,nodev,noexec')];
    if (coveredFiles.includes(path)) return [bound('/dev/null', target, 'nosuid,noexec')];
    if (!coveredDirectories.includes(path)) return [];
    return [fstabLine('tmpfs', target, 'tmpfs', 'ro,size=4k,nosuid,nodev,noexec')];
  };
  const fstab = [
    fstabLine('overlay', root, 'overlay', `${layers},nosuid,nodev`),
    fstabLine('proc', `${root}/proc`, 'proc', 'nosuid,nodev,noexec,x-mount.mkdir'),
    fstabLine('sysfs', `${root}/sys`, 'sysfs', 'ro,nosuid,nodev,noexec,x-mount.mkdir'),
    bound(`${staging}/dev`, `${root}/dev`, 'nosuid,noexec,x-mount.mkdir'),
    terminalFor(container, scope) === null
      ? fstabLine('devpts', `${root}/dev/pts`, 'devpts', ownTerminals)
      : bound('/dev/pts', `${root}/dev/pts`, 'nosuid,noexec'),
    bound(`${root}/dev/pts/ptmx`, `${root}/dev/ptmx`, 'nosuid,noexec'),
    fstabLine('tmpfs', `${root}/dev/shm`, 'tmpfs', 'mode=1777,size=64m,nosuid,nodev,noexec'),
    fstabLine('mqueue', `${root}/dev/mqueue`, 'mqueue', 'nosuid,nodev,noexec'),
    ...deviceNodes.map((node) => bound(`/dev/${node}`, `${root}/dev/${node}`, 'nosuid,noexec')),
    ...facts.kernelPaths.flatMap(closed),
    bound(`${staging}/helper`, `${root}${helperDirectory}`, 'ro,nosuid,nodev'),
    ...facts.helper.map((path) =>
      bound(path, `${root}${helperDirectory}/${helperName(path)}`, 'ro,nosuid,nodev'),
    ),
  ];
  // proc, sysfs and mqueue show the namespaces of the process that mounts them.
  const inside = (words: Argv) => enter(container.name, ['mount', 'pid', 'net', 'ipc'], words);
  return {
    id: 'mount-root',
    of: container.name,
    title: {
      en: `Build ${container.name}'s root file system with an overlay`,
      zh: `用叠加文件系统准备 ${container.name} 的根文件系统`,
    },
    why: {
      en: "An overlay puts an empty writable layer over the read-only root file system. /proc, /sys and /dev are new; files through which a process could change settings of the kernel are read-only or hidden. ctr runs the host's mount program inside the container's namespaces, and no program of the container's root file system.",
      zh: '叠加文件系统 (overlay) 在只读的根文件系统之上放一层空的可写层。/proc、/sys 和 /dev 都是新挂载的；能修改内核设置的文件设为只读或屏蔽掉。ctr 在容器的命名空间里运行宿主机的 mount 程序，不运行容器根文件系统里的任何程序。',
    },
    commands: [
      {
        ...inside(cmd`tee ${staging}/fstab`),
        input: `${fstab.join('\n')}\n`,
        makes: [{ kind: 'file', path: `${staging}/fstab`, container: container.name }],
      },
      {
        ...inside(cmd`mount --no-mtab --all --fstab ${staging}/fstab`),
        makes: [{ kind: 'mount', path: root, container: container.name }],
      },
    ],
  };
};
