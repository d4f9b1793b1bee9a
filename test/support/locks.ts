import { sh } from '../../rig/sh.ts';

/** Whether somebody holds this lock; 1 says so, and 66 that there is none (flock(1)). */
export async function isLocked(path: string): Promise<boolean> {
  return (await sh(['flock', '-n', path, 'true'])).code === 1;
}

/** Whether nobody holds the lock under which the host is changed. */
export async function isHostFree(): Promise<boolean> {
  return !(await isLocked('/run/ctr/lock'));
}
