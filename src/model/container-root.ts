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

/** Where the files of `ctr exec`'s helper stand inside the container: a mount of its own, read-only. */
export const helperDirectory = '/dev/.ctr';

export function helperName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a real path is a directory, or something in it. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The directories a container's command is looked up in. */
export const containerPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
