import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly words: readonly string[];
}

/** The pids of all processes on this host. */
export function pids(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The processes of this host with their command lines. Kernel threads have none and are omitted. */
export function processes(): readonly Process[] {
  return pids().flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replace(/\0$/, '');
      return text === '' ? [] : [{ pid, words: text.split('\0') }];
    } catch {
      // The process has ended meanwhile.
      return [];
    }
  });
}

/** @returns the pid of a process with exactly this command line. */
export function processOf(...words: readonly string[]): number | undefined {
  return processes().find((one) => one.words.join('\0') === words.join('\0'))?.pid;
}

/** Whether a process with exactly this command line exists. */
export function isRunning(...words: readonly string[]): boolean {
  return processOf(...words) !== undefined;
}
