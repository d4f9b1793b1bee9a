import { readFileSync } from 'node:fs';
import { isAlive, startTimeOf } from '../exec/processes.ts';
import type { ProcessState } from './snapshot.ts';

/** proc_pid_mountinfo(5) writes space, tab, newline and backslash in octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, octal) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** proc_pid_mountinfo(5): mount points as the process sees them, with their types. */
export function parseMounts(mountinfo: string): ProcessState['mounts'] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , device, , path] = line.split(' ');
    const type = / - (\S+) /.exec(line)?.[1];
    if (device === undefined || path === undefined || type === undefined) return [];
    return [{ path: unescaped(path), type, device }];
  });
}

/** What /proc tells of a container's first process. @returns undefined when it has ended. */
export function readProcess(pid: number): Omit<ProcessState, 'hostname'> | undefined {
  try {
    const mounts = parseMounts(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    const start = startTimeOf(pid);
    if (start === undefined || !isAlive(pid, start)) return undefined;
    return { pid, start, command, mounts };
  } catch {
    return undefined;
  }
}
