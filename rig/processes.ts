import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly words: readonly string[];
}

/** The numbers of all processes of this host. */
export function pids(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The processes of this host with the words they were started with; those of the kernel have none. */
export function processes(): readonly Process[] {
  return pids().flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replace(/\0$/, '');
      return text === '' ? [] : [{ pid, words: text.split('\0') }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/** @returns the number of a process that was started with exactly these words. */
export function processOf(...words: readonly string[]): number | undefined {
  return processes().find((one) => one.words.join('\0') === words.join('\0'))?.pid;
}

/** Whether there is one. */
export function isRunning(...words: readonly string[]): boolean {
  return processOf(...words) !== undefined;
}
