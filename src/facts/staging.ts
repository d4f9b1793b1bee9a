import { realpathSync, statSync } from 'node:fs';
import { toolPath } from '../exec/tool-path.ts';
import { isBelow } from '../model/container-root.ts';

/** The FHS requires these directories. On some distributions they are links (ostree: `/mnt` to `var/mnt`). */
const candidates = ['/mnt', '/media', '/srv', '/opt'];

/** Paths that ctr uses while it builds a container, and must not mount over. */
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
 * The directories that ctr can mount over in a container's own mount namespace, with links resolved: mount(8) follows
 * links, and only real paths show whether one directory is below another.
 */
export function readStagingDirectories(): readonly string[] {
  const kept = needed.flatMap((path) => realPathOf(path) ?? []);
  const real = candidates.flatMap((path) => realPathOf(path) ?? []);
  return [...new Set(real)].filter(
    // ctr writes the path into scripts and fstab(5) without quotes.
    (path) => /^\/[A-Za-z0-9._+/-]+$/.test(path) && !kept.some((one) => isBelow(one, path)),
  );
}
