import { sh } from '../../rig/sh.ts';

/** Whether a process holds this lock. flock(1) exits with 1 if so, and with 66 if there is no such file. */
export async function isLocked(path: string): Promise<boolean> {
  return (await sh(['flock', '-n', path, 'true'])).code === 1;
}

/** Whether no process holds the host's lock. */
export async function isHostFree(): Promise<boolean> {
  return !(await isLocked('/run/ctr/lock'));
}
