import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import type { Runner } from '../../exec/runner.ts';
import { instanceMarks, instancePrefix, tracefs } from './names.ts';

/**
 * Removes those instances of ours that nobody has open, and the marks of those that are gone; mounts tracefs in a mount
 * namespace of its own.
 */
const script = `
[ -d ${tracefs}/instances ] || mount -t tracefs tracefs ${tracefs} || exit 1
cd ${instanceMarks} || exit 1
for name in *; do
  rmdir ${tracefs}/instances/"$name"
  [ -e ${tracefs}/instances/"$name" ] || rm -f "$name"
done
cd / && rmdir ${instanceMarks}
`;

/** The instances of all who have this kernel's tracefs mounted here. */
function instances(): readonly string[] {
  try {
    const all = readdirSync(`${tracefs}/instances`);
    return all.filter((name) => name.startsWith(instancePrefix));
  } catch {
    // Not mounted here.
    return [];
  }
}

/**
 * Removes the instances of tracefs that a killed ctr has left. The kernel refuses to remove one that is still held open
 * (EBUSY). Where there is none, this costs two system calls.
 */
export async function sweepInstances(runner: Runner): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  for (const name of instances()) {
    try {
      rmdirSync(`${tracefs}/instances/${name}`);
    } catch {
      // Its owner lives, or another ctr has just removed it.
    }
  }
  if (existsSync(instanceMarks)) await runner.run(['unshare', '--mount', 'sh', '-c', script]);
}
