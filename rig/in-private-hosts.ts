import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { ctrPath } from './ctr.ts';

/** Runs this program again in a sandbox host. @returns what it prints. */
export async function inHost(...words: string[]): Promise<string> {
  const self = [process.execPath, process.argv[1] ?? '', ...process.argv.slice(2)];
  const { stdout } = await execa(process.execPath, [ctrPath, 'sandbox', '--', ...self, ...words], {
    stdin: 'ignore',
    stderr: 'inherit',
  });
  return stdout;
}

/** A worker ends with this after something was left: its host cannot be trusted any more. */
export const spoilt = 75;

/**
 * Runs this program again in sandbox hosts side by side, each with its number as `--worker` and
 * where to begin as `--from`; a spoilt host is followed by a new one.
 * @param see gets what a worker prints, a line of JSON each; `index` says how far it is.
 */
export async function inHosts<T extends object>(
  jobs: number,
  see: (value: T) => void,
): Promise<void> {
  const one = async (job: number) => {
    for (let from = 0; ; ) {
      const child = execa(
        process.execPath,
        [
          ...[ctrPath, 'sandbox', '--', process.execPath, process.argv[1] ?? ''],
          ...process.argv.slice(2),
          ...['--jobs', String(jobs), '--worker', String(job), '--from', String(from)],
        ],
        { reject: false, stdin: 'ignore', stderr: 'inherit', buffer: false },
      );
      for await (const line of createInterface({ input: child.stdout })) {
        const value = JSON.parse(line) as T;
        if ('index' in value) from = Number(value.index) + 1;
        see(value);
      }
      const { exitCode } = await child;
      if (exitCode === 0) return;
      if (exitCode !== spoilt) throw new Error(`a worker ended with ${exitCode}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, job) => one(job)));
}
