import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import type { Runner } from '../../exec/runner.ts';
import { instanceMark, instancePrefix, tracefs } from './names.ts';

/** Removes instances that nobody has open; mounts tracefs in a mount namespace of its own. */
const script = `
mount -t tracefs tracefs ${tracefs} || exit 1
rmdir ${tracefs}/instances/${instancePrefix}*
set -- ${tracefs}/instances/${instancePrefix}*
[ -e "$1" ] || rm -f ${instanceMark}
`;

/** @returns undefined where tracefs is not mounted. */
function instances(): readonly string[] | undefined {
  try {
    const all = readdirSync(`${tracefs}/instances`);
    return all.filter((name) => name.startsWith(instancePrefix));
  } catch {
    return undefined;
  }
}

/**
 * Removes the instances of tracefs that a killed ctr has left. The kernel refuses to remove one that is still held open
 * (EBUSY). Where there is none, this costs two system calls.
 */
export async function sweepInstances(runner: Runner): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const found = instances();
  if (found === undefined) {
    if (existsSync(instanceMark)) await runner.run(['unshare', '--mount', 'sh', '-c', script]);
    return;
  }
  for (const name of found) {
    try {
      rmdirSync(`${tracefs}/instances/${name}`);
    } catch {
      // Its owner lives, or another ctr has just removed it.
    }
  }
}
