import { closeSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { requireStart } from '../exec/working-directory.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { openRecording } from '../recording/open.ts';

/**
 * The path of a file that a sandbox host shares with this one. Creates the file, so that a problem with it is told here.
 * @throws CtrError when it cannot be written, or is below /run, which a sandbox host has of its own.
 */
export function sharedFile(file: string): string {
  requireStart(file);
  const asked = resolve(file);
  closeSync(openRecording(asked));
  const path = `${realpathSync(dirname(asked))}/${basename(asked)}`;
  if (!/^\/(?:run|sys|proc|dev\/shm)\//.test(path)) return path;
  throw new CtrError('cannot-write', exitCodes.notReady, {
    en: `cannot write the recording ${path}: a sandbox host has a /run of its own`,
    zh: `无法写入录制文件 ${path}：沙盒主机有自己的 /run`,
  });
}
