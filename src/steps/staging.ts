import type { Facts } from '../facts/index.ts';
import type { LabContainer } from '../lab.ts';
import { own } from '../own.ts';

/** Device files a container gets, bound from the host's (null(4), random(4), tty(4)). */
export const deviceNodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** Where the files of `ctr exec`'s helper stand inside the container. */
export const helperDirectory = '/dev/.ctr';

export function helperName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The directory over which the child, in its own mount namespace, stages its root. It must not
 * hide the rootfs itself.
 */
export function stagingOf(container: LabContainer, facts: Facts): string {
  const rootfs = own(facts.rootfs, container.rootfs)?.realPath ?? container.rootfs;
  const free = facts.stagingDirectories.find(
    (directory) => rootfs !== directory && !rootfs.startsWith(`${directory}/`),
  );
  return free ?? '/mnt';
}
