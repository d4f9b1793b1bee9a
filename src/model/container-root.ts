/** Device files of a container, bind-mounted from the host (null(4), random(4), tty(4)). */
export const deviceNodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/**
 * Kernel interfaces to the whole machine, which a container gets read-only or covered. The lists are Docker's (moby,
 * oci/defaults.go).
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

/** Options of the container's own devpts (kernel: filesystems/devpts), whose terminals are numbered from 0. */
export const ownTerminals = 'newinstance,ptmxmode=0666,mode=0620,nosuid,noexec';

/** Where the container has the files of `ctr exec`'s helper: a separate read-only mount. */
export const helperDirectory = '/dev/.ctr';

export function helperName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a real path is a directory or below it. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The PATH for a container's command. */
export const containerPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * PS1 of a shell on a terminal, as in `web:/# `. dash, busybox and bash expand a parameter in it (sh(1), PS1), while
 * `\w` is known to the latter two only. What the container's own profile sets replaces it.
 */
export function promptOf(hostname: string): readonly [name: 'PS1', value: string] {
  return ['PS1', `${hostname}:$PWD# `];
}
