import { ctr } from './ctr.ts';

/** Makes a busybox root file system. @throws ctr's error message on failure. */
export async function createRootfs(path: string): Promise<void> {
  const made = await ctr(['-q', 'rootfs', 'create', path]);
  if (made.code !== 0) throw new Error(made.err);
}
