import { existsSync } from 'node:fs';
import { findTool } from '../facts/tools.ts';
import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Maker } from './maker.ts';
import { missingTool } from './missing-tool.ts';
import { runTool } from './run.ts';

const tenMinutes = 10 * 60_000;

/** debootstrap's script for each suite, at this path on every distribution. */
const scripts = '/usr/share/debootstrap/scripts';

/** @throws CtrError with exit code 4 without root, or for a suite that debootstrap does not know. */
export function checkSuite(suite: string, directory: string): void {
  const here = `ctr rootfs create ${shellQuote(directory)} --from`;
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
          `sudo ${here} debian`,
          {
            en: 'or --from busybox, which needs no root',
            zh: '或者用 --from busybox，不需要 root',
          },
        ],
      },
    );
  }
  if (findTool('debootstrap') === null) throw missingTool('debootstrap', 'debootstrap');
  if (suite === '' || !existsSync(scripts)) return;
  if (/^[\w.-]+$/.test(suite) && existsSync(`${scripts}/${suite}`)) return;
  throw new CtrError(
    'rootfs-source-missing',
    exitCodes.notReady,
    {
      en: `debootstrap knows no suite named ${suite}`,
      zh: `debootstrap 没有名为 ${suite} 的发行版`,
    },
    {
      try: [
        `${here} debian:bookworm`,
        { en: `to list all suites: ls ${scripts}`, zh: `列出所有发行版：ls ${scripts}` },
      ],
    },
  );
}

/** debootstrap(8), in its own mount namespace so that its mounts do not remain. */
export const debian: Maker = async (context, directory, suite) => {
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
