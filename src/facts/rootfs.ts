import { accessSync, constants, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { normalize } from 'node:path';
import type { ContainerConfig } from '../config/schema.ts';
import { containerPath } from '../model/container-root.ts';
import { own } from '../model/own.ts';
import type { RootfsFact } from './index.ts';

const maxLinks = 40;

/**
 * Follows a path inside a root file system as a process in it would, links included, without
 * ever leaving it (path_resolution(7)).
 * @returns the path as the host sees it, or null when it leads nowhere.
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

/** Whether a process in a root file system could start a program, as execvp(3) looks for it. */
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
      // Of a path to a directory execve(2) says EACCES; a search along PATH goes on.
      found ||= stat.isFile() || program.includes('/');
      if (!stat.isFile()) continue;
      // access(2) would ask the mount as well, and noexec is not passed on to the container's root.
      if ((stat.mode & 0o111) !== 0) return 'found';
    } catch {
      // Not to be seen: another directory may have one.
    }
  }
  return found ? 'not-executable' : 'not-found';
}

/** Where ctr mounts: these must be directories of their own, not links to somewhere else. */
const mountPoints = ['proc', 'sys', 'dev'];

function isUnsafe(root: string, name: string): boolean {
  try {
    return !lstatSync(`${root}/${name}`).isDirectory();
  } catch {
    return false;
  }
}

/** Where distributions keep the program that fetches and installs packages. */
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

/** What the container has whether its root file system does or not: made in its own layer, or mounted. */
const madeByCtr = /^\/(?:(?:root|run|tmp|etc)?$|(?:proc|sys|dev)(?:\/|$))/;

function lookUpDirectory(root: string, given: string): RootfsFact['directories'][string] {
  // As cd takes it (cd(1p)): by the words, before any link is followed.
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

/** What each container's root file system is like, and whether its command is in it. */
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
