import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { markedCgroup } from '../model/names.ts';
import { cgroupMounts } from '../model/resource.ts';
import type { Facts } from './index.ts';

/** In a line of proc_pid_mountinfo(5) the fifth field is the mount point, and the type follows the hyphen. */
function isCgroup2(line: string, path: string): boolean {
  const fields = line.split(' ');
  return fields[4] === path && fields[fields.indexOf('-') + 1] === 'cgroup2';
}

/** A cgroup with ctr's mark in its name. */
export interface MarkedCgroup {
  readonly run: string;
  readonly path: string;
}

/** The cgroups of this host's containers, including those that have ended. */
export function markedCgroups(): readonly MarkedCgroup[] {
  const cgroup = readCgroup();
  if (cgroup === null) return [];
  try {
    return readdirSync(cgroup.mount).flatMap((name) => {
      const run = markedCgroup(cgroup.netns, name);
      return run === undefined ? [] : { run, path: `${cgroup.mount}/${name}` };
    });
  } catch {
    return [];
  }
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}

/** Describes the members of a cgroup: processes and child cgroups. */
export function membersOf(path: string): string {
  const pids = readQuietly(`${path}/cgroup.procs`).replaceAll('\n', ' ');
  if (pids !== '') return `process ${pids}`;
  try {
    const [within] = readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory());
    return within === undefined ? '' : `cgroup ${within.name}`;
  } catch {
    return '';
  }
}

/** The cgroup2 tree in which ctr can make cgroups, and its controllers (cgroups(7)). */
export function readCgroup(): Facts['cgroup'] {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const mount = cgroupMounts.find((path) => lines.some((line) => isCgroup2(line, path)));
    if (mount === undefined) return null;
    accessSync(mount, constants.W_OK);
    const controllers = readFileSync(`${mount}/cgroup.subtree_control`, 'utf8').trim();
    return {
      mount,
      controllers: controllers === '' ? [] : controllers.split(' '),
      netns: statSync('/proc/self/ns/net').ino,
    };
  } catch {
    return null;
  }
}
