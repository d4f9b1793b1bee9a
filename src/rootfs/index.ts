import type { Context } from '../context.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { busybox } from './busybox.ts';
import { debian } from './debian.ts';
import { oci } from './oci.ts';
import { tar } from './tar.ts';

/** Fills an empty directory with a root file system. @param argument what follows the colon. */
export type Maker = (context: Context, directory: string, argument: string) => Promise<void>;

/** What `--from` may name. */
export const makers: Readonly<Record<string, Maker>> = { busybox, debian, tar, oci };

/** @throws CtrError with exit code 2 for a source that is none. */
export function parseFrom(from: string): { readonly make: Maker; readonly argument: string } {
  const [kind = '', ...rest] = from.split(':');
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  const argument = rest.join(':');
  const needsArgument = kind === 'tar' || kind === 'oci';
  if (make === undefined || (needsArgument && argument === '')) {
    throw new CtrError(
      'rootfs-source',
      exitCodes.usage,
      {
        en: `there is no root file system source "${from}"`,
        zh: `没有名为 "${from}" 的根文件系统来源`,
      },
      { try: ['--from busybox', '--from debian:bookworm', '--from tar:FILE, --from oci:REF'] },
    );
  }
  return { make, argument };
}
