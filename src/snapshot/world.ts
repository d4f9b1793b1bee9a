import { allProcesses, namespaceOf, parentOf } from '../exec/processes.ts';

/** The first process of a sandbox host starts the world's servers with this word (src/sandbox/host.ts). */
const word = 'world';

/**
 * The process that plays the internet beside this sandbox host: a child of process 1, in another network namespace.
 * @returns undefined where this is no sandbox host.
 */
export function worldPid(): number | undefined {
  const own = namespaceOf('self');
  for (const { pid, argv } of allProcesses()) {
    if (argv.at(-1) !== word || parentOf(pid) !== 1) continue;
    const other = namespaceOf(pid);
    if (other !== undefined && other !== own) return pid;
  }
  return undefined;
}
