import { realpathSync, statSync } from 'node:fs';
import { toolPath } from '../exec/tool-path.ts';
import { isBelow } from '../model/container-root.ts';

/** Each is on every distribution that follows the FHS; on some it is a link (`/mnt` to `var/mnt`, ostree). */
const candidates = ['/mnt', '/media', '/srv', '/opt'];

/** What a container is built with, and must not be covered while it is. */
const needed = ['/dev', '/proc', '/sys', '/etc', '/lib', '/lib64', ...toolPath.split(':')];

function realPathOf(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The directories that a file system can be mounted over in a container's own mount namespace, where links
 * have led: mount(8) follows them, and only real paths tell whether one directory is below another.
 */
export function readStagingDirectories(): readonly string[] {
  const kept = needed.flatMap((path) => realPathOf(path) ?? []);
  const real = candidates.flatMap((path) => realPathOf(path) ?? []);
  return [...new Set(real)].filter(
    // The path stands in scripts and in fstab(5) without quotes.
    (path) => /^\/[A-Za-z0-9._+/-]+$/.test(path) && !kept.some((one) => isBelow(one, path)),
  );
}
