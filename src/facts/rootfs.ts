import { accessSync, constants, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { normalize } from 'node:path';
import type { ContainerConfig } from '../config/schema.ts';
import { containerPath } from '../model/container-root.ts';
import { own } from '../model/own.ts';
import type { RootfsFact } from './index.ts';

const maxLinks = 40;

/**
 * Resolves a path as a process inside the root file system would, without leaving it (path_resolution(7)).
 * @returns the path on the host, or null if it does not exist.
 */
export function resolveInside(root: string, path: string): string | null {
  const todo = path.split('/').filter((part) => part !== '' && part !== '.');
  const done: string[] = [];
  let links = 0;
  while (todo.length > 0) {
    const part = todo.shift() as string;
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = [root, ...done, part].join('/');
    try {
      if (lstatSync(here).isSymbolicLink()) {
        links += 1;
        if (links > maxLinks) return null;
        const target = readlinkSync(here);
        if (target.startsWith('/')) done.length = 0;
        todo.unshift(...target.split('/').filter((piece) => piece !== '' && piece !== '.'));
        continue;
      }
    } catch {
      return null;
    }
    done.push(part);
  }
  return [root, ...done].join('/');
}

/** Looks up a program inside a root file system, as execvp(3) does. */
export function lookUp(
  root: string,
  program: string,
  path: string,
): RootfsFact['commands'][string] {
  const candidates = program.includes('/')
    ? [program]
    : path.split(':').map((directory) => `${directory}/${program}`);
  let found = false;
  for (const candidate of candidates) {
    const real = resolveInside(root, candidate);
    if (real === null) continue;
    try {
      const stat = statSync(real);
      // For a directory execve(2) returns EACCES if the program is a path; a search along PATH continues.
      found ||= stat.isFile() || program.includes('/');
      if (!stat.isFile()) continue;
      // access(2) also considers noexec of the mount, which the container's root does not inherit.
      if ((stat.mode & 0o111) !== 0) return 'found';
    } catch {
      // This one cannot be read. Another directory may have the program.
    }
  }
  return found ? 'not-executable' : 'not-found';
}

/** ctr mounts file systems on these, so they must be directories and not symbolic links. */
const mountPoints = ['proc', 'sys', 'dev'];

function isUnsafe(root: string, name: string): boolean {
  try {
    return !lstatSync(`${root}/${name}`).isDirectory();
  } catch {
    return false;
  }
}

/** The paths of the distributions' package managers. */
const packageManagers = [
  ...['usr/bin/apt-get', 'sbin/apk', 'usr/sbin/apk', 'usr/bin/dnf', 'usr/bin/microdnf'],
  ...['usr/bin/yum', 'usr/bin/zypper', 'usr/bin/pacman', 'usr/bin/xbps-install', 'bin/opkg'],
];

function packageManagerIn(root: string): string | undefined {
  const found = packageManagers.find((path) => {
    try {
      return lstatSync(`${root}/${path}`, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  });
  return found?.replace(/.*\//, '');
}

/** Directories that every container has: ctr makes or mounts them if the root file system lacks them. */
const madeByCtr = /^\/(?:(?:root|run|tmp|etc)?$|(?:proc|sys|dev)(?:\/|$))/;

function lookUpDirectory(root: string, given: string): RootfsFact['directories'][string] {
  // Like cd(1p), normalizes the text of the path before symbolic links are resolved.
  const path = normalize(given).replace(/(?<=.)\/$/, '');
  if (madeByCtr.test(path)) return 'found';
  try {
    return statSync(resolveInside(root, path) ?? '').isDirectory() ? 'found' : 'not-found';
  } catch {
    return 'not-found';
  }
}

function rootfsOf(path: string): Omit<RootfsFact, 'commands' | 'directories'> {
  try {
    const realPath = realpathSync(path);
    const stat = statSync(realPath);
    if (!stat.isDirectory()) return { state: 'not-a-directory', realPath, unsafe: [] };
    accessSync(realPath, constants.R_OK | constants.X_OK);
    const packageManager = packageManagerIn(realPath);
    return {
      state: 'directory',
      realPath,
      ...(stat.uid === process.geteuid?.() ? {} : { foreign: true }),
      ...(packageManager === undefined ? {} : { packageManager }),
      unsafe: mountPoints.filter((name) => isUnsafe(realPath, name)),
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { state: code === 'EACCES' ? 'unreadable' : 'missing', realPath: path, unsafe: [] };
  }
}

/** Reads the properties of each container's root file system, and looks up its command there. */
export function readRootfs(
  containers: readonly Pick<
    ContainerConfig,
    'rootfs' | 'command' | 'environment' | 'working_dir'
  >[],
): Readonly<Record<string, RootfsFact>> {
  const facts: Record<string, RootfsFact> = {};
  for (const { rootfs, command, environment, working_dir: directory } of containers) {
    const known = own(facts, rootfs) ?? { ...rootfsOf(rootfs), commands: {}, directories: {} };
    const program = command[0] ?? '';
    const path = environment.PATH ?? containerPath;
    facts[rootfs] =
      known.state === 'directory'
        ? {
            ...known,
            commands: { ...known.commands, [program]: lookUp(known.realPath, program, path) },
            directories: {
              ...known.directories,
              [directory]: lookUpDirectory(known.realPath, directory),
            },
          }
        : known;
  }
  return facts;
}
