import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sayErrno } from '../model/errno.ts';
import type { Examination } from './examination.ts';
import { type Mode, modes } from './finding.ts';

/** Bytes that the record of a large run may take. */
const needed = 1024 * 1024;

/** The directory itself, or the one in which ctr would make it. */
function nearest(path: string): string {
  let at = path;
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at);
  return at;
}

export const state: Examination = {
  area: 'state',
  title: { en: 'state', zh: '状态目录' },
  examine(host) {
    const { stateDir } = host.context;
    const at = nearest(stateDir);
    // Under sudo, ctr uses another directory.
    const blocks: readonly Mode[] = host.asRoot ? modes : ['sandbox'];
    const fixes = [
      {
        command: 'export CTR_STATE_DIR="$(mktemp -d)"',
        costs: {
          en: 'for this shell: ctr then does not see runs that are recorded elsewhere',
          zh: '只对当前 shell 有效：ctr 看不到记录在别处的运行实例',
        },
      },
    ];
    try {
      accessSync(`${at}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const why = sayErrno(error);
      return [
        {
          id: 'state-not-writable',
          severity: 'problem',
          says: {
            en: `ctr cannot record runs in ${stateDir}: ${at}: ${why.en}`,
            zh: `ctr 无法在 ${stateDir} 里记录运行实例：${at}：${why.zh}`,
          },
          fixes,
          blocks,
        },
      ];
    }
    const { blocks: size, bavail, bsize } = statfsSync(at);
    // A file system without a limit has the size 0 (tmpfs(5)).
    if (size > 0 && bavail * bsize < needed) {
      return [
        {
          id: 'state-full',
          severity: 'problem',
          says: {
            en: `there is no space for records of runs in ${at}`,
            zh: `${at} 没有空间存放运行记录`,
          },
          fixes: [{ command: `df -h ${at}` }, ...fixes],
          blocks,
        },
      ];
    }
    return [
      {
        id: 'state',
        severity: 'ok',
        says: existsSync(stateDir)
          ? { en: stateDir, zh: stateDir }
          : { en: `${stateDir}, made when a run begins`, zh: `${stateDir}，运行时才会创建` },
      },
    ];
  },
};
