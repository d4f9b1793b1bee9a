import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRootfs } from './create-rootfs.ts';

/** A folder with a busybox root file system. `config` writes a config into it; `remove` removes it. */
export async function workshop(): Promise<{
  readonly directory: string;
  readonly rootfs: string;
  config(name: string, value: unknown): string;
  remove(): void;
}> {
  const directory = mkdtempSync(join(tmpdir(), 'ctr-host-'));
  const rootfs = join(directory, 'labex');
  await createRootfs(rootfs);
  return {
    directory,
    rootfs,
    config(name, value) {
      const path = join(directory, `${name}.json`);
      writeFileSync(path, JSON.stringify(value, null, 2));
      return path;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
