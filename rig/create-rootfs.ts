import { ctr } from './ctr.ts';

/** Makes a root file system of busybox. @throws what ctr said when it cannot be made. */
export async function createRootfs(path: string): Promise<void> {
  const made = await ctr(['-q', 'rootfs', 'create', path]);
  if (made.code !== 0) throw new Error(made.err);
}
