import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDown } from '../../rig/is-down.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

/** The three ways to run a container. Each attempt is made in all of them. */
export const modes = ['root', 'user namespace', 'no root'] as const;
export type Mode = (typeof modes)[number];

const tools = [
  'mount',
  'umount',
  'ip',
  'sh',
  'nsenter',
  'setpriv',
  'chroot',
  'env',
  'tee',
  'hostname',
  'pivot_root',
];

/** A workshop with a hostile root file system. */
export interface HostileWorkshop {
  readonly directory: string;
  readonly marker: string;
  /** The path of a config with the root file system `labex`, or with the one that has malicious tools. */
  config(mode: Mode, root?: 'labex' | 'evil'): string;
  /** Runs ctr on the host, as the mode requires. */
  ctr(mode: Mode, args: readonly string[]): Promise<Ran>;
  /** Starts a detached run. */
  up(mode: Mode, file: string, command: readonly string[]): Promise<void>;
  down(mode: Mode): Promise<void>;
  /** The command line of `ctr`. */
  words(mode: Mode, args: readonly string[]): readonly string[];
  remove(): void;
}

/** Makes one. Its root file system has perl, a setuid program, and tools that report if somebody runs them. */
export async function hostileWorkshop(): Promise<HostileWorkshop> {
  const shop = await workshop();
  const { directory, rootfs } = shop;
  const copy = copyOfCtr(directory);
  const needed = (await sh(['ldd', '/usr/bin/perl'])).out.match(/\/\S+/g) ?? [];
  for (const path of ['/usr/bin/perl', ...needed.filter((one) => !one.endsWith(':'))]) {
    mkdirSync(join(rootfs, path, '..'), { recursive: true });
    copyFileSync(path, join(rootfs, path), constants.COPYFILE_EXCL);
  }
  copyFileSync('scripts/escape/attempts.pl', join(rootfs, 'attempts.pl'));
  copyFileSync('/usr/bin/perl', join(rootfs, 'usr/bin/perl-suid'), constants.COPYFILE_EXCL);
  chmodSync(join(rootfs, 'usr/bin/perl-suid'), 0o4755);
  writeFileSync(join(rootfs, 'bin/itself'), '#!/proc/self/exe\n', { mode: 0o755, flag: 'wx' });
  const evil = join(directory, 'evil');
  cpSync(rootfs, evil, { recursive: true, verbatimSymlinks: true });
  for (const tool of tools) {
    for (const folder of ['bin', 'sbin', 'usr/bin', 'usr/sbin']) {
      // Links with these names would lead to files of the host.
      const path = join(evil, folder, tool);
      rmSync(path, { force: true });
      writeFileSync(path, '#!/bin/busybox sh\n/bin/busybox touch /tmp/evil-ran\nexit 1\n', {
        mode: 0o755,
        flag: 'wx',
      });
    }
  }
  const marker = join(directory, 'marker');
  writeFileSync(marker, 'of the host\n');
  mkdirSync(join(directory, 'cwd'));
  writeFileSync(join(directory, 'cwd/secret'), 'of the host\n');
  mkdirSync(join(directory, 'state'));
  for (const path of [directory, join(directory, 'state')]) chmodSync(path, 0o755);
  // An ordinary user needs root file systems of his own.
  for (const name of ['labex', 'evil']) {
    cpSync(join(directory, name), join(directory, `own-${name}`), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  await sh(['sh', '-c', `cd "$1" && chown -R ${userId}:${userId} state own-*`, 'x', directory]);
  const words: HostileWorkshop['words'] = (mode, args) => {
    const program = [...copy, ...args];
    return mode === 'no root'
      ? [...asUser, 'env', `CTR_STATE_DIR=${join(directory, 'state')}`, ...program]
      : program;
  };
  return {
    directory,
    marker,
    words,
    config(mode, root = 'labex') {
      const name = `${mode.replaceAll(' ', '-')}-${root}`;
      const own = mode === 'no root' ? 'own-' : '';
      const file = shop.config(
        name,
        tutorial({ user_namespace: mode === 'user namespace', root_dir: `./${own}${root}` }),
      );
      chmodSync(file, 0o644);
      return file;
    },
    ctr: async (mode, args) => await sh(words(mode, args)),
    async up(mode, file, command) {
      const ran = await sh(words(mode, ['-q', 'up', '-d', file, '--', ...command]));
      if (ran.code !== 0) throw new Error(`${mode}: exit ${ran.code}: ${ran.err}`);
    },
    async down(mode) {
      const ran = await sh(words(mode, ['-q', 'down', 'labex']));
      if (!isDown(ran)) throw new Error(`${mode}: exit ${ran.code}: ${ran.err}`);
    },
    remove: shop.remove,
  };
}
