import { readdirSync, readFileSync } from 'node:fs';

/** The processes of this host with their words, but for those of the kernel. */
export function allCommands(): readonly {
  readonly pid: number;
  readonly words: readonly string[];
}[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/cmdline`, 'latin1').replace(/\0$/, '');
        return text === '' ? [] : [{ pid: Number(name), words: text.split('\0') }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** @returns the number of a process that was started with exactly these words. */
export function processOf(...words: readonly string[]): number | undefined {
  return allCommands().find((one) => one.words.join('\0') === words.join('\0'))?.pid;
}

/** Whether there is one. */
export function isRunning(...words: readonly string[]): boolean {
  return processOf(...words) !== undefined;
}
