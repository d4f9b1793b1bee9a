import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { ctrPath } from '../../rig/ctr.ts';
import { spoilt } from '../../rig/in-private-hosts.ts';
import type { Lab } from './lab.ts';

/** A user who has no right on this machine, and can still read what its owner can. */
const nobody = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

/**
 * Runs this program again as the worker of each lab, in sandbox hosts, several at once. A spoilt host is replaced.
 * @param see called with each line of JSON that a worker prints; `index` is how far it is in its lab.
 */
export async function inHosts<T extends { readonly index: number }>(
  labs: readonly Lab[],
  jobs: number,
  see: (value: T) => void,
): Promise<void> {
  const queue = [...labs];
  const self = [process.execPath, process.argv[1] ?? '', ...process.argv.slice(2)];
  const one = async (lab: Lab) => {
    for (let from = 0; ; ) {
      const words = [...self, '--worker', lab.name, '--from', String(from)];
      const host = [process.execPath, ctrPath, 'sandbox', '--', ...words];
      const [program = '', ...rest] = lab.rootless ? [...nobody, ...host] : host;
      const child = execa(program, rest, { reject: false, stdin: 'ignore', stderr: 'inherit' });
      for await (const line of createInterface({ input: child.stdout })) {
        const value = JSON.parse(line) as T;
        from = value.index + 1;
        see(value);
      }
      const { exitCode } = await child;
      if (exitCode === 0) return;
      if (exitCode !== spoilt) throw new Error(`the worker of ${lab.name} ended with ${exitCode}`);
    }
  };
  const next = async (): Promise<void> => {
    for (let lab = queue.shift(); lab !== undefined; lab = queue.shift()) await one(lab);
  };
  await Promise.all(Array.from({ length: jobs }, next));
}
