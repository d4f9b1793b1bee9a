import { CtrError, exitCodes } from '../errors.ts';
import type { Maker } from './index.ts';
import { runTool } from './run.ts';

const tenMinutes = 10 * 60_000;

/** debootstrap(8). Its mounts stay in a mount namespace of their own. */
export const debian: Maker = async (context, directory, suite) => {
  if ((process.geteuid?.() ?? 0) !== 0) {
    throw new CtrError(
      'needs-root',
      exitCodes.notReady,
      {
        en: 'debootstrap makes device files and changes owners: it needs root',
        zh: 'debootstrap 要创建设备文件、修改属主：需要 root',
      },
      {
        try: [
          `sudo ctr rootfs create ${directory.replace(/\.partial-[^/]*$/, '')} --from debian`,
          {
            en: 'or --from busybox, which needs no root',
            zh: '或者用 --from busybox，不需要 root',
          },
        ],
      },
    );
  }
  await runTool(
    context,
    [
      ...['unshare', '--mount', '--propagation', 'private', 'debootstrap', '--variant=minbase'],
      ...['--include=iproute2,iputils-ping', suite === '' ? 'stable' : suite, directory],
    ],
    'debootstrap',
    tenMinutes,
  );
};
