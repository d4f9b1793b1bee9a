import type { Facts } from '../facts/index.ts';
import type { LabContainer } from '../lab.ts';
import { own } from '../own.ts';
import type { Scope } from '../step.ts';

/** Device files a container gets, bound from the host's (null(4), random(4), tty(4)). */
export const deviceNodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/**
 * What the kernel shows of the whole machine: to be read and not changed, or not even read. The
 * lists are Docker's (moby, oci/defaults.go).
 */
export const readOnlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((n) => `/proc/${n}`);
export const coveredFiles = [
  'interrupts',
  'kcore',
  'keys',
  'latency_stats',
  'sched_debug',
  'timer_list',
  'timer_stats',
].map((name) => `/proc/${name}`);
export const coveredDirectories = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

/** devpts (kernel: filesystems/devpts): terminals of their own, numbered from 0. */
export const ownTerminals = 'newinstance,ptmxmode=0666,mode=0620,nosuid,noexec';

/** TERM of the user's terminal, for the container that it is handed to: the first of the config. */
export function terminalFor(container: LabContainer, { lab, facts }: Scope): string | null {
  return lab.containers[0] === container ? facts.terminal : null;
}

/** Where the files of `ctr exec`'s helper stand inside the container: a mount of its own, read-only. */
export const helperDirectory = '/dev/.ctr';

export function helperName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a real path is a directory, or something in it. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** @returns undefined when every directory that could be used would hide the container's rootfs. */
export function freeStaging(container: LabContainer, facts: Facts): string | undefined {
  const rootfs = own(facts.rootfs, container.rootfs)?.realPath ?? container.rootfs;
  return facts.stagingDirectories.find((directory) => !isBelow(rootfs, directory));
}

/**
 * The directory over which the child, in its own mount namespace, stages its root. That there is one is
 * checked before anything is run.
 */
export function stagingOf(container: LabContainer, facts: Facts): string {
  return freeStaging(container, facts) ?? '/mnt';
}
