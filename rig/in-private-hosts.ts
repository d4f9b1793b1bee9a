import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { ctrPath } from './ctr.ts';

/** Options that this program gets when it runs again in a private host. */
export const workerOptions = {
  worker: { type: 'string' },
  from: { type: 'string', default: '0' },
} as const;

/** Starts this program again in a private host, with its own options and further ones. */
function again(words: readonly string[], timeoutMs = 0) {
  const self = [process.execPath, process.argv[1] ?? '', ...process.argv.slice(2)];
  return execa(process.execPath, [ctrPath, 'sandbox', '--', ...self, ...words], {
    reject: false,
    stdin: 'ignore',
    stderr: 'inherit',
    timeout: timeoutMs,
  });
}

/** Runs this program again in a private host. @returns its output. */
export async function inPrivateHost(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await again(words, 120_000);
  if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}`);
  return stdout;
}

/** Exit code of a worker that left something behind: its host is no longer usable. */
export const spoilt = 75;

/**
 * Runs this program again in several private hosts concurrently, with the host's number as `--worker` and the start
 * index as `--from`. Replaces a spoilt host by a new one.
 * @param words further options for all of them.
 * @param see called with each line of JSON that a worker prints; `index` is the worker's progress.
 */
export async function inPrivateHosts<T extends object>(
  hosts: number,
  words: readonly string[],
  see: (value: T) => void,
): Promise<void> {
  const one = async (host: number) => {
    for (let from = 0; ; ) {
      const child = again([...words, '--worker', String(host), '--from', String(from)]);
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
  await Promise.all(Array.from({ length: hosts }, (_, host) => one(host)));
}
