import { CtrError, exitCodes } from '../model/errors.ts';
import type { Context } from '../run/context.ts';
import { busybox } from './busybox.ts';
import { checkSuite, debian } from './debian.ts';
import type { Maker } from './maker.ts';
import { oci, requireOciTools } from './oci.ts';
import { searchPathOf } from './run.ts';
import { checkArchive, tar } from './tar.ts';

/** A source of root file systems. */
export interface Source {
  readonly make: Maker;
  /**
   * Checks whether `make` can start. Changes nothing.
   * @throws CtrError with exit code 4 when it cannot.
   */
  readonly check?: (argument: string, directory: string, context: Context) => void;
}

/** The sources for `--from`. */
export const sources: Readonly<Record<string, Source>> = {
  busybox: { make: busybox },
  debian: { make: debian, check: checkSuite },
  tar: { make: tar, check: checkArchive },
  oci: {
    make: oci,
    check: (_argument, _directory, context) => requireOciTools(searchPathOf(context)),
  },
};

/** @throws CtrError with exit code 2 for an unknown source. */
export function parseFrom(from: string): Source & { readonly argument: string } {
  const [kind = '', ...rest] = from.split(':');
  const source = Object.hasOwn(sources, kind) ? sources[kind] : undefined;
  const argument = rest.join(':');
  const needsArgument = kind === 'tar' || kind === 'oci';
  if (source === undefined || (needsArgument && argument === '')) {
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
  return { ...source, argument };
}
